// A chat: where it stands, and whose it is. Each step of its life is in a file of its own.
import { type Selectable, type SqlBool, sql } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import { type Actor, systemActor } from '../actor.ts'
import { type Conversation, getConversation, getConversationForChange } from '../conversations/conversation.ts'
import { type Item, lockRouting } from '../routing/offers.ts'
import type { ChatRow } from './tables.ts'
import type { Visitor } from './visitors.ts'

export type Chat = Selectable<ChatRow>

export const chatStates = ['queued', 'running', 'ended'] as const
export type ChatState = (typeof chatStates)[number]

/** As the index of what has not ended says it: neither database would know it again with a parameter. */
export const isLiveChat = sql<SqlBool>`chats.state <> 'ended'`

/** Looked up for each chat that has not ended: these are few, and the conversations of a department are all there ever were. */
export const departmentOf = sql<string>`(select own.department_id from conversations as own where own.id = chats.conversation_id)`

const byConversation = prepared((db, id: string) =>
  db.selectFrom('chats').selectAll().where('conversation_id', '=', id),
)

/** The chat of a conversation; undefined: it is none. */
export const findChat = async (db: Reader, conversationId: string): Promise<Chat | undefined> =>
  (await byConversation(db, conversationId))[0]

const unknown = (id: string): NotFound => new NotFound(`Chat '${id}' not found`)

/** A chat as the actor may see it, by an identifier of its conversation. */
export async function getChat(db: Reader, actor: Actor, id: string): Promise<Chat> {
  const chat = await findChat(db, (await getConversation(db, actor, id)).id)
  if (!chat) throw unknown(id)
  return chat
}

/** One of a visitor's own chats. Another's does not exist for him. */
export async function getOwnChat(db: Reader, visitor: Pick<Visitor, 'id'>, id: string): Promise<Chat> {
  const chat = await findChat(db, id)
  if (!chat || chat.visitor_id !== visitor.id) throw unknown(id)
  return chat
}

/** A chat with its conversation, both as they are stored now, and locked for change. */
export interface Held {
  chat: Chat
  conversation: Conversation
}

/** Holds a chat for what is said in it, for who is asked to take it, and for its end. */
export async function holdChat(tx: Tx, actor: Actor, id: string): Promise<Held> {
  const conversation = await getConversationForChange(tx, actor, id)
  const query = tx.selectFrom('chats').selectAll().where('conversation_id', '=', conversation.id)
  const chat = await lockForChange(tx, query).executeTakeFirst()
  if (!chat) throw unknown(id)
  return { chat, conversation }
}

/** Holds a chat for a step that asks somebody to take it, or gives it to somebody who was not asked. */
export async function holdForRouting(tx: Tx, actor: Actor, id: string): Promise<Held> {
  await lockRouting(tx)
  return holdChat(tx, actor, id)
}

/** The same for a visitor. */
export async function holdOwn(tx: Tx, visitor: Pick<Visitor, 'id'>, id: string): Promise<Held> {
  return holdChat(tx, systemActor, (await getOwnChat(tx, visitor, id)).conversation_id)
}

export function assertNotEnded({ chat }: Held): void {
  if (chat.state === 'ended') throw new Conflict('The chat has ended.')
}

/** What routing calls it. */
export const itemOf = ({ conversation }: Held): Item => ({
  service: 'chats',
  id: conversation.id,
  departmentId: conversation.department_id,
})

/** The chat that a visitor is in; undefined: none. He has one at a time. */
export const liveChatOf = (db: Reader, visitorId: string): Promise<Chat | undefined> =>
  db.selectFrom('chats').selectAll().where('visitor_id', '=', visitorId).where(isLiveChat).executeTakeFirst()

/** The chat that a visitor was in last; undefined: he never chatted. */
export const lastChatOf = (db: Reader, visitorId: string): Promise<Chat | undefined> =>
  db
    .selectFrom('chats')
    .selectAll()
    .where('visitor_id', '=', visitorId)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Stores a change to a chat, and gives it. */
export async function changeChat(tx: Tx, chat: Chat, change: Partial<Chat>): Promise<Chat> {
  await tx.updateTable('chats').set(change).where('conversation_id', '=', chat.conversation_id).execute()
  return { ...chat, ...change }
}
