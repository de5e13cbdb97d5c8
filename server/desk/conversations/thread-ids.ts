// Message-IDs that lead to conversations, so that an answer finds the one that it answers.
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'

/**
 * How we know: sent by us, received, received as one of many (`mass`: a list's mail or a newsletter), told by an API
 * client, or named in a mail whose original was not seen.
 */
export type ThreadIdOrigin = 'sent' | 'received' | 'mass' | 'told' | 'named'

const LONGEST = 900

/** `<abc@host>` and `abc@host` mean the same mail. Absurdly long ones are kept as their hash: an index must take them. */
export function bareMessageId(messageId: string): string {
  const bare = messageId.trim().replace(/^<|>$/g, '')
  return bare.length > LONGEST ? `sha256:${hash('sha256', bare, 'hex')}` : bare
}

/** Remembers that a mail belongs to a conversation. A newsletter's id may belong to many. */
export async function addThreadId(
  tx: Tx,
  messageId: string,
  conversationId: string,
  origin: ThreadIdOrigin,
  at: number,
): Promise<void> {
  await insert(tx, bareMessageId(messageId), conversationId, origin, at)
}

const insert = prepared((tx: Tx, message_id: string, conversation_id: string, origin: string, created_at: number) =>
  tx
    .insertInto('thread_ids')
    .values({ message_id, conversation_id, origin, created_at })
    .onConflict((conflict) => conflict.doNothing()),
)

export interface ThreadIdMatch {
  messageId: string
  conversationId: string
  origin: string
}

/** Of an id that leads to more, only so many are looked at: ask for one customer's with `findThreadIdsOf`. */
export const MAX_MATCHES = 200

/** The conversations that any of these Message-IDs lead to, in the order in which that was learned. */
export async function findByThreadIds(db: Reader, messageIds: readonly string[]): Promise<ThreadIdMatch[]> {
  const ids = [...new Set(messageIds.map(bareMessageId))]
  const matches: ThreadIdMatch[] = []
  for (let from = 0; from < ids.length; from += SLOTS) {
    const [first = '', ...others] = ids.slice(from, from + SLOTS)
    // One text for one id and one for several: what is left free is filled with the first.
    const rows = others.length === 0 ? await ofOne(db, first) : await ofSeveral(db, first, ...filled(first, others))
    matches.push(...rows)
  }
  return matches
}

const SLOTS = 8
type Others = [string, string, string, string, string, string, string]
const filled = (first: string, others: readonly string[]): Others => {
  const [b = first, c = first, d = first, e = first, f = first, g = first, h = first] = others
  return [b, c, d, e, f, g, h]
}

const matchesOf = (db: Reader, ids: readonly string[]) =>
  db
    .selectFrom('thread_ids')
    .select(['message_id as messageId', 'conversation_id as conversationId', 'origin'])
    .where('message_id', 'in', ids)
    .orderBy('created_at')
    .limit(sql.lit(MAX_MATCHES))
const ofOne = prepared((db, id: string) => matchesOf(db, [id]))
const ofSeveral = prepared(
  (db, a: string, b: string, c: string, d: string, e: string, f: string, g: string, h: string) =>
    matchesOf(db, [a, b, c, d, e, f, g, h]),
)

/** The conversations of one customer that a Message-ID leads to, however many others it leads to. */
export const findThreadIdsOf = prepared((db, messageId: string, customerId: string) =>
  db
    .selectFrom('thread_ids')
    .innerJoin('conversations', 'conversations.id', 'thread_ids.conversation_id')
    .select([
      'thread_ids.message_id as messageId',
      'thread_ids.conversation_id as conversationId',
      'thread_ids.origin as origin',
    ])
    .where('thread_ids.message_id', '=', messageId)
    .where('conversations.customer_id', '=', customerId)
    .limit(sql.lit(MAX_MATCHES)),
)
