import { z } from 'zod'
import { memberGroupSchema, memberGroupsDraftSchema } from './customersgroups.ts'
import { fieldValueSchema, fieldValuesDraftSchema, phonesDraftSchema, uniqueFieldsDraftSchema } from './fields.ts'
import { instant, language, name, plainText } from './kinds.ts'

const row = {
  id: z.string(),
  name: z.string(),
  datecreated: instant(),
  language: z.string().nullable(),
  ip: z.string().nullable(),
  emails: z.array(z.string()),
  phones: z.array(z.string()),
}

/** A company in a list. */
export const companyRowSchema = z.object(row).meta({ id: 'CompanyRow' })

export const companySchema = z
  .object({
    ...row,
    note: z.string().nullable(),
    groups: z.array(memberGroupSchema),
    custom_fields: z.array(fieldValueSchema),
    unique_fields: z
      .array(fieldValueSchema)
      .describe('What identifies the company: its e-mails, its phones that no other company has, and what was given.'),
  })
  .meta({ id: 'Company' })

export const companyDraftSchema = z.strictObject({
  name: name(),
  emails: z.array(plainText(255).trim()).max(50).optional(),
  phones: phonesDraftSchema.optional(),
  language: language().nullish(),
  ip: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').nullish(),
  note: plainText(100_000).nullish(),
  groups: memberGroupsDraftSchema.optional(),
  custom_fields: fieldValuesDraftSchema.optional(),
  unique_fields: uniqueFieldsDraftSchema.optional(),
})

export const companyPatchSchema = companyDraftSchema.partial()

export const companyQuerySchema = z.object({
  search: plainText(255).optional().describe('A part of the name.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: plainText(2_000).optional().describe('`next_cursor` of the page before.'),
})
