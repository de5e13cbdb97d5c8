// Lists of ratings. Who may see one is decided by the department that it counts for in reports.
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { Invalid, NotFound } from '../../lib/errors.ts'
import { rowOfId } from '../../lib/ids.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { withoutUnseen } from '../conversations/sight.ts'
import type { Grade, Rating } from './ratings.ts'

export interface RatingFilter {
  grades?: readonly Grade[] | undefined
  agentId?: string | undefined
  customerId?: string | undefined
  conversationId?: string | undefined
  departmentId?: string | undefined
  /** Instants, half-open, of when it was given. */
  from?: number | undefined
  before?: number | undefined
}

/** What a rating in a list must meet. Those that were removed are in none. */
export function conditionsOf(actor: Actor, filter: RatingFilter): Expression<SqlBool>[] {
  const { grades, agentId, customerId, conversationId, departmentId, from, before } = filter
  const column = (name: keyof Rating) => sql.ref(`ratings.${name}`)
  const is = (name: keyof Rating, value: string | undefined): Expression<SqlBool>[] =>
    value === undefined ? [] : [sql<SqlBool>`${column(name)} = ${value}`]
  const among = (name: keyof Rating, values: readonly string[] | undefined): Expression<SqlBool>[] => {
    if (values === undefined) return []
    return [values.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`${column(name)} in (${sql.join(values)})`]
  }
  return [
    sql<SqlBool>`${column('removed_at')} is null`,
    ...among('department_id', visibleDepartments(actor)),
    ...is('department_id', departmentId),
    ...is('agent_id', agentId),
    ...is('customer_id', customerId),
    ...is('conversation_id', conversationId),
    ...among('grade', grades),
    ...(from === undefined ? [] : [sql<SqlBool>`${column('rated_at')} >= ${from}`]),
    ...(before === undefined ? [] : [sql<SqlBool>`${column('rated_at')} < ${before}`]),
  ]
}

/** Where a list can be continued after this rating. */
export const ratingCursor = ({ rated_at, seq }: Pick<Rating, 'rated_at' | 'seq'>): string =>
  `${rated_at.toString(36)}-${seq.toString(36)}`

function parseCursor(cursor: string): { ratedAt: number; seq: number } {
  const [, ratedAt, seq] = /^([0-9a-z]{1,10})-([0-9a-z]{1,10})$/.exec(cursor) ?? []
  if (ratedAt === undefined || seq === undefined) throw new Invalid('cursor', 'is not one that this list has given')
  return { ratedAt: Number.parseInt(ratedAt, 36), seq: Number.parseInt(seq, 36) }
}

export interface RatingPage extends RatingFilter {
  limit: number
  /** `ratingCursor` of the last one of the page before. */
  cursor?: string | undefined
}

/** A rating as the actor may see it: its conversation may be where he may not. */
export type SeenRating = Omit<Rating, 'conversation_id'> & { conversation_id: string | null }

/** Newest first. */
export const listRatings = async (db: Reader, actor: Actor, page: RatingPage): Promise<SeenRating[]> =>
  withoutUnseen(db, actor, await ratingsQuery(db, actor, page).execute())

/** The query behind the list. */
export function ratingsQuery(db: Reader, actor: Actor, { limit, cursor, ...filter }: RatingPage) {
  const query = db
    .selectFrom('ratings')
    .selectAll()
    .where((eb) => eb.and(conditionsOf(actor, filter)))
    .orderBy('rated_at', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit)
  if (cursor === undefined) return query
  const { ratedAt, seq } = parseCursor(cursor)
  return query.where(sql<SqlBool>`(rated_at, seq) < (${ratedAt}, ${seq})`)
}

export async function getRating(db: Reader, actor: Actor, id: string): Promise<Rating> {
  const row = await db
    .selectFrom('ratings')
    .selectAll()
    .where((eb) => eb.and(conditionsOf(actor, {})))
    .where('seq', '=', rowOfId(id) ?? -1)
    .executeTakeFirst()
  if (!row) throw new NotFound(`Rating '${id}' not found`)
  return row
}

/** The same as he may see it. */
export async function getSeenRating(db: Reader, actor: Actor, id: string): Promise<SeenRating> {
  const rating = await getRating(db, actor, id)
  return (await withoutUnseen(db, actor, [rating]))[0] ?? rating
}

/** The rating of a message group; undefined: there is none. Also one that was removed. */
export const findRatingOf = (db: Reader, groupSeq: number): Promise<Rating | undefined> =>
  db.selectFrom('ratings').selectAll().where('group_seq', '=', groupSeq).executeTakeFirst()
