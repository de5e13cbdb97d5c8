// What machines say about our own mails: delivery reports, receipts, complaints. They open no conversation.
import type { Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { SYSTEM_USER, systemActor } from '../../actor.ts'
import { getConversationForMessage } from '../../conversations/merged.ts'
import { postMessage } from '../../conversations/messages.ts'
import { changeStatus } from '../../conversations/status.ts'
import { bookReport } from '../../outbox/bounce.ts'
import { signedConversation } from '../../outbox/message-id.ts'
import type { ReadMail } from '../reading/mail.ts'
import { clean } from './body.ts'
import type { Outcome } from './outcome.ts'

/** Books a mail about a mail of ours. Undefined: it is no such thing, and is treated like any other. */
export async function bookMachineMail(
  tx: Tx,
  seq: number,
  read: ReadMail,
  secret: string,
  at: number,
): Promise<Outcome | undefined> {
  if (read.kind === 'bounce') return bookBounce(tx, seq, read, secret, at)
  if (read.kind === 'receipt') return bookReceipt(tx, seq, read, secret)
  if (read.kind === 'feedback') return bookFeedback(tx, seq, read, secret, at)
  return undefined
}

// A report about a mail that is not ours is mostly about one that a stranger sent in our name. Agents would close hundreds
// of such conversations; the raw mail stays, with its verdict, for whoever looks.
async function bookBounce(tx: Tx, seq: number, read: ReadMail, secret: string, at: number): Promise<Outcome> {
  const booked = await bookReport(tx, secret, { aboutMessageIds: read.aboutMessageIds, deliveries: read.reports })
  if (!booked) return withEvent(tx, seq, { verdict: 'bounce', reason: 'A delivery report about no mail of this desk.' })
  const { mail, isNewFailure, words } = booked
  const conversationId = mail.conversation_id ?? undefined
  const isAnswer = mail.kind === 'answer' && conversationId !== undefined
  if (isNewFailure && isAnswer) await showFailure(tx, conversationId, words, at)
  return withEvent(tx, seq, {
    verdict: 'bounce',
    reason: isNewFailure ? `Delivery failed: ${words}` : `A delivery report about mail ${mail.seq}. ${words}`,
    detail: { outboxid: mail.seq },
    conversationId,
  })
}

/** The agent believes that the customer has the answer: the conversation must come back to where he looks. */
async function showFailure(tx: Tx, conversationId: string, words: string, at: number): Promise<void> {
  const conversation = await getConversationForMessage(tx, systemActor, conversationId)
  const note = clean(`The answer did not reach everybody. ${words}`)
  // Resolved, closed, deleted: somebody said that nothing more is to be done here. The note tells whoever looks.
  if (conversation.status === 'A')
    await changeStatus(tx, conversation, { status: 'C', userId: SYSTEM_USER, agentId: null, note, at })
  else await postMessage(tx, conversation, noteDraft(note, at))
}

export const noteDraft = (text: string, at: number) => ({
  author: { kind: 'system' as const, userId: SYSTEM_USER },
  message: { body: clean(text), isHtml: false, text: clean(text) },
  isNote: true,
  at,
})

const aboutOf = (read: ReadMail, secret: string): string | undefined =>
  read.aboutMessageIds
    .slice(0, 20)
    .flatMap((id) => signedConversation(secret, id) ?? [])
    .at(0)

async function existing(tx: Tx, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined
  const row = await tx.selectFrom('conversations').select('id').where('id', '=', id).executeTakeFirst()
  return row?.id
}

async function bookReceipt(tx: Tx, seq: number, read: ReadMail, secret: string): Promise<Outcome> {
  const conversationId = await existing(tx, aboutOf(read, secret))
  return withEvent(tx, seq, {
    verdict: 'receipt',
    reason: 'A mail program says that it showed our mail.',
    conversationId,
  })
}

async function bookFeedback(tx: Tx, seq: number, read: ReadMail, secret: string, at: number): Promise<Outcome> {
  const conversationId = await existing(tx, aboutOf(read, secret))
  if (conversationId !== undefined) {
    const conversation = await getConversationForMessage(tx, systemActor, conversationId)
    await postMessage(
      tx,
      conversation,
      noteDraft('The recipient has reported a mail of this conversation as spam.', at),
    )
  }
  return withEvent(tx, seq, { verdict: 'feedback', reason: 'Somebody reported our mail as spam.', conversationId })
}

function withEvent(tx: Tx, seq: number, outcome: Outcome): Outcome {
  recordEvent(tx, {
    type: 'mail.accepted',
    conversationId: outcome.conversationId,
    data: { rawmailid: seq, verdict: outcome.verdict },
  })
  return outcome
}
