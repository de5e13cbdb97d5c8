// Counting everything again: whether what was added up is what the facts and the steps of the load add up to.
import { sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { coursesOf, loadSumsOf } from './load-rollups.ts'
import { positionOf } from './positions.ts'
import { rollupsOf } from './rollups.ts'
import { EVER } from './stays.ts'
import { floored, HALF_HOUR } from './time.ts'

/** A sum that is not what it should be. */
export interface Difference {
  /** Which one, in words of the tables. */
  where: string
  /** What is stored, less what should be: `count 1, seconds 30`. */
  surplus: string
}

const MONTH_AND_MORE = 32 * 86_400_000

/** The beginnings of the months with facts. Together with all before and after, they cover time without a gap. */
async function monthsOf(db: Reader): Promise<number[]> {
  const months: number[] = []
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const next = await db
      .selectFrom('facts')
      .select('at')
      .where('at', '>=', after)
      .orderBy('at')
      .limit(1)
      .executeTakeFirst()
    if (!next) return months
    const start = startOfMonth(next.at)
    months.push(start)
    after = startOfMonth(start + MONTH_AND_MORE)
  }
}

function startOfMonth(at: number): number {
  const date = new Date(at)
  return new Date(0).setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

interface RollupDifference {
  dimension: string
  department_id: string
  unit: string
  at: number
  id: string
  kind: string
  count: number
  seconds: number
  sla_seconds: number
}

/** Recounts a stretch of time that begins and ends with months, in one statement: it sees one state. */
async function differencesIn(db: Reader, from: number, before: number): Promise<Difference[]> {
  const key = sql`dimension, department_id, unit, at, id, kind`
  const facts = sql`at >= ${from} and at < ${before}
    and seq + 0 <= (select seq from rollup_positions where name = 'facts')`
  const { rows } = await sql<RollupDifference>`
    select ${key}, cast(sum(count) as bigint) as count, cast(sum(seconds) as bigint) as seconds,
      cast(sum(sla_seconds) as bigint) as sla_seconds
    from (
      select ${key}, -count as count, -seconds as seconds, -sla_seconds as sla_seconds
      from (${rollupsOf(db, facts)}) as counted
      union all
      select ${key}, count, seconds, sla_seconds from rollups where at >= ${from} and at < ${before}
    ) as both_sides
    group by ${key} having sum(count) <> 0 or sum(seconds) <> 0 or sum(sla_seconds) <> 0
    order by ${key}`.execute(db)
  return rows.map((row) => ({
    where: [row.dimension, row.id, row.department_id, row.unit, iso(row.at), row.kind].filter((word) => word).join(' '),
    surplus: `count ${row.count}, seconds ${row.seconds}, SLA seconds ${row.sla_seconds}`,
  }))
}

const position = sql`(select seq from rollup_positions where name = 'load')`

/** Where the load went in each half-hour of a stretch of time. */
async function differencesOfCourses(db: Reader, from: number, before: number): Promise<Difference[]> {
  const key = sql`service, department_id, agent_id, at, net, area, lowest, highest, first_at, last_at`
  const halves = sql`
    select distinct service, ${floored(sql.ref('at'), HALF_HOUR)} as half from load_changes
    where service in ('tickets', 'chats', 'calls') and at >= ${from} and at < ${before} and seq + 0 <= ${position}`
  const { rows } = await sql<LoadDifference & { net: number; lowest: number | null; highest: number | null }>`
    select ${key}, cast(sum(surplus) as bigint) as surplus
    from (
      select ${key}, -1 as surplus from (${coursesOf(db, halves, sql`load_changes.seq + 0 <= ${position}`)}) as counted
      union all
      select ${key}, 1 from load_courses where at >= ${from} and at < ${before}
    ) as both_sides
    group by ${key} having sum(surplus) <> 0
    order by ${key}`.execute(db)
  return rows.map(({ net, lowest, highest, surplus, ...row }) => ({
    where: nameOf({ ...row, unit: 'half-hour' }),
    surplus: `${surplus} of: net ${net}, least ${lowest ?? 'none'}, most ${highest ?? 'none'}`,
  }))
}

interface LoadDifference {
  service: string
  department_id: string
  agent_id: string
  at: number
  surplus: number
}

const nameOf = (
  { service, department_id, agent_id, unit = '', at }: Omit<LoadDifference, 'surplus'> & { unit?: string },
  what = 'load',
) => [what, service, agent_id, department_id, unit, iso(at)].filter((word) => word).join(' ')

/** By how much the load changed by days and months. */
async function differencesOfLoadSums(db: Reader): Promise<Difference[]> {
  const key = sql`service, department_id, agent_id, unit, at`
  const { rows } = await sql<LoadDifference & { unit: string; missing: number }>`
    select ${key}, cast(sum(net) as bigint) as surplus, cast(sum(is_there) as bigint) as missing
    from (
      select ${key}, -net as net, -1 as is_there from (${loadSumsOf(db, sql`seq <= ${position}`)}) as counted
      union all
      select ${key}, net, 1 from load_sums
    ) as both_sides
    group by ${key} having sum(net) <> 0 or sum(is_there) <> 0
    order by ${key}`.execute(db)
  return rows.map((row) => ({ where: nameOf(row), surplus: `${row.surplus}, rows ${row.missing}` }))
}

/** Stays that begin or end where no step of the load does, or the other way round. */
async function differencesOfStays(db: Reader): Promise<Difference[]> {
  const key = sql`service, department_id, agent_id, at`
  const place = sql`service, department_id, agent_id`
  const { rows } = await sql<LoadDifference>`
    select ${key}, cast(sum(delta) as bigint) as surplus
    from (
      select ${key}, -delta as delta from load_changes
      union all select ${place}, from_at, 1 from load_stays
      union all select ${place}, until_at, -1 from load_stays where until_at <> ${sql.lit(EVER)}
    ) as both_sides
    group by ${key} having sum(delta) <> 0
    order by ${key}`.execute(db)
  return rows.map(({ surplus, ...row }) => ({ where: nameOf(row, 'stays'), surplus: `${surplus}` }))
}

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

/** Recounts everything, a month of facts at a time. `steps` says how many answers there will be. */
export async function checkReports(
  db: Reader,
): Promise<{ steps: number; position: number; differences: AsyncGenerator<Difference[]> }> {
  const months = await monthsOf(db)
  const reached = await positionOf(db, 'facts')
  async function* all(): AsyncGenerator<Difference[]> {
    const starts = [Number.MIN_SAFE_INTEGER, ...months.slice(1)]
    for (const [n, from] of starts.entries()) {
      const before = starts[n + 1] ?? Number.MAX_SAFE_INTEGER
      yield await differencesIn(db, from, before)
      yield await differencesOfCourses(db, from, before)
    }
    yield await differencesOfLoadSums(db)
    yield await differencesOfStays(db)
  }
  return { steps: 2 * Math.max(1, months.length) + 2, position: reached, differences: all() }
}
