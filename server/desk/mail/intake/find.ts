// Lists of raw mails, newest first, and single ones.
//
// Administrators see all. Others see those that went into a conversation that they may see, and list them by it.
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Reader } from '../../../db/write.ts'
import { Invalid, NotAllowed, NotFound } from '../../../lib/errors.ts'
import { type Actor, mayAdminister } from '../../actor.ts'
import { getConversation } from '../../conversations/conversation.ts'
import type { RawMail } from './read-raw.ts'

export const rawStates = ['waiting', 'accepted', 'held', 'failed'] as const
export type RawState = (typeof rawStates)[number]

export interface RawMailFilter {
  state?: RawState | undefined
  verdict?: string | undefined
  mailboxId?: string | undefined
  conversationId?: string | undefined
  /** From `rawCursor` of the last row of the page before. */
  cursor?: string | undefined
  limit: number
}

export const rawCursor = ({ seq }: Pick<RawMail, 'seq'>): string => seq.toString(36)

function parseCursor(cursor: string): number {
  const seq = /^[0-9a-z]{1,10}$/.test(cursor) ? Number.parseInt(cursor, 36) : Number.NaN
  if (!Number.isSafeInteger(seq)) throw new Invalid('cursor', 'is not a cursor that this list has given out')
  return seq
}

export async function listRawMails(db: Reader, actor: Actor, filter: RawMailFilter): Promise<RawMail[]> {
  if (filter.conversationId !== undefined) {
    const { id } = await getConversation(db, actor, filter.conversationId)
    return rawMailsQuery(db, { ...filter, conversationId: id }).execute()
  }
  if (!mayAdminister(actor))
    throw new NotAllowed('Only administrators may list all raw mails. Name a conversation to see its own.')
  return rawMailsQuery(db, filter).execute()
}

export function rawMailsQuery(db: Reader, { state, verdict, mailboxId, conversationId, cursor, limit }: RawMailFilter) {
  let query = db.selectFrom('raw_mails').selectAll().orderBy('seq', 'desc').limit(limit)
  if (state !== undefined) query = query.where(isInState(state))
  if (verdict !== undefined) query = query.where('verdict', '=', verdict)
  if (mailboxId !== undefined) query = query.where('mailbox_id', '=', mailboxId)
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId)
  if (cursor !== undefined) query = query.where('seq', '<', parseCursor(cursor))
  return query
}

/** Written out as the indexes have it: each has only the rows of its states, and a parameter could mean any. */
export function isInState(state: RawState): RawBuilder<SqlBool> {
  const isState = sql<SqlBool>`state = ${sql.lit(state)}`
  if (state === 'accepted' || state === 'waiting') return isState
  return sql<SqlBool>`${isState} and state not in ('accepted', 'waiting')`
}

/** A raw mail as the actor may see it. Hidden ones do not exist for him. */
export async function getRawMail(db: Reader, actor: Actor, seq: number): Promise<RawMail> {
  const row = await db.selectFrom('raw_mails').selectAll().where('seq', '=', seq).executeTakeFirst()
  if (!row || !(await maySee(db, actor, row))) throw new NotFound(`Raw mail ${seq} not found`)
  return row
}

async function maySee(db: Reader, actor: Actor, { conversation_id: id }: RawMail): Promise<boolean> {
  if (mayAdminister(actor)) return true
  if (id === null) return false
  try {
    await getConversation(db, actor, id)
    return true
  } catch (error) {
    if (error instanceof NotFound) return false
    throw error
  }
}

/** How many wait to be accepted. */
export async function countWaiting(db: Reader): Promise<number> {
  const { count } = await db
    .selectFrom('raw_mails')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(isInState('waiting'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Why a raw mail's message is in its conversation; undefined: it has become none. */
export async function whyThreaded(db: Reader, { group_seq: groupSeq }: RawMail): Promise<string | undefined> {
  if (groupSeq === null) return undefined
  const row = await db.selectFrom('mails').select('thread_reason').where('group_seq', '=', groupSeq).executeTakeFirst()
  return row?.thread_reason
}
