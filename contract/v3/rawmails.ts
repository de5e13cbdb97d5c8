import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

const state = z.enum(['waiting', 'accepted', 'held', 'failed'])

const row = {
  id: z.number().int(),
  mailboxid: z.string().nullable().describe('The mailbox that it came to; null: it was imported into a department.'),
  departmentid: z.string().nullable().describe('The department that it was imported into; null: the mailbox’s.'),
  source: z.string().describe('`imap`, `smtp`, `lmtp` or `import`.'),
  size: z.number().int().describe('In bytes.'),
  state: z
    .string()
    .describe(
      '`waiting`, `accepted`, `held` or `failed`. Held: far too many came from its sender; a replay lets it in. Failed: a replay tries again.',
    ),
  verdict: z
    .string()
    .nullable()
    .describe('What became of it: `opened`, `joined`, `spam`, `unreadable`, `duplicate`, `own`, `bounce` …'),
  reason: z.string().nullable().describe('Why, in words.'),
  message_id: z.string().nullable(),
  sender: z.string().nullable(),
  subject: z.string().nullable(),
  conversationid: z.string().nullable(),
  datereceived: instant(),
  dateaccepted: instant().nullable(),
}

/** A raw mail in a list. */
export const rawMailRowSchema = z.object(row).meta({ id: 'RawMailRow' })

export const rawMailSchema = z
  .object({
    ...row,
    attempts: z.number().int(),
    detail: z.record(z.string(), z.unknown()).nullable().describe('More about the verdict.'),
    thread_reason: z.string().nullable().describe('Why its message is in this conversation.'),
    envelope: z
      .object({
        from: z.string().nullable().describe('Return path; empty: none is wanted; null: not known.'),
        to: z.array(z.string()),
        client: z.string().nullable().describe('Address of the server that handed it over.'),
      })
      .describe('How it was handed over; by IMAP and by import nothing is known of that.'),
    headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .describe(
        'In the order of the mail, names in lower case, values unfolded and otherwise as they came; the first 500.',
      ),
  })
  .meta({ id: 'RawMail' })

export const rawMailQuerySchema = z.strictObject({
  state: state.optional(),
  verdict: plainText(50).optional(),
  mailboxid: plainText(50).optional(),
  conversationid: plainText(50)
    .optional()
    .describe('Id, code or public url code. Who is no administrator must say it.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: plainText(50).optional().describe('`next_cursor` of the page before.'),
})

export const rawMailPath = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be the number of a raw mail')
    .transform(Number),
})

export const rawMailSourceSchema = z.unknown().describe('The contents of a file `mail-….eml`, no JSON.')

export const replayedSchema = z
  .object({ is_waiting: z.boolean().describe('False: it has become a message, and stays that message.') })
  .meta({ id: 'Replayed' })
