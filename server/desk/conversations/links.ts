// Conversations that have to do with each other.
import type { Reader, Tx } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'

/** Why two are linked; each as seen from the one that came later. */
export const linkReasons = {
  /** It was merged into the other one. */
  merged: 'merged',
  /** It was split off the other one. */
  split: 'split',
  /** Messages of it went to the other one. */
  moved: 'moved',
  /** The mail that opened it claims to answer the other one, and could not prove it. */
  claimed: 'claimed',
} as const
export type LinkReason = keyof typeof linkReasons

/** Links two conversations. False: they were linked already, and the reason stays what it was. */
export async function addLink(
  tx: Tx,
  conversationId: string,
  otherId: string,
  reason: LinkReason,
  at: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('conversation_links')
    .values({ conversation_id: conversationId, other_id: otherId, reason, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Boolean(numInsertedOrUpdatedRows)
}

export const removeLink = (tx: Tx, conversationId: string, otherId: string): Promise<unknown> =>
  tx
    .deleteFrom('conversation_links')
    .where('conversation_id', '=', conversationId)
    .where('other_id', '=', otherId)
    .execute()

export interface Link {
  conversationId: string
  code: string
  /** Undefined: in a department that the actor may not see. */
  subject: string | undefined
  reason: string
  /** `from`: this one is what the reason is about; `to`: the other one is. */
  direction: 'from' | 'to'
  at: number
}

/** More than anybody reads. A conversation that a thousand mails claim to answer is no reason to list them all. */
const MAX_LINKS = 100

/** The conversations that one is linked to, newest link first. */
export async function listLinks(db: Reader, actor: Actor, conversationId: string): Promise<Link[]> {
  const links = [
    ...(await linksBy(db, 'conversation_id', conversationId)),
    ...(await linksBy(db, 'other_id', conversationId)),
  ]
  const visible = visibleDepartments(actor)
  return links
    .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_LINKS)
    .map((row) => ({
      conversationId: row.id,
      code: row.code,
      subject: !visible || visible.includes(row.department_id) ? row.subject : undefined,
      reason: row.reason,
      direction: row.direction,
      at: row.created_at,
    }))
}

async function linksBy(db: Reader, own: 'conversation_id' | 'other_id', conversationId: string) {
  const rows = await db
    .selectFrom('conversation_links')
    .innerJoin(
      'conversations',
      'conversations.id',
      own === 'conversation_id' ? 'conversation_links.other_id' : 'conversation_links.conversation_id',
    )
    .select([
      'conversations.id',
      'conversations.code',
      'conversations.subject',
      'conversations.department_id',
      'conversation_links.reason',
      'conversation_links.created_at',
    ])
    .where(`conversation_links.${own}`, '=', conversationId)
    .orderBy('conversation_links.created_at', 'desc')
    .limit(MAX_LINKS)
    .execute()
  const direction = own === 'conversation_id' ? ('from' as const) : ('to' as const)
  return rows.map((row) => ({ ...row, direction }))
}

/** The codes of conversations by id. */
export async function codesOf(db: Reader, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'code'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map(({ id, code }) => [id, code]))
}
