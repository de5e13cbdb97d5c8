// Chats that have not ended, as agents see them: what waits, what runs, and how many.
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { type Chat, type ChatState, departmentOf, getChat, isLiveChat } from './chat.ts'

export interface ChatFilter {
  state?: Exclude<ChatState, 'ended'> | undefined
  departmentId?: string | undefined
  /** Those that he has, or is asked to take. */
  agentId?: string | undefined
  /** How many, and how many of them were seen already. */
  limit: number
  offset: number
}

/** Chats that the actor may see, the longest first. */
export const listChats = (db: Reader, actor: Actor, filter: ChatFilter) => chatsQuery(db, actor, filter).execute()

export type ChatView = Awaited<ReturnType<typeof listChats>>[number]

/** The query behind the list. */
export function chatsQuery(db: Reader, actor: Actor, filter: ChatFilter) {
  const { state, departmentId, agentId } = filter
  const visible = visibleDepartments(actor)
  return viewOf(db)
    .where(isLiveChat)
    .$if(visible !== undefined, (query) => query.where(departmentOf, 'in', inOrNone(visible)))
    .$if(state !== undefined, (query) => query.where('chats.state', '=', state ?? ''))
    .$if(departmentId !== undefined, (query) => query.where(departmentOf, '=', departmentId ?? ''))
    .$if(agentId !== undefined, (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('offers')
            .select('offers.seq')
            .where('offers.service', '=', 'chats')
            .whereRef('offers.item_id', '=', 'chats.conversation_id')
            .where('offers.agent_id', '=', agentId ?? '')
            .where('offers.ended_at', 'is', null),
        ),
      ),
    )
    .orderBy('chats.started_at')
    .orderBy('chats.conversation_id')
    .limit(filter.limit)
    .offset(filter.offset)
}

const inOrNone = (ids: readonly string[] | undefined): readonly string[] => (ids && ids.length > 0 ? ids : [''])

/** A chat with what is shown beside it. */
const viewOf = (db: Reader) =>
  db
    .selectFrom('chats')
    .innerJoin('conversations', 'conversations.id', 'chats.conversation_id')
    .leftJoin('visitors', 'visitors.id', 'chats.visitor_id')
    .selectAll('chats')
    .select([
      'conversations.code',
      'conversations.subject',
      'conversations.preview',
      'conversations.department_id',
      'conversations.customer_id',
      'conversations.channel',
      'conversations.waiting_since',
      'visitors.name as visitor_name',
      'visitors.email as visitor_email',
      'visitors.page as visitor_page',
      'visitors.referrer as visitor_referrer',
      'visitors.language as visitor_language',
      'visitors.seen_at as visitor_seen_at',
    ])

export async function getChatView(db: Reader, actor: Actor, id: string): Promise<ChatView> {
  const chat = await getChat(db, actor, id)
  return viewOf(db).where('chats.conversation_id', '=', chat.conversation_id).executeTakeFirstOrThrow()
}

/** Who is being asked to take each of these chats. */
export async function askedAgents(db: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const asked = new Map<string, string[]>()
  if (ids.length === 0) return asked
  const rows = await db
    .selectFrom('offers')
    .select(['item_id', 'agent_id'])
    .where('service', '=', 'chats')
    .where('item_id', 'in', ids)
    .where('ended_at', 'is', null)
    .where('accepted_at', 'is', null)
    .orderBy('seq')
    .execute()
  for (const { item_id, agent_id } of rows) asked.set(item_id, [...(asked.get(item_id) ?? []), agent_id])
  return asked
}

/** The place of a chat in the queue of its department, from 1; null: it does not wait. */
export async function placeOf(db: Reader, chat: Chat): Promise<number | null> {
  if (chat.state !== 'queued') return null
  const { count } = await aheadOf(db, chat).executeTakeFirstOrThrow()
  return Number(count) + 1
}

/** The query behind the place. */
export const aheadOf = (db: Reader, chat: Pick<Chat, 'conversation_id' | 'started_at'>) =>
  db
    .selectFrom('chats')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(isLiveChat)
    .where('chats.state', '=', 'queued')
    .where(({ eb, or, and }) =>
      or([
        eb('chats.started_at', '<', chat.started_at),
        and([eb('chats.started_at', '=', chat.started_at), eb('chats.conversation_id', '<', chat.conversation_id)]),
      ]),
    )
    .where(departmentOf, '=', ({ selectFrom }) =>
      selectFrom('conversations as own').select('own.department_id').where('own.id', '=', chat.conversation_id),
    )

/** How many chats run and wait where the actor may see it. */
export async function countChats(db: Reader, actor: Actor): Promise<{ running: number; queued: number }> {
  const rows = await countQuery(db, actor).execute()
  const of = (state: ChatState): number => Number(rows.find((row) => row.state === state)?.count ?? 0)
  return { running: of('running'), queued: of('queued') }
}

/** The query behind the counts. */
export function countQuery(db: Reader, actor: Actor) {
  const visible = visibleDepartments(actor)
  return db
    .selectFrom('chats')
    .select(({ fn }) => ['chats.state', fn.countAll<number>().as('count')])
    .where(isLiveChat)
    .$if(visible !== undefined, (query) => query.where(departmentOf, 'in', inOrNone(visible)))
    .groupBy('chats.state')
}
