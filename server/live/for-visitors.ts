// What visitors hear: of their own chat, and no more than they see of it elsewhere. A list of what is told, and for each
// what is told of it: nothing of an event is handed on as it is.
import { z } from 'zod'
import type { Reader } from '../db/write.ts'
import type { Chat } from '../desk/chats/chat.ts'
import { listOwnMessages, type OwnMessage, shownAgent } from '../desk/chats/own.ts'
import type { Event } from '../events/read.ts'
import { idOfRow, rowOfId } from '../lib/ids.ts'
import { Message } from './message.ts'

/** How a message looks on the visitors' API. */
export type Describe = (message: OwnMessage) => object

type Tell = (db: Reader, event: Event, chat: Chat, describe: Describe) => Promise<object | undefined>

const nothing: Tell = async () => ({})

const tells: ReadonlyMap<string, Tell> = new Map<string, Tell>([
  ['chat.started', nothing],
  ['chat.queued', nothing],
  ['chat.transferred', nothing],
  ['chat.accepted', async (db, { data }) => ({ agent: await shownAgent(db, agent.parse(JSON.parse(data)).agentid) })],
  ['chat.message', async (db, { data }, chat, describe) => ({ messages: await said(db, chat, data, describe) })],
  ['chat.typing', async (_db, { data }) => (by.parse(JSON.parse(data)).by === 'agent' ? { by: 'agent' } : undefined)],
  ['chat.ended', async (_db, { data }) => by.parse(JSON.parse(data))],
])

const by = z.object({ by: z.enum(['visitor', 'agent', 'system']) })
const agent = z.object({ agentid: z.string() })
const message = z.object({ messageid: z.string() })

export interface ToldVisitor {
  visitorId: string
  message: Message
}

/** What those of these visitors hear of a batch whose chats are in it, by the number of the event. */
export async function tellVisitors(
  db: Reader,
  events: readonly Event[],
  visitorIds: ReadonlySet<string>,
  describe: Describe,
): Promise<ReadonlyMap<number, ToldVisitor>> {
  const told = new Map<number, ToldVisitor>()
  const concerned = visitorIds.size === 0 ? [] : events.filter(({ type }) => tells.has(type))
  const chats = await chatsOf(
    db,
    concerned.flatMap(({ conversation_id }) => conversation_id ?? []),
  )
  for (const event of concerned) {
    const chat = chats.get(event.conversation_id ?? '')
    if (!chat || !visitorIds.has(chat.visitor_id)) continue
    const data = await tells.get(event.type)?.(db, event, chat, describe)
    if (!data) continue
    const { seq, type } = event
    const json = { number: seq, type, chatid: chat.conversation_id, at: new Date(event.at).toISOString(), data }
    told.set(seq, { visitorId: chat.visitor_id, message: new Message(JSON.stringify(json), seq) })
  }
  return told
}

async function chatsOf(db: Reader, conversationIds: readonly string[]): Promise<Map<string, Chat>> {
  if (conversationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('chats')
    .selectAll()
    .where('conversation_id', 'in', [...new Set(conversationIds)])
    .execute()
  return new Map(rows.map((chat) => [chat.conversation_id, chat]))
}

/** Words and files that were sent together are lines of one moment. */
const MAX_LINES = 50

async function said(db: Reader, chat: Chat, data: string, describe: Describe): Promise<object[]> {
  const first = rowOfId(message.parse(JSON.parse(data)).messageid)
  if (first === undefined) return []
  const lines = await listOwnMessages(db, chat, { after: idOfRow(first - 1), limit: MAX_LINES })
  const begin = lines[0]?.seq === first ? lines[0] : undefined
  const together = lines.filter((line) => line.created_at === begin?.created_at && line.agent?.id === begin.agent?.id)
  return together.map(describe)
}
