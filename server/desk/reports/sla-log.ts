// Each clock that an answer closed, by the time of the answer.
import { sql } from 'kysely'
import { afterPosition, lookedUp, textsAsRows } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { withoutUnseen } from '../conversations/sight.ts'
import { DAY, floored } from '../metrics/time.ts'
import type { Page, Range } from './range.ts'
import { clocksOf, rolledBy, rolledUpTo, rollupsOf, type SlaScope } from './sla-scope.ts'

/** What several departments have together is more than anybody reads; above some, SQLite takes no more. */
const isWide = ({ departmentIds = [], agentId, customerId }: SlaScope): boolean =>
  agentId === undefined && customerId === undefined && departmentIds.length > 1 && departmentIds.length <= 100

/** The query behind a page of answered clocks. */
export const logQuery = (db: Reader, scope: SlaScope, { from, before }: Span, { offset, limit }: Page) => {
  const clocks = (departmentIds: readonly string[] | undefined) =>
    db
      .selectFrom('sla_clocks')
      .select(['closed_at', 'seq'])
      .where(clocksOf({ ...scope, departmentIds }))
      .where('closed_at', '>=', from)
      .where('closed_at', '<', before)
      .orderBy('closed_at')
      .orderBy('seq')
  // Departments are merged, each as far as the page reaches: one `in (…)` would walk past all that is elsewhere.
  const streams = isWide(scope) ? (scope.departmentIds ?? []).map((id) => [id]) : [scope.departmentIds]
  const all = streams
    .map((ids) =>
      db
        .selectFrom(
          clocks(ids)
            .limit(offset + limit)
            .as('stream'),
        )
        .selectAll(),
    )
    .reduce((merged, stream) => merged.unionAll(stream))
  // The numbers of the page first, from the index alone, then its rows and the names in them.
  const page = db
    .selectFrom(all.as('clocks'))
    .selectAll()
    .orderBy('closed_at')
    .orderBy('seq')
    .limit(limit)
    .offset(offset)
  return db
    .selectFrom(page.as('page'))
    .innerJoin('sla_clocks', 'sla_clocks.seq', 'page.seq')
    .innerJoin('conversations', 'conversations.id', 'sla_clocks.conversation_id')
    .innerJoin('departments', 'departments.id', 'sla_clocks.department_id')
    .innerJoin('sla_levels', 'sla_levels.id', 'sla_clocks.level_id')
    .innerJoin('customers', 'customers.id', 'sla_clocks.customer_id')
    .leftJoin('agents', 'agents.id', 'sla_clocks.agent_id')
    .select([
      'sla_clocks.seq',
      'sla_clocks.conversation_id',
      'sla_clocks.department_id',
      'sla_clocks.level_id',
      'sla_clocks.agent_id',
      'sla_clocks.customer_id',
      'sla_clocks.started_at',
      'sla_clocks.due_at',
      'sla_clocks.outcome',
      'conversations.code',
      'departments.name as department_name',
      'sla_levels.name as level_name',
      'agents.firstname as agent_firstname',
      'agents.lastname as agent_lastname',
      'customers.firstname as customer_firstname',
      'customers.lastname as customer_lastname',
    ])
    .select((eb) => [
      eb.fn.coalesce('page.closed_at', sql.lit(0)).as('closed_at'),
      eb.fn.coalesce('sla_clocks.seconds', sql.lit(0)).as('seconds'),
    ])
    .orderBy('page.closed_at')
    .orderBy('page.seq')
}

type Span = Pick<Range, 'from' | 'before'>

export type LoggedClock = Awaited<ReturnType<typeof listAnsweredClocks>>[number]

/** Up to here, walking along the index is as quick as adding up days. */
const NEAR = 2_000

export async function listAnsweredClocks(
  db: Reader,
  actor: Actor,
  scope: SlaScope,
  range: Range,
  page: Page,
  near = NEAR,
) {
  if (range.from >= range.before) return []
  const { from, offset } = await startOf(db, scope, range, page.offset, near)
  const query = logQuery(db, scope, { from, before: range.before }, { offset, limit: page.limit })
  return withoutUnseen(db, actor, await query.execute())
}

/** Where to begin for a page far in: at a day within the range, less deep. */
async function startOf(db: Reader, scope: SlaScope, range: Span, offset: number, near: number) {
  const { rows } =
    offset < near || !rolledBy(scope) ? { rows: [] } : await startQuery(db, scope, range, offset).execute(db)
  const { at, passed } = rows[0] ?? { at: range.from, passed: 0 }
  return { from: Math.max(at, range.from), offset: offset - passed }
}

/** The query behind it: the last day before which no more clocks were answered than are to be passed, and how many. */
export function startQuery(db: Reader, scope: SlaScope, { from, before }: Span, offset: number) {
  const rolled = rolledBy(scope)
  if (!rolled) throw new Error('no sums tell of these clocks')
  const first = Math.ceil(from / DAY) * DAY
  const day = (column: string) => floored(sql.ref(column), DAY)
  const outcomes = scope.outcome === undefined ? ['met', 'late'] : [scope.outcome]
  const count = sql.join(
    outcomes.map((outcome) => sql.ref(`${outcome}_count`)),
    sql` + `,
  )
  return sql<{ at: number; passed: number }>`
    with ${rolledUpTo}, places as materialized (${textsAsRows(db, rolled.departmentIds)}),
    days as (
      select ${day('sla_rollups.at')} as at, ${count} as count from places
      ${lookedUp(
        db,
        'sla_rollups',
        sql`${rollupsOf(scope.service, rolled)} and sla_rollups.at >= ${first} and sla_rollups.at < ${before}`,
      )}
      union all
      select ${day('closed_at')}, 1 from sla_clocks
      where ${afterPosition(sql.ref('seq'), sql`sla_clocks`)} and ${clocksOf(scope, true)} and closed_at + 0 >= ${first} and closed_at + 0 < ${before}
      union all
      select ${first - DAY}, count(*) from sla_clocks
      where ${clocksOf(scope)} and closed_at >= ${from} and closed_at < ${first}
    )
    select at, cast(passed as bigint) as passed from (
      select at, sum(sum(count)) over (order by at) - sum(count) as passed from days group by at
    ) as passing
    where passed <= ${offset} order by at desc limit 1`
}

/** Between the two dates that are shown; below zero: over. */
export const secondsLeft = (dueAt: number, closedAt: number): number =>
  Math.floor(dueAt / 1_000) - Math.floor(closedAt / 1_000)
