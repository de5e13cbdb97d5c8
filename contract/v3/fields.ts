import { z } from 'zod'
import { instant, name, plainText } from './kinds.ts'

/** A value of a custom field or of a unique field. */
export const fieldValueSchema = z.object({ code: z.string(), value: z.string() }).meta({ id: 'FieldValue' })

const codeText = () => plainText(200).trim().min(1)

/** Values of custom fields; codes may repeat. A list replaces the one before. */
export const fieldValuesDraftSchema = z
  .array(z.strictObject({ code: codeText(), value: plainText(10_000) }))
  .max(200)
  .describe('Codes may repeat.')

/** Values that no other customer, or no other company, may have. */
export const uniqueFieldsDraftSchema = z
  .array(z.strictObject({ code: codeText(), value: plainText(255).trim().min(1) }))
  .max(200)
  .describe('No two owners share one.')

export const phonesDraftSchema = z.array(plainText(100).trim().min(1)).max(50)

export const fieldEntitySchema = z.enum(['conversation', 'customer', 'company'])
const typeSchema = z.enum(['text', 'number', 'date', 'bool', 'list'])

export const fieldSchema = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    entity: fieldEntitySchema.describe('What has this field.'),
    type: typeSchema.describe('What its values must be; bool is Y or N.'),
    options: z.array(z.string()).describe('The values of a list.'),
    position: z.number().describe('Forms show fields in this order.'),
    datecreated: instant(),
  })
  .meta({ id: 'Field' })

const changeable = {
  name: name(),
  type: typeSchema,
  options: z
    .array(plainText(500).trim().min(1))
    .max(500)
    .refine((options) => new Set(options).size === options.length, 'must not name a value twice'),
  position: z.int().min(0).max(1_000_000),
}

export const fieldDraftSchema = z.strictObject({
  code: codeText(),
  name: changeable.name,
  entity: fieldEntitySchema,
  type: typeSchema.optional().describe('Default: text.'),
  options: changeable.options.optional(),
  position: changeable.position.optional(),
})

export const fieldPatchSchema = z.strictObject(changeable).partial()
