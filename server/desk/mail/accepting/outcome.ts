// Notes on a raw mail what became of it, in the transaction that makes it true.
import { prepared } from '../../../db/prepared.ts'
import type { Tx } from '../../../db/write.ts'
import { emailKey } from '../../../lib/email.ts'
import { bareMessageId } from '../../conversations/thread-ids.ts'
import type { ReadMail } from '../reading/mail.ts'
import { clean } from './body.ts'
import type { Verdict } from './verdict.ts'

export interface Outcome {
  verdict: Verdict
  /** Why, in words for an agent. */
  reason: string
  detail?: Record<string, unknown> | undefined
  conversationId?: string | undefined
  groupSeq?: number | undefined
}

type Known = Pick<ReadMail, 'messageId' | 'bodyHash' | 'from' | 'subject'>

const MAX_SUBJECT = 500

export const subjectOf = ({ subject }: Pick<ReadMail, 'subject'>): string =>
  clean(subject).slice(0, MAX_SUBJECT).trim().toWellFormed()

/** What is remembered of the sender for his budget. */
export const senderKeyOf = (address: string | undefined): string | null =>
  address === undefined ? null : emailKey(address)

const update = prepared(
  (
    tx: Tx,
    seq: number,
    state: string,
    verdict: string,
    reason: string,
    detail: string | null,
    message_id: string | null,
    body_hash: string | null,
    sender_key: string | null,
    subject: string,
    conversation_id: string | null,
    group_seq: number | null,
    accepted_at: number | null,
  ) =>
    tx
      .updateTable('raw_mails')
      .set({
        state,
        verdict,
        reason,
        detail,
        message_id,
        body_hash,
        sender_key,
        subject,
        conversation_id,
        group_seq,
        accepted_at,
        locked_until: null,
      })
      .where('seq', '=', seq)
      // Whoever accepts a mail holds it by a lease. Should that have ended, this is where the second one stops.
      .where('state', '=', 'waiting')
      .where('group_seq', 'is', null)
      .returning('seq'),
)

/** Another process was faster: nothing of this write may stay. */
export class AcceptedAlready extends Error {
  constructor(seq: number) {
    super(`raw mail ${seq} was accepted meanwhile`)
  }
}

export async function noteOutcome(tx: Tx, seq: number, known: Known | undefined, outcome: Outcome): Promise<Outcome> {
  const isWaiting = outcome.verdict === 'held' || outcome.verdict === 'failed'
  const [row] = await update(
    tx,
    seq,
    isWaiting ? outcome.verdict : 'accepted',
    outcome.verdict,
    clean(outcome.reason),
    outcome.detail ? JSON.stringify(outcome.detail) : null,
    known?.messageId === undefined ? null : bareMessageId(known.messageId),
    known?.bodyHash ?? null,
    senderKeyOf(known?.from?.address),
    known ? subjectOf(known) : '',
    outcome.conversationId ?? null,
    outcome.groupSeq ?? null,
    isWaiting ? null : Date.now(),
  )
  if (!row) throw new AcceptedAlready(seq)
  return outcome
}
