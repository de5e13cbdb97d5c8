import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

const states = ['queued', 'sending', 'sent', 'delayed', 'failed', 'bounced', 'unconfirmed', 'cancelled'] as const

const person = z.object({ name: z.string(), address: z.string() })

export const outboxMailSchema = z
  .object({
    outboxid: z.number().int(),
    kind: z.string().describe('`answer`: what an agent wrote. Others are mails of the system itself.'),
    state: z
      .enum(states)
      .describe(
        '`queued` waits for its turn, or to be taken back; `delayed` is tried again; `failed` is not; `bounced` came back; `unconfirmed` may have gone or not, and is never sent again by itself.',
      ),
    subject: z.string().nullable(),
    to: z.array(person),
    cc: z.array(person),
    conversationid: z.string().nullable(),
    messagegroupid: z.string().nullable(),
    mailboxid: z.string().nullable(),
    message_id: z.string().describe('Header Message-ID, without brackets.'),
    attempts: z.number().int(),
    trouble: z.string().nullable().describe('Why it is delayed, failed or bounced, or who has not got it.'),
    datedue: instant().describe('Not sent before.'),
    datesent: instant().nullable(),
    datecreated: instant(),
    datechanged: instant(),
  })
  .meta({ id: 'OutboxMail' })

export const outboxQuerySchema = z.strictObject({
  state: z.enum(states).optional(),
  conversation: plainText(100).min(1).optional().describe('Id or code.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: plainText(100).optional().describe('`next_cursor` of the page before.'),
})

export const outboxPageSchema = z
  .object({
    mails: z.array(outboxMailSchema).describe('Newest first.'),
    next_cursor: z.string().nullable().describe('Continues the list; null: this was the last page.'),
  })
  .meta({ id: 'OutboxPage' })
