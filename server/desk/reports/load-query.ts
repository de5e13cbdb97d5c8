// Where the load went: half-hours as they are added up, and single steps where that does not do.
import { type RawBuilder, sql } from 'kysely'
import { afterPosition, lookedUp, textsAsRows } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import type { Service } from '../metrics/load.ts'
import { EVERYBODY } from '../metrics/load-rollups.ts'
import { DAY, floored, HALF_HOUR } from '../metrics/time.ts'
import { monthOf, startOfMonth } from './range.ts'
import type { Scope } from './scope.ts'

/** 0: what waits, 1: what is worked on. */
export type Side = 0 | 1

export interface LoadRow {
  /** `level`: what it was at the first of the halves; `course`: a half-hour; `step`: all steps of an instant. */
  what: 'level' | 'course' | 'step'
  side: Side
  at: number
  net: number
  /** Of a course; otherwise 0. The least and the most before its last step; null: there was but one instant. */
  area: number
  lowest: number | null
  highest: number | null
  first_at: number
}

export interface Asked {
  service: Service
  scope: Scope
  /** The beginning of a half-hour. */
  origin: number
  before: number
  /** Half-hours of which a part is asked for. */
  cut: readonly number[]
}

interface Series {
  side: Side
  departmentId: string
  agentId: string
}

/** The rows of the rollups that together are what is asked for. */
function seriesOf({ departmentIds = [''], agentId }: Scope): Series[] {
  return departmentIds.flatMap((departmentId): Series[] => [
    ...(agentId === undefined ? [{ side: 0 as const, departmentId, agentId: '' }] : []),
    { side: 1, departmentId, agentId: agentId ?? EVERYBODY },
  ])
}

/** `unindexed`: adding nothing keeps a column's index out of the plan, where another condition has the better one. */
function stepsOf({ departmentIds, agentId }: Scope, unindexed = sql``): RawBuilder<unknown> {
  return sql`${departmentIds === undefined ? sql`` : sql`and department_id${unindexed} in (${sql.join(departmentIds)})`}
    ${agentId === undefined ? sql`` : sql`and agent_id${unindexed} = ${agentId}`}`
}

const sideOfStep = sql`case when agent_id = '' then 0 else 1 end`
const nothingMore = sql`cast(0 as bigint), cast(0 as bigint), cast(0 as bigint), cast(0 as bigint)`

/**
 * The query, one statement: it sees one state of steps and rollups. Steps after the position make their half-hours be counted
 * anew, and so do changes in several departments of a scope, for what they were together is not to be seen from each. The
 * limit tells PostgreSQL how few half-hours these are, as in piecesAsRows.
 */
export function loadQuery(db: Reader, { service, scope, origin, before, cut }: Asked): RawBuilder<LoadRow> {
  const series = seriesOf(scope)
  const day = Math.floor(origin / DAY) * DAY
  const month = startOfMonth(monthOf(origin))
  const rowsOf = (table: 'load_courses' | 'load_sums', condition: RawBuilder<unknown>): RawBuilder<unknown> => {
    const column = (name: string) => sql.ref(`${table}.${name}`)
    return lookedUp(
      db,
      table,
      sql`${column('service')} = ${service} and ${column('department_id')} = series.department_id
        and ${column('agent_id')} = series.agent_id and ${condition}`,
    )
  }
  const isContested = series.length > 2 || (scope.agentId !== undefined && series.length > 1)
  const contested = isContested ? sql`union select at from known group by side, at having count(*) > 1` : sql``
  return sql<LoadRow>`
    with series as materialized (${sql.join(
      series.map(
        ({ side, departmentId, agentId }) =>
          sql`select ${sql.lit(side)} as side, cast(${departmentId} as text) as department_id, cast(${agentId} as text) as agent_id`,
      ),
      sql` union all `,
    )}),
    rolled as materialized (select seq from rollup_positions where name = 'load'),
    tail as materialized (
      select ${sideOfStep} as side, at, delta from load_changes
      where ${afterPosition(sql.ref('seq'), sql`load_changes`)} and service || '' = ${service} and at + 0 < ${before} ${stepsOf(scope, sql` || ''`)}
    ),
    known as ${isContested ? sql`` : sql`not `}materialized (
      select side, load_courses.at, net, area, lowest, highest, first_at from series
      ${rowsOf('load_courses', sql`load_courses.at >= ${origin} and load_courses.at < ${before}`)}
    ),
    counted as materialized (
      select half from (
        select cast(id as bigint) as half from (${textsAsRows(db, cut.map(String))}) as given limit ${sql.lit(cut.length)}
      ) as cut
      union select ${floored(sql.ref('at'), HALF_HOUR)} from tail where at >= ${origin}
      ${contested}
    )
    select 'level' as what, side, cast(0 as bigint) as at, cast(sum(net) as bigint) as net, cast(0 as bigint) as area,
      cast(0 as bigint) as lowest, cast(0 as bigint) as highest, cast(0 as bigint) as first_at
    from (
      select side, net from series ${rowsOf('load_sums', sql`load_sums.unit = 'month' and load_sums.at < ${month}`)}
      union all
      select side, net from series
      ${rowsOf('load_sums', sql`load_sums.unit = 'day' and load_sums.at >= ${month} and load_sums.at < ${day}`)}
      union all
      select side, net from series
      ${rowsOf('load_courses', sql`load_courses.at >= ${day} and load_courses.at < ${origin}`)}
      union all
      select side, delta from tail where at < ${origin}
    ) as earlier group by side
    union all
    select 'course', side, at, net, area, lowest, highest, first_at from known where at not in (select half from counted)
    union all
    select 'step', ${sideOfStep}, at, cast(sum(delta) as bigint), ${nothingMore} from counted
    ${lookedUp(
      db,
      'load_changes',
      sql`service = ${service} and at >= half and at < half + ${sql.lit(HALF_HOUR)} and at < ${before} ${stepsOf(scope)}`,
    )}
    group by ${sql.lit(2)}, at`
}
