import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

export const signatureSchema = z
  .object({
    departmentid: z.string().nullable().describe('Null: every department.'),
    userid: z.string().nullable().describe('The agent. Null: every agent without one of his own.'),
    html: z.string(),
    datechanged: instant(),
  })
  .meta({ id: 'Signature' })

export const signatureDraftSchema = z
  .strictObject({
    departmentid: plainText(100).min(1).nullish(),
    userid: plainText(100).min(1).nullish(),
    html: plainText(50_000).describe(
      'HTML with variables such as `{$agent.name}`, `{$department.name}`, `{$company}`. Empty: the signature is removed.',
    ),
  })
  .meta({ id: 'SignatureDraft' })
