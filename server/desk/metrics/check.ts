// Counting everything again: whether what was added up is what the facts and the steps of the load add up to.
import { sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { startOfDay } from './load.ts'
import { rollupPosition, rollupsOf } from './rollups.ts'

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

async function differencesOfLoad(db: Reader): Promise<Difference[]> {
  const { rows } = await sql<{ service: string; day: number; department_id: string; agent_id: string; delta: number }>`
    select service, day, department_id, agent_id, cast(sum(delta) as bigint) as delta
    from (
      select service, (at - ((at % 86400000) + 86400000) % 86400000) / 86400000 as day, department_id, agent_id,
        -delta as delta
      from load_changes
      union all
      select service, day, department_id, agent_id, delta from load_days
    ) as both_sides
    group by service, day, department_id, agent_id having sum(delta) <> 0
    order by service, day, department_id, agent_id`.execute(db)
  return rows.map((row) => ({
    where: ['load', row.service, row.department_id, row.agent_id, iso(startOfDay(row.day))]
      .filter((word) => word)
      .join(' '),
    surplus: `${row.delta}`,
  }))
}

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

/** Recounts everything, a month of facts at a time. `steps` says how many answers there will be. */
export async function checkReports(
  db: Reader,
): Promise<{ steps: number; position: number; differences: AsyncGenerator<Difference[]> }> {
  const months = await monthsOf(db)
  const position = await rollupPosition(db)
  async function* all(): AsyncGenerator<Difference[]> {
    const starts = [Number.MIN_SAFE_INTEGER, ...months.slice(1)]
    for (const [n, from] of starts.entries())
      yield await differencesIn(db, from, starts[n + 1] ?? Number.MAX_SAFE_INTEGER)
    yield await differencesOfLoad(db)
  }
  return { steps: Math.max(1, months.length) + 1, position, differences: all() }
}
