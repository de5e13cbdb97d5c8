// The outbox: every mail on its way out, with its state. Rows are written in the transaction of what causes the mail;
// desk/mail/sending renders and sends them.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { insertNumbered } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { emailKey } from '../../lib/email.ts'
import type { OutboxRow } from './tables.ts'

export type OutboxMail = Selectable<OutboxRow>

export const outboxStates = {
  /** Waits for its turn: the time to undo it, or a free connection. */
  queued: 'queued',
  /** An attempt is under way. After a crash: begins again unless its end had been handed over. */
  sending: 'sending',
  /** The server has taken it. */
  sent: 'sent',
  /** The server asked to try again later, or was not reached. */
  delayed: 'delayed',
  /** The server refused it for good, or every attempt failed. An administrator can send it again. */
  failed: 'failed',
  /** The server had taken it, and a report came back. */
  bounced: 'bounced',
  /** The process ended between the last byte and the server's answer: it may have gone. Is never sent again by itself. */
  unconfirmed: 'unconfirmed',
  /** Taken back before it left. */
  cancelled: 'cancelled',
} as const
export type OutboxState = keyof typeof outboxStates

export const isOutboxState = (state: string): state is OutboxState => Object.hasOwn(outboxStates, state)

/** What is mailed, and why. */
export const outboxKinds = [
  'answer',
  'acknowledgement',
  'registration',
  'password',
  'assignment',
  /** To a visitor, who has asked for what was said in his chat. */
  'transcript',
  'test',
  /** To the owners: mail does not work. */
  'notice',
] as const
export type OutboxKind = (typeof outboxKinds)[number]

export interface Recipient {
  name: string
  address: string
}

const personSchema = z.object({ name: z.string(), address: z.string() })
const recipientsSchema = z.object({ to: z.array(personSchema), cc: z.array(personSchema) })

export const recipientsOf = ({ recipients }: Pick<OutboxMail, 'recipients'>): z.infer<typeof recipientsSchema> =>
  recipientsSchema.parse(JSON.parse(recipients))

export interface OutboxDraft {
  kind: OutboxKind
  mailboxId?: string | undefined
  conversationId?: string | undefined
  groupSeq?: number | undefined
  /** Without angle brackets: see message-id.ts. */
  messageId: string
  to: readonly Recipient[]
  cc?: readonly Recipient[] | undefined
  /** What the rendering needs beside the conversation. */
  content?: Record<string, string | number | boolean | null> | undefined
  /** Not before this instant. */
  dueAt?: number | undefined
}

/** Puts a mail into the outbox, in the transaction of what causes it. Returns its number. */
export async function queueMail(tx: Tx, draft: OutboxDraft): Promise<number> {
  const now = Date.now()
  const [first] = draft.to
  if (!first) throw new Error('a mail needs a recipient')
  const dueAt = draft.dueAt ?? now
  const seq = await insertNumbered(tx, 'outbox', {
    kind: draft.kind,
    state: outboxStates.queued,
    mailbox_id: draft.mailboxId ?? null,
    conversation_id: draft.conversationId ?? null,
    group_seq: draft.groupSeq ?? null,
    message_id: draft.messageId,
    recipients: JSON.stringify({ to: draft.to, cc: draft.cc ?? [] }),
    recipient_key: emailKey(first.address),
    content: JSON.stringify(draft.content ?? {}),
    attempts: 0,
    due_at: dueAt,
    attempt_at: null,
    handed_at: null,
    worker: null,
    trouble: null,
    sent_at: null,
    queued_at: now,
    created_at: now,
    changed_at: now,
  })
  await enqueueSending(tx, dueAt)
  recordEvent(tx, {
    type: 'mail.queued',
    conversationId: draft.conversationId,
    data: { outboxid: seq, kind: draft.kind },
  })
  return seq
}

/**
 * Has the outbox looked at when a mail is due. Mails of one second share a job, which runs at its end: earlier, it would
 * find those of the rest of the second not due yet.
 */
export function enqueueSending(tx: Tx, dueAt: number): Promise<void> {
  const now = Date.now()
  if (dueAt <= now) return enqueue(tx, 'send-mail', {}, { runAt: now, uniqueKey: 'send-mail' })
  const second = Math.ceil(dueAt / 1_000)
  return enqueue(tx, 'send-mail', {}, { runAt: second * 1_000, uniqueKey: `send-mail:${second}` })
}
