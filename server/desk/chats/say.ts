// What is said in a chat. After its end, both go on by mail in the same conversation.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, Invalid } from '../../lib/errors.ts'
import { type Actor, systemActor } from '../actor.ts'
import type { Agent } from '../agents/agents.ts'
import type { Conversation } from '../conversations/conversation.ts'
import { groupTypes, messageTypes } from '../conversations/letters.ts'
import { getConversationForMessage } from '../conversations/merged.ts'
import { fileMessages, type MessageDraft, postMessage, previewOf } from '../conversations/messages.ts'
import { attachFiles } from '../files/attach.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { keepClock } from '../sla/clocks.ts'
import { changeChat, getChat, type Held, holdChat, holdForRouting, holdOwn } from './chat.ts'
import { giveTo } from './give.ts'
import { addLines, type Line } from './transcript.ts'
import type { Visitor } from './visitors.ts'

export interface Spoken {
  messageId: string
  /** Its number in the outbox, where it leaves by mail. */
  outboxSeq: number | undefined
}

/** A visitor says something, or sends a file. In a chat that has ended it becomes a message, which opens it again. */
export async function sayAsVisitor(
  tx: Tx,
  visitor: Visitor,
  id: string,
  message: MessageDraft,
  now = Date.now(),
): Promise<Spoken> {
  const held = await holdOwn(tx, visitor, id)
  const author = { kind: 'customer' as const, userId: await userOfRequester(tx, held.conversation) }
  if (held.chat.state !== 'ended') return sayAsCustomer(tx, held, author.userId, message, now)
  if (held.conversation.status === 'X') throw new Conflict('This conversation is closed. Start another chat.')
  const conversation = await getConversationForMessage(tx, systemActor, held.conversation.id)
  const posted = await postMessage(tx, conversation, {
    author,
    message,
    isNote: false,
    group: groupTypes.offline,
    at: now,
  })
  return { messageId: posted.messageId, outboxSeq: undefined }
}

/** The requester says something in a chat that has not ended. */
export async function sayAsCustomer(
  tx: Tx,
  { chat, conversation }: Held,
  userId: string,
  message: MessageDraft,
  now: number,
): Promise<Spoken> {
  const messageId = await addSaid(tx, { chat, conversation }, userId, message, now)
  const after = {
    preview: previewOf(message) || conversation.preview,
    changed_at: Math.max(conversation.changed_at, now),
    // The wait begins with the first words without an answer.
    waiting_since: conversation.waiting_since ?? now,
  }
  await tx.updateTable('conversations').set(after).where('id', '=', conversation.id).execute()
  await keepClock(tx, conversation, now)
  tellSaid(tx, conversation, messageId, userId, 'visitor')
  return { messageId, outboxSeq: undefined }
}

/**
 * An agent says something. Who writes into a chat that waits takes it by that. After its end, it is an answer that leaves
 * by mail.
 */
export async function sayAsAgent(
  tx: Tx,
  held: Held,
  agent: Agent,
  message: MessageDraft,
  now = Date.now(),
): Promise<Spoken> {
  if (held.chat.state === 'ended') {
    const conversation = await getConversationForMessage(tx, systemActor, held.conversation.id)
    const author = { kind: 'agent' as const, userId: agent.id }
    return postMessage(tx, conversation, { author, message, isNote: false })
  }
  const { chat, conversation } = held.chat.state === 'queued' ? await giveTo(tx, held, agent, now) : held
  const messageId = await addSaid(tx, { chat, conversation }, agent.id, message, now)
  const isFirst = chat.answered_at === null
  if (isFirst) await changeChat(tx, chat, { answered_at: now })
  const after = {
    preview: previewOf(message) || conversation.preview,
    changed_at: Math.max(conversation.changed_at, now),
    groups_out: conversation.groups_out + (isFirst ? 1 : 0),
    waiting_since: null,
  }
  await tx.updateTable('conversations').set(after).where('id', '=', conversation.id).execute()
  await keepClock(tx, conversation, now, agent.id)
  const fact = (kind: FactDraft['kind']): FactDraft => ({ kind, at: now, conversation, agentId: agent.id })
  await recordFacts(tx, [...(isFirst ? [fact('chat_answered')] : []), fact('chat_answer')])
  tellSaid(tx, conversation, messageId, agent.id, 'agent')
  return { messageId, outboxSeq: undefined }
}

/** Holds a chat in which an agent is about to speak: who speaks in one that waits takes it. */
export async function holdForAgent(tx: Tx, actor: Actor, identifier: string): Promise<Held> {
  const { state } = await getChat(tx, actor, identifier)
  const held = await (state === 'queued' ? holdForRouting : holdChat)(tx, actor, identifier)
  // The lock of routing comes before that of a chat, or two would wait for each other.
  if (held.chat.state === 'queued' && state !== 'queued')
    throw new Conflict('The chat has just been handed on. Try again.')
  return held
}

/** Adds what was said, text before files. Gives the id of the first line. */
async function addSaid(
  tx: Tx,
  { chat, conversation }: Held,
  userId: string,
  message: MessageDraft,
  at: number,
): Promise<string> {
  const files = await attachFiles(tx, conversation.id, message.fileIds ?? [])
  const lines: Line[] = [
    ...(message.body === '' ? [] : [{ type: messageTypes.message, body: message.body, isHtml: message.isHtml }]),
    ...fileMessages(files),
  ].map((line) => ({ ...line, userId, at }))
  const [id] = await addLines(tx, chat, lines)
  if (id === undefined) throw new Invalid('message', 'is missing')
  return id
}

const tellSaid = (tx: Tx, { id }: Conversation, messageId: string, userId: string, by: 'visitor' | 'agent'): void =>
  recordEvent(tx, {
    type: 'chat.message',
    conversationId: id,
    data: { messageid: messageId, userid: userId, by },
  })

async function userOfRequester(tx: Tx, { customer_id }: Conversation): Promise<string> {
  const row = await tx.selectFrom('customers').select('user_id').where('id', '=', customer_id).executeTakeFirstOrThrow()
  return row.user_id
}
