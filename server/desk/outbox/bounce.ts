// Delivery reports: booked on the mail of ours that they are about.
import { z } from 'zod'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { emailKey } from '../../lib/email.ts'
import { signedConversation } from './message-id.ts'
import { type OutboxMail, outboxStates } from './outbox.ts'

/** What a report says of one recipient. */
export interface Delivery {
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  recipient: string | undefined
  status: string | undefined
  diagnostic: string | undefined
}

export interface Report {
  /** Message-IDs of the mail that it is about, most certain first. */
  aboutMessageIds: readonly string[]
  deliveries: readonly Delivery[]
}

export interface Booked {
  mail: OutboxMail
  /** The recipient will never get it, and this is the first report that says so. */
  isNewFailure: boolean
  /** The server's words and ours. */
  words: string
}

/**
 * Books a report on the mail that it is about. Undefined: none that we sent. Only our own signature counts: whoever knows
 * it has got the mail, or carried it.
 */
export async function bookReport(tx: Tx, secret: string, report: Report): Promise<Booked | undefined> {
  const mail = await findReported(tx, secret, report)
  if (!mail) return undefined
  const failed = report.deliveries.filter(({ action }) => action === 'failed')
  const delayed = report.deliveries.filter(({ action }) => action === 'delayed')
  // A report of the old kind says nothing that a program understands: it is one because something failed.
  const hasFailed = failed.length > 0 || report.deliveries.length === 0
  const words = wordsOf(hasFailed ? failed : delayed)
  if (!hasFailed && delayed.length === 0) return { mail, isNewFailure: false, words }
  const isNewFailure = hasFailed && mail.state !== outboxStates.bounced
  await tx
    .updateTable('outbox')
    .set({
      // A server that is late still has the mail: as `delayed` we would send it a second time.
      state: hasFailed ? outboxStates.bounced : mail.state,
      trouble: hasFailed || mail.state !== outboxStates.bounced ? words : mail.trouble,
      changed_at: Date.now(),
    })
    .where('seq', '=', mail.seq)
    .execute()
  recordEvent(tx, {
    type: hasFailed ? 'mail.bounced' : 'mail.delayed',
    conversationId: mail.conversation_id ?? undefined,
    data: { outboxid: mail.seq, kind: mail.kind },
  })
  return { mail, isNewFailure, words }
}

/** Only what has left, or may have, can come back. */
const LEFT: readonly string[] = [
  outboxStates.sent,
  outboxStates.sending,
  outboxStates.delayed,
  outboxStates.unconfirmed,
  outboxStates.bounced,
]

async function findReported(tx: Tx, secret: string, { aboutMessageIds }: Report): Promise<OutboxMail | undefined> {
  for (const messageId of aboutMessageIds.slice(0, 20)) {
    if (signedConversation(secret, messageId) === undefined) continue
    const mail = await lockForChange(
      tx,
      tx.selectFrom('outbox').selectAll().where('message_id', '=', messageId),
    ).executeTakeFirst()
    if (mail && LEFT.includes(mail.state)) return mail
  }
  return undefined
}

function wordsOf(deliveries: readonly Delivery[]): string {
  const lines = deliveries.slice(0, 10).map(({ recipient, status, diagnostic }) => {
    const said = [status, diagnostic].filter((text) => text).join(' ')
    return `${recipient ?? 'a recipient'}: ${said || 'no reason was given'}`
  })
  return lines.join('\n').slice(0, 4_000) || 'It came back without a reason that a program could read.'
}

const addressesSchema = z.array(z.object({ address: z.string() }))
const recipientsSchema = z.object({ to: addressesSchema, cc: addressesSchema })

/** Whether a mail of ours went to this agent and nobody else: then only he can know its Message-ID. */
export async function wentOnlyTo(db: Reader, messageIds: readonly string[], address: string): Promise<boolean> {
  const ids = messageIds.slice(0, 20)
  if (ids.length === 0) return false
  const rows = await db.selectFrom('outbox').select('recipients').where('message_id', 'in', ids).execute()
  return rows.some(({ recipients }) => {
    const { to, cc } = recipientsSchema.parse(JSON.parse(recipients))
    const all = [...to, ...cc].map((recipient) => emailKey(recipient.address))
    return all.length === 1 && all[0] === emailKey(address)
  })
}
