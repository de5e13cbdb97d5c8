import { z } from 'zod'
import { memberGroupSchema, memberGroupsDraftSchema } from './customersgroups.ts'
import { fieldValueSchema, fieldValuesDraftSchema, phonesDraftSchema, uniqueFieldsDraftSchema } from './fields.ts'
import { instant, language, plainText } from './kinds.ts'

const roleSchema = z.enum(['V', 'R']).describe('V visitor, R registered.')
const genderSchema = z.enum(['M', 'F', 'O'])

const row = {
  contactid: z.string(),
  userid: z.string(),
  email: z.string().nullable(),
  firstname: z.string(),
  lastname: z.string(),
  systemname: z.string().describe('The whole name, or the e-mail of one who has none.'),
  role: roleSchema,
  gender: genderSchema.nullable(),
  language: z.string().nullable(),
  phones: z.array(z.string()),
  companyid: z.string().nullable(),
  datecreated: instant(),
}

/** A customer in a list. */
export const customerRowSchema = z.object(row).meta({ id: 'CustomerRow' })

export const customerSchema = z
  .object({
    ...row,
    note: z.string().nullable(),
    groups: z.array(memberGroupSchema),
    customfields: z.array(fieldValueSchema),
    uniquefields: z.array(fieldValueSchema),
  })
  .meta({ id: 'Customer' })

export const customerPatchSchema = z.strictObject({
  email: plainText(255).trim().nullish(),
  name: plainText(500).optional().describe('Firstname Lastname, for those who have them in one.'),
  firstname: plainText(255).optional(),
  lastname: plainText(255).optional(),
  gender: genderSchema.nullish(),
  role: roleSchema.optional(),
  language: language().nullish(),
  phones: phonesDraftSchema.optional(),
  note: plainText(100_000).nullish(),
  companyid: plainText(100).nullish(),
  groups: memberGroupsDraftSchema.optional(),
  customfields: fieldValuesDraftSchema.optional(),
  uniquefields: uniqueFieldsDraftSchema.optional(),
  password: plainText(1_000).min(8).optional().describe('Makes the customer registered. Administrators only.'),
  send_registration_mail: z.boolean().optional().describe('Asks a registered customer by mail to set a password.'),
})

export const customerDraftSchema = customerPatchSchema.refine(
  ({ email, name, firstname, lastname, phones }) =>
    [email, name?.trim(), firstname?.trim(), lastname?.trim(), phones?.[0]].some(Boolean),
  { path: ['email'], message: 'is missing, and so are a name and a phone: nobody could find this customer again' },
)

const part = () => plainText(255).optional()

export const customerQuerySchema = z.object({
  search: part().describe('A part of the e-mail, the first or the last name.'),
  email: part(),
  firstname: part(),
  lastname: part(),
  companyid: part(),
  groupid: part(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: part().describe('`next_cursor` of the page before.'),
})
