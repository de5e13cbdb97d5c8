// Clocks of promised answers in reports: each one that was answered, and how many of a day were met and missed.
import { type Expression, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import { lookedUp, piecesAsRows, textsAsRows } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { withoutUnseen } from '../conversations/sight.ts'
import type { Service } from '../metrics/load.ts'
import { answered, clockSums, type sumColumns, sumsOfSums } from '../sla/rollups.ts'
import type { SlaRollupRow } from '../sla/tables.ts'
import { boundsOf, clip, type Interval, listIntervals, type Page, type Range } from './range.ts'
import type { Scope } from './scope.ts'
import { sliceOf } from './totals.ts'

const HOUR = 3_600_000

export interface SlaScope extends Scope {
  service: Service
  /** Ids; undefined: all. */
  customerId?: string | undefined
  levelId?: string | undefined
}

/** `isTail`: of clocks that are found by their number. Adding nothing to a column keeps its index out of the plan. */
function conditions(
  { service, departmentIds, agentId, customerId, levelId }: SlaScope,
  isTail = false,
): Expression<SqlBool>[] {
  const nothing = isTail ? sql` || ''` : sql``
  const is = (column: string, value: string | undefined): Expression<SqlBool>[] =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)}${nothing} = ${value}`]
  const among = (ids: readonly string[]): Expression<SqlBool> =>
    ids.length === 0
      ? sql<SqlBool>`1 = 0`
      : ids.length === 1
        ? sql<SqlBool>`department_id${nothing} = ${ids[0]}`
        : sql<SqlBool>`department_id${nothing} in (${sql.join(ids)})`
  return [
    sql<SqlBool>`${answered}`,
    ...is('service', service),
    ...(departmentIds === undefined ? [] : [among(departmentIds)]),
    ...is('agent_id', agentId),
    ...is('customer_id', customerId),
    ...is('level_id', levelId),
  ]
}

/** What several departments have together is more than anybody reads; above some, SQLite takes no more. */
const isWide = ({ departmentIds = [], agentId, customerId }: SlaScope): boolean =>
  agentId === undefined && customerId === undefined && departmentIds.length > 1 && departmentIds.length <= 100

/** The query behind a page of answered clocks, by the time of their answers. */
export const logQuery = (db: Reader, scope: SlaScope, { from, before }: Range, { offset, limit }: Page) => {
  const clocks = (departmentIds: readonly string[] | undefined) =>
    db
      .selectFrom('sla_clocks')
      .selectAll()
      .where((eb) =>
        eb.and([...conditions({ ...scope, departmentIds }), eb('closed_at', '>=', from), eb('closed_at', '<', before)]),
      )
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
  // The page first, then the names: of a deep page, only its own rows are joined.
  const page = db
    .selectFrom(all.as('clocks'))
    .selectAll()
    .orderBy('closed_at')
    .orderBy('seq')
    .limit(limit)
    .offset(offset)
  return db
    .selectFrom(page.as('page'))
    .innerJoin('conversations', 'conversations.id', 'page.conversation_id')
    .innerJoin('departments', 'departments.id', 'page.department_id')
    .innerJoin('sla_levels', 'sla_levels.id', 'page.level_id')
    .innerJoin('customers', 'customers.id', 'page.customer_id')
    .leftJoin('agents', 'agents.id', 'page.agent_id')
    .select([
      'page.seq',
      'page.conversation_id',
      'page.department_id',
      'page.level_id',
      'page.agent_id',
      'page.customer_id',
      'page.started_at',
      'page.due_at',
      'page.outcome',
      'conversations.code',
      'departments.name as department_name',
      'sla_levels.name as level_name',
      'agents.firstname as agent_firstname',
      'agents.lastname as agent_lastname',
      'customers.firstname as customer_firstname',
      'customers.lastname as customer_lastname',
    ])
    .select((eb) => eb.fn.coalesce('page.closed_at', sql.lit(0)).as('closed_at'))
    .orderBy('page.closed_at')
    .orderBy('page.seq')
}

export type LoggedClock = Awaited<ReturnType<typeof listAnsweredClocks>>[number]

export const listAnsweredClocks = async (db: Reader, actor: Actor, scope: SlaScope, range: Range, page: Page) =>
  range.from >= range.before ? [] : withoutUnseen(db, actor, await logQuery(db, scope, range, page).execute())

/** Between the two dates that are shown; below zero: over. */
export const secondsLeft = (dueAt: number, closedAt: number): number =>
  Math.floor(dueAt / 1_000) - Math.floor(closedAt / 1_000)

/** Seconds of business time until the answers of clocks that ended alike. All are 0 where there were none. */
export interface Outcomes {
  count: number
  avg: number
  max: number
  min: number
}

export interface Compliance extends Interval {
  met: Outcomes
  late: Outcomes
}

interface Tally extends Pick<Selectable<SlaRollupRow>, (typeof sumColumns)[number]> {
  position: number
  /** Of clocks that are in no rollup yet: when they were answered. */
  at: number | null
}

/** What rollups tell of the clocks that are asked for; undefined: too narrow for them, and few. */
function rolledBy({ departmentIds = [''], agentId, customerId, levelId }: SlaScope) {
  if (customerId !== undefined || (agentId !== undefined && levelId !== undefined)) return undefined
  const dimension = agentId !== undefined ? 'agent' : levelId !== undefined ? 'level' : 'all'
  return { dimension, id: agentId ?? levelId ?? '', departmentIds }
}

/** The query behind `complianceByDay`: rollups, the ragged ends, and what was answered since, in one statement. */
export function complianceQuery(db: Reader, scope: SlaScope, bounds: readonly number[]): RawBuilder<Tally> {
  const asked = and(conditions(scope))
  const slices = bounds.slice(1).map((before, position) => ({ position, from: bounds[position] ?? before, before }))
  const rolled = rolledBy(scope)
  const parts = slices.flatMap((slice) =>
    rolled ? partsOf(slice) : [{ ...slice, unit: 'clock' as const, sign: 1 as const }],
  )
  const pieces = (unit: 'hour' | 'clock') =>
    piecesAsRows(
      db,
      parts.filter((part) => part.unit === unit),
    )
  const position = sql`(select seq from rollup_positions where name = 'clocks')`
  const edges = lookedUp(
    db,
    'sla_clocks',
    sql`${asked} and closed_at >= ragged.low and closed_at < ragged.high ${rolled ? sql`and seq + 0 <= ${position}` : sql``}`,
  )
  const ofEdges = sql`select position, cast(null as bigint) as at, ${clockSums} from ragged ${edges} group by position`
  if (!rolled) return sql<Tally>`with ragged as materialized (${pieces('clock')}) ${ofEdges}`
  const { dimension, id, departmentIds } = rolled
  const ofRollups = lookedUp(
    db,
    'sla_rollups',
    sql`sla_rollups.dimension = ${sql.lit(dimension)} and sla_rollups.service = ${scope.service} and sla_rollups.id = ${id}
      and sla_rollups.department_id = places.id and sla_rollups.at >= whole.low and sla_rollups.at < whole.high`,
  )
  return sql<Tally>`
    with places as materialized (${textsAsRows(db, departmentIds)}),
    whole as materialized (${pieces('hour')}), ragged as materialized (${pieces('clock')})
    select whole.position as position, cast(null as bigint) as at, ${sumsOfSums} from whole cross join places ${ofRollups}
    group by whole.position
    union all ${ofEdges}
    union all
    select 0, closed_at, ${clockSums} from sla_clocks
    where seq > ${position} and ${and(conditions(scope, true))}
      and closed_at + 0 >= ${bounds[0] ?? 0} and closed_at + 0 < ${bounds.at(-1) ?? 0}
    group by closed_at`
}

const and = (all: readonly Expression<SqlBool>[]): RawBuilder<SqlBool> => sql<SqlBool>`${sql.join(all, sql` and `)}`

/** Whole hours, which are in the rollups, and the ragged ends. */
function partsOf({ position, from, before }: { position: number; from: number; before: number }) {
  const [first, last] = [Math.ceil(from / HOUR) * HOUR, Math.floor(before / HOUR) * HOUR]
  if (first >= last) return [{ position, unit: 'clock' as const, sign: 1 as const, from, before }]
  return [
    { position, unit: 'clock' as const, sign: 1 as const, from, before: first },
    { position, unit: 'hour' as const, sign: 1 as const, from: first, before: last },
    { position, unit: 'clock' as const, sign: 1 as const, from: last, before },
  ].filter((part) => part.from < part.before)
}

/** How the clocks ended that were answered on each day that a range touches. */
export async function complianceByDay(db: Reader, scope: SlaScope, range: Range, page: Page): Promise<Compliance[]> {
  const days = listIntervals(range, 'day', page)
  if (days.length === 0) return []
  const bounds = boundsOf(days.map((day) => clip(day, range)))
  const { rows } = await complianceQuery(db, scope, bounds).execute(db)
  const byDay = Map.groupBy(rows, ({ position, at }) => (at === null ? position : sliceOf(bounds, at)))
  return days.map((day, index) => {
    const tallies = byDay.get(index) ?? []
    return { ...day, met: outcomesOf(tallies, 'met'), late: outcomesOf(tallies, 'late') }
  })
}

function outcomesOf(tallies: readonly Tally[], outcome: 'met' | 'late'): Outcomes {
  const those = tallies.filter((tally) => tally[`${outcome}_count`] > 0)
  if (those.length === 0) return { count: 0, avg: 0, max: 0, min: 0 }
  const total = (sum: 'count' | 'sum') => those.reduce((all, tally) => all + tally[`${outcome}_${sum}`], 0)
  const each = (end: 'max' | 'min') => those.flatMap((tally) => tally[`${outcome}_${end}`] ?? [])
  const count = total('count')
  return {
    count,
    avg: Math.round(total('sum') / count),
    max: Math.max(...each('max')),
    min: Math.min(...each('min')),
  }
}
