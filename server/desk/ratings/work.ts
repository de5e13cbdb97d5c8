// What can be rated: an answer, a chat or a call, each by the agent who did it.
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { NotFound } from '../../lib/errors.ts'
import { systemActor } from '../actor.ts'
import { type Conversation, getConversationForChange } from '../conversations/conversation.ts'
import { groupTypes } from '../conversations/letters.ts'

export interface Work {
  groupSeq: number
  /** Where it is now. */
  conversationId: string
  /** The agent who did it, who may have been deleted since. */
  agentId: string
  kind: 'answer' | 'chat' | 'call'
  /** When it was done; null: it goes on. */
  doneAt: number | null
}

export const unknownWork = (): NotFound =>
  new NotFound('There is no answer, chat or call here that could be rated. It may have been deleted.')

const groupBySeq = prepared((db, seq: number) =>
  db
    .selectFrom('message_groups')
    .leftJoin('agents', 'agents.id', 'message_groups.user_id')
    .select([
      'message_groups.seq',
      'message_groups.conversation_id',
      'message_groups.rtype',
      'message_groups.created_at',
      'agents.id as author_id',
    ])
    .where('message_groups.seq', '=', seq),
)
const chatOf = prepared((db, groupSeq: number) =>
  db.selectFrom('chats').select(['agent_id', 'ended_at']).where('group_seq', '=', groupSeq),
)
const callOf = prepared((db, groupSeq: number) =>
  db
    .selectFrom('calls')
    .select(['agent_id', 'ended_at'])
    .where('group_seq', '=', groupSeq)
    .where('direction', '<>', 'internal')
    .where('answered_at', 'is not', null),
)

/** The work that a message group is; undefined: nobody can rate it, for there is none, or no agent did it. */
export async function findWork(db: Reader, groupSeq: number): Promise<Work | undefined> {
  const [group] = await groupBySeq(db, groupSeq)
  if (!group) return undefined
  const { seq, conversation_id: conversationId, rtype, created_at, author_id } = group
  const work = (kind: Work['kind'], agentId: string | null | undefined, doneAt: number | null): Work | undefined =>
    agentId == null ? undefined : { groupSeq: seq, conversationId, agentId, kind, doneAt }
  if (rtype === groupTypes.outgoing) return work('answer', author_id, created_at)
  if (rtype === groupTypes.chat) {
    const [chat] = await chatOf(db, seq)
    return work('chat', chat?.agent_id, chat?.ended_at ?? null)
  }
  if (rtype === groupTypes.call || rtype === groupTypes.outgoingCall) {
    const [call] = await callOf(db, seq)
    return work('call', call?.agent_id, call?.ended_at ?? null)
  }
  return undefined
}

/** The newest work in a conversation: what is meant by rating the conversation. */
export async function findLastWork(db: Reader, conversationId: string): Promise<Work | undefined> {
  const groups = await db
    .selectFrom('message_groups')
    .select('seq')
    .where('conversation_id', '=', conversationId)
    .where('rtype', 'in', [groupTypes.outgoing, groupTypes.chat, groupTypes.call, groupTypes.outgoingCall])
    .orderBy('created_at', 'desc')
    .orderBy('seq', 'desc')
    .limit(LOOKED_AT)
    .execute()
  for (const { seq } of groups) {
    const work = await findWork(db, seq)
    if (work) return work
  }
  return undefined
}

/** Calls that nobody took are no work: behind so many of them, nobody looks for an answer. */
const LOOKED_AT = 20

/** Where customers have no conversation any more, in their eyes. */
const isGone = ({ status }: Conversation): boolean => status === 'X' || status === 'B'

/** A piece of work with its conversation, which nobody else changes before this transaction ends. */
export async function getWorkForRating(tx: Tx, groupSeq: number): Promise<{ work: Work; conversation: Conversation }> {
  for (;;) {
    const found = await findWork(tx, groupSeq)
    if (!found) throw unknownWork()
    const conversation = await getConversationForChange(tx, systemActor, found.conversationId)
    // Read again: until the lock, it could have been moved, or the chat could have ended.
    const work = await findWork(tx, groupSeq)
    if (work?.conversationId !== conversation.id) continue
    if (isGone(conversation)) throw unknownWork()
    return { work, conversation }
  }
}

/** The same for looking. */
export async function findRateableWork(
  db: Reader,
  groupSeq: number,
): Promise<{ work: Work; customerId: string } | undefined> {
  const work = await findWork(db, groupSeq)
  const conversation =
    work &&
    (await db
      .selectFrom('conversations')
      .select(['customer_id', 'status'])
      .where('id', '=', work.conversationId)
      .where('status', 'not in', ['X', 'B'])
      .executeTakeFirst())
  return work && conversation && { work, customerId: conversation.customer_id }
}
