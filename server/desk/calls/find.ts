// Lists of calls: those of a conversation, those that are in a state now, and all of them, newest first.
import { type SqlBool, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import type { Offer } from '../routing/offers.ts'
import type { Call, State } from './call.ts'

export interface CallFilter {
  states?: readonly State[] | undefined
  conversationId?: string | undefined
  departmentId?: string | undefined
  agentId?: string | undefined
  reference?: string | undefined
  /** From `callCursor` of the last row of the page before. */
  cursor?: string | undefined
  limit: number
}

/** Where a list can be continued after this row. */
export const callCursor = ({ started_at, id }: Pick<Call, 'started_at' | 'id'>): string =>
  `${started_at.toString(36)}-${id}`

function parseCursor(cursor: string): { startedAt: number; id: string } {
  const match = /^([0-9a-z]{1,10})-([0-9a-z]{8})$/.exec(cursor)
  if (!match?.[1] || !match[2]) throw new Invalid('cursor', 'is not a cursor that this list has given out')
  return { startedAt: Number.parseInt(match[1], 36), id: match[2] }
}

const LIVE: readonly State[] = ['queued', 'ringing', 'talking', 'offline']

/** One page of the calls that the actor may see. */
export const listCalls = (db: Reader, actor: Actor, filter: CallFilter): Promise<Call[]> =>
  callsQuery(db, actor, filter).execute()

/** More departments than this are not merged: SQLite takes no more. */
const MAX_STREAMS = 100

/** The query behind the list. */
export function callsQuery(db: Reader, actor: Actor, filter: CallFilter) {
  const departments = inBoth(visibleDepartments(actor), filter.departmentId)
  if (departments === undefined || departments.length < 2 || departments.length > MAX_STREAMS || isNarrow(filter))
    return callsIn(db, departments, filter)
  // Departments are merged, each as far as the page reaches: one `in (…)` would walk past all that is elsewhere.
  const all = departments
    .map((id) => db.selectFrom(callsIn(db, [id], filter).as('stream')).selectAll())
    .reduce((merged, stream) => merged.unionAll(stream))
  const merged = db.selectFrom(all.as('calls')).selectAll()
  return merged.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(filter.limit)
}

const areLive = (states: readonly State[] | undefined): boolean =>
  states?.every((state) => LIVE.includes(state)) ?? false

/** What is asked for is little, in whichever departments. */
const isNarrow = ({ states, conversationId, agentId, reference }: CallFilter): boolean =>
  areLive(states) || conversationId !== undefined || agentId !== undefined || reference !== undefined

/** Undefined: all departments. */
function inBoth(visible: readonly string[] | undefined, named: string | undefined): readonly string[] | undefined {
  if (named === undefined) return visible
  return visible === undefined || visible.includes(named) ? [named] : []
}

function callsIn(db: Reader, departments: readonly string[] | undefined, filter: CallFilter) {
  const { states, conversationId, agentId, reference, cursor, limit } = filter
  let query = db.selectFrom('calls').selectAll()
  // The empty text keeps the index by department out of the plan where another one finds less.
  const nothing = isNarrow(filter) ? sql` || ''` : sql``
  if (departments?.length === 0) query = query.where(sql<SqlBool>`1 = 0`)
  else if (departments?.length === 1) query = query.where(sql<SqlBool>`department_id${nothing} = ${departments[0]}`)
  else if (departments) query = query.where(sql<SqlBool>`department_id${nothing} in (${sql.join(departments)})`)
  if (states) query = query.where('state', 'in', states)
  // Word for word as in the index: only so do engines see that it fits.
  if (areLive(states)) query = query.where(sql<SqlBool>`state <> 'ended'`)
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId)
  if (agentId !== undefined) query = query.where('agent_id', '=', agentId)
  if (reference !== undefined) query = query.where('reference', '=', reference)
  if (cursor !== undefined) {
    const { startedAt, id } = parseCursor(cursor)
    query = query.where(sql<SqlBool>`(started_at, id) < (${startedAt}, ${id})`)
  }
  return query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit)
}

/** Who is asked to take calls, or has them, and who was asked before, oldest first; by call. */
export async function listOffers(db: Reader, callIds: readonly string[]): Promise<ReadonlyMap<string, Offer[]>> {
  const byCall = new Map<string, Offer[]>()
  if (callIds.length === 0) return byCall
  const rows = await db
    .selectFrom('offers')
    .selectAll()
    .where('service', '=', 'calls')
    .where('item_id', 'in', callIds)
    .orderBy('seq')
    .execute()
  for (const row of rows) byCall.set(row.item_id, [...(byCall.get(row.item_id) ?? []), row])
  return byCall
}

export interface CallCounts {
  talking: number
  ringing: number
  queued: number
}

/** How many calls there are now in the departments that the actor may see. */
export async function countCalls(db: Reader, actor: Actor): Promise<CallCounts> {
  const rows = await countsQuery(db).execute()
  const visible = visibleDepartments(actor)
  const of = (state: State): number =>
    rows
      .filter((row) => row.state === state && (!visible || visible.includes(row.department_id)))
      .reduce((sum, { calls }) => sum + Number(calls), 0)
  return { talking: of('talking'), ringing: of('ringing'), queued: of('queued') }
}

/** The query behind the counts: what lives is little, however many calls there were. */
export const countsQuery = (db: Reader) =>
  db
    .selectFrom('calls')
    .select(({ fn }) => ['state', 'department_id', fn.countAll<number>().as('calls')])
    .where(sql<SqlBool>`state <> 'ended'`)
    .groupBy(['state', 'department_id'])
