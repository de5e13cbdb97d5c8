// What the holder of a conversation's public link sees: messages between customer and agents, and nothing internal.
import type { Reader } from '../../db/write.ts'
import type { Conversation } from './conversation.ts'
import type { Message, MessageGroup } from './history.ts'
import { groupTypes, messageTypes } from './letters.ts'

/** Groups that customers see. A list of what is shown: a new type is internal until somebody says otherwise. */
export const publicGroupTypes = [groupTypes.incoming, groupTypes.outgoing, groupTypes.offline, groupTypes.chat] as const
const publicMessageTypes = [messageTypes.message, messageTypes.quote, messageTypes.footer, messageTypes.file] as const

/** The conversation behind a public code. A deleted one is gone for its customer, though agents can still read it. */
export async function findPublicConversation(db: Reader, publicCode: string): Promise<Conversation | undefined> {
  if (!/^[A-Za-z0-9]{16}$/.test(publicCode)) return undefined
  return db
    .selectFrom('conversations')
    .selectAll()
    .where('public_code', '=', publicCode)
    .where('status', '<>', 'X')
    .executeTakeFirst()
}

export interface PublicGroup extends MessageGroup {
  /** `Anna Berg`; null if no name is known. Never an address. */
  author: string | null
  byAgent: boolean
  messages: Message[]
}

export interface PublicHistory {
  /** Oldest first. */
  groups: PublicGroup[]
  /** Whether there are older ones. */
  hasEarlier: boolean
}

export interface PublicFilter {
  limit: number
  offset: number
  /** Only these groups; undefined: all. */
  only?: readonly number[] | undefined
}

/** The newest `limit` public groups after leaving out the newest `offset`. */
export async function listPublicHistory(
  db: Reader,
  conversation: { id: string },
  { limit, offset, only }: PublicFilter,
): Promise<PublicHistory> {
  if (only?.length === 0) return { groups: [], hasEarlier: false }
  const found = await db
    .selectFrom('message_groups')
    .selectAll()
    .where('conversation_id', '=', conversation.id)
    .where('rtype', 'in', publicGroupTypes)
    .$if(only !== undefined, (query) => query.where('seq', 'in', only ?? []))
    .orderBy('created_at', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .offset(offset)
    .execute()
  const groups = found.slice(0, limit).reverse()
  if (groups.length === 0) return { groups: [], hasEarlier: false }
  const messages = await db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversation.id)
    .where(
      'group_seq',
      'in',
      groups.map(({ seq }) => seq),
    )
    .where('rtype', 'in', publicMessageTypes)
    .orderBy('seq')
    .execute()
  const turns = groups.flatMap((group) =>
    turnsOf(
      group,
      messages.filter(({ group_seq }) => group_seq === group.seq),
    ),
  )
  const authors = await authorsOf(db, [...new Set(turns.map(({ user_id }) => user_id))])
  return {
    hasEarlier: found.length > limit,
    groups: turns.map((turn) => ({
      ...turn,
      author: authors.get(turn.user_id)?.name ?? null,
      byAgent: authors.get(turn.user_id)?.byAgent ?? false,
    })),
  }
}

/** A chat as what one said after the other; everything else has one author. */
function turnsOf(group: MessageGroup, messages: Message[]): (MessageGroup & { messages: Message[] })[] {
  if (group.rtype !== groupTypes.chat) return [{ ...group, messages }]
  const turns: (MessageGroup & { messages: Message[] })[] = []
  for (const message of messages) {
    const last = turns.at(-1)
    if (last?.user_id === message.user_id) last.messages.push(message)
    else turns.push({ ...group, user_id: message.user_id, created_at: message.created_at, messages: [message] })
  }
  return turns
}

interface PublicAuthor {
  name: string | null
  byAgent: boolean
}

async function authorsOf(db: Reader, userIds: readonly string[]): Promise<Map<string, PublicAuthor>> {
  const agents = await db
    .selectFrom('agents')
    .select(['id', 'firstname', 'lastname'])
    .where('id', 'in', userIds)
    .execute()
  const customers = await db
    .selectFrom('customers')
    .select(['user_id as id', 'firstname', 'lastname'])
    .where('user_id', 'in', userIds)
    .execute()
  return new Map<string, PublicAuthor>([
    ...customers.map((row) => [row.id, { name: nameOf(row), byAgent: false }] as const),
    ...agents.map((row) => [row.id, { name: nameOf(row), byAgent: true }] as const),
  ])
}

/** People put their address where a name is asked for; here it would be shown to everybody who holds the link. */
function nameOf({ firstname, lastname }: { firstname: string; lastname: string }): string | null {
  const name = `${firstname} ${lastname}`.trim()
  return name === '' || name.includes('@') ? null : name
}
