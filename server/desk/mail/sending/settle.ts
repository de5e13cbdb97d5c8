// What follows from an attempt: the row's next state, and what the conversation is told.
import { prepared } from '../../../db/prepared.ts'
import type { Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { emailKey } from '../../../lib/email.ts'
import { SYSTEM_USER, systemActor } from '../../actor.ts'
import { getConversationForChange } from '../../conversations/conversation.ts'
import { statusLetters } from '../../conversations/letters.ts'
import { changeStatus } from '../../conversations/status.ts'
import { addThreadId } from '../../conversations/thread-ids.ts'
import { endAttempt, type Taken } from '../../outbox/attempts.ts'
import { enqueueSending, type OutboxMail } from '../../outbox/outbox.ts'
import { isOver, pauseAfter } from './backoff.ts'
import type { Outcome, RefusedRecipient } from './outcome.ts'
import { contentOf } from './render.ts'

type Sent = Extract<Outcome, { kind: 'sent' }>

/** Stores what came of an attempt at one mail. What concerns the whole mailbox is in mailbox-trouble.ts. */
export async function settle(
  tx: Tx,
  taken: Taken,
  outcome: Exclude<Outcome, { kind: 'mailbox' | 'busy' }>,
  subject: string | undefined,
): Promise<void> {
  if (outcome.kind === 'sent') return settleSent(tx, taken, outcome, subject)
  if (outcome.kind === 'unconfirmed') return giveUp(tx, taken, 'unconfirmed', outcome.words)
  if (outcome.kind === 'never' || isOver(taken, Date.now())) return giveUp(tx, taken, 'failed', outcome.words)
  await postpone(tx, taken, outcome.words)
}

async function settleSent(tx: Tx, taken: Taken, sent: Sent, subject: string | undefined): Promise<void> {
  const now = Date.now()
  const waiting = sent.refused.filter(({ isForGood }) => !isForGood)
  const content = contentOf(taken)
  const accepted = [...content.accepted, ...sent.accepted]
  if (sent.serverMessageId !== undefined && taken.conversation_id !== null)
    // Such servers put an id of their own in place of ours: answers will name that one.
    await addThreadId(tx, sent.serverMessageId, taken.conversation_id, 'sent', now)
  if (waiting.length > 0 && !isOver(taken, now)) {
    // The others have it: the next attempt is for those only whom the server asked to wait.
    const gone = sent.refused.filter(({ isForGood }) => isForGood)
    const done = [...accepted, ...gone.map(({ address }) => emailKey(address))]
    await postpone(tx, { ...taken, content: JSON.stringify({ ...content, accepted: done }) }, wordsFor(sent.refused))
    await tellRefused(tx, taken, gone)
    return
  }
  const trouble = sent.refused.length === 0 ? null : wordsFor(sent.refused)
  if (!(await endAttempt(tx, taken, { state: 'sent', sent_at: now, trouble }))) return
  if (taken.group_seq !== null && subject !== undefined)
    await tx.updateTable('mails').set({ subject }).where('group_seq', '=', taken.group_seq).execute()
  announce(tx, 'mail.sent', taken)
  await tellRefused(tx, taken, sent.refused)
}

const wordsFor = (refused: readonly RefusedRecipient[]): string =>
  refused
    .map(({ address, words }) => `${address}: ${words}`)
    .join(' · ')
    .slice(0, 2_000)

/** Tells the conversation who has not got a mail that others have got. */
async function tellRefused(tx: Tx, mail: OutboxMail, refused: readonly RefusedRecipient[]): Promise<void> {
  if (refused.length === 0) return
  await tellConversation(tx, mail, `This message did not reach everybody. ${wordsFor(refused)}`)
}

/** Tries again after a pause that grows. */
async function postpone(tx: Tx, taken: Taken, words: string): Promise<void> {
  const dueAt = Date.now() + pauseAfter(taken.attempts)
  const { content } = taken
  if (!(await endAttempt(tx, taken, { state: 'delayed', due_at: dueAt, trouble: words, content }))) return
  await enqueueSending(tx, dueAt)
  announce(tx, 'mail.delayed', taken)
}

/** Ends a mail that has not left, or of which nobody knows. */
export async function giveUp(tx: Tx, taken: Taken, state: 'failed' | 'unconfirmed', words: string): Promise<void> {
  if (!(await endAttempt(tx, taken, { state, trouble: words }))) return
  announce(tx, `mail.${state}`, taken)
  await tellConversation(
    tx,
    taken,
    state === 'failed'
      ? `This message could not be mailed. ${words}`
      : `It is not known whether this message was mailed: the connection broke after its last byte. Send it again if the customer has not got it. ${words}`,
  )
}

export const announce = (tx: Tx, type: string, mail: OutboxMail): void =>
  recordEvent(tx, {
    type,
    ...(mail.conversation_id !== null && { conversationId: mail.conversation_id }),
    data: { outboxid: mail.seq, kind: mail.kind },
  })

/**
 * A note by the system. A conversation that only waits for its customer is opened again: he has got nothing to answer.
 * Machines' mails are no part of a conversation, so it is not told of them.
 */
export async function tellConversation(tx: Tx, mail: OutboxMail, note: string): Promise<void> {
  const [group] = mail.group_seq === null ? [] : await groupBySeq(tx, mail.group_seq)
  if (!group) return
  const conversation = await getConversationForChange(tx, systemActor, group.conversation_id)
  const before = statusLetters.find((letter) => letter === conversation.status) ?? 'C'
  const status = before === 'A' ? 'C' : before
  await changeStatus(tx, conversation, { status, userId: SYSTEM_USER, agentId: null, note })
}

// By the group, not by the row of the outbox: it may have been moved to another conversation since.
const groupBySeq = prepared((db, seq: number) =>
  db.selectFrom('message_groups').select('conversation_id').where('seq', '=', seq),
)
