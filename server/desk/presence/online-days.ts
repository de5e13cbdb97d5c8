// Time online added up by day (in UTC), for each agent in each department and in any: what the worktime of a year is read
// from. The sums and the position move together: every ended stretch is in the sums or after the position, and never both.
import { sql } from 'kysely'
import type { Database } from '../../db/open.ts'
import { prepared } from '../../db/prepared.ts'
import { settledNumber } from '../../db/settled.ts'
import type { Reader, Tx } from '../../db/write.ts'
import type { Difference } from '../metrics/check.ts'
import { lockPosition, movePosition, positionOf } from '../metrics/positions.ts'
import type { RollOptions } from '../metrics/roll.ts'
import { DAY } from '../metrics/time.ts'
import type { OnlineDayRow } from './tables.ts'

const PORTION = 600

/** Brings the sums up to the last stretch that is settled. Any number of processes may do so at once. */
export async function rollStretches(database: Database, { portion = PORTION, onProgress }: RollOptions = {}) {
  const settled = await settledNumber(database.reader, 'online_stretches')
  if (settled === undefined || (await positionOf(database.reader, 'stretches')) >= settled) return
  for (;;) {
    const passed = await database.write((tx) => rollStretchPortion(tx, settled, portion))
    if (passed === 0) return
    onProgress?.(passed)
  }
}

/** Passes up to `portion` numbers, none above `settled`; how many it was. */
export async function rollStretchPortion(tx: Tx, settled: number, portion: number): Promise<number> {
  const from = await lockPosition(tx, 'stretches')
  const to = Math.min(from + portion, settled)
  if (to <= from) return 0
  // One that lasts is passed by: its end gives it a new number.
  for (const { department_id, at, agent_id, time } of await daysOf(tx, from, to))
    await addToDay(tx, department_id, at, agent_id, time)
  await movePosition(tx, 'stretches', to)
  return to - from
}

/** Makes the sums anew: until then, reports count the stretches themselves. */
export async function emptyOnlineDays(tx: Tx): Promise<void> {
  await lockPosition(tx, 'stretches')
  await tx.deleteFrom('online_days').execute()
  await movePosition(tx, 'stretches', 0)
}

/** What the ended stretches with these numbers add to each day, in the order of the key. */
async function daysOf(db: Reader, after: number, to: number): Promise<OnlineDayRow[]> {
  const rows = await db
    .selectFrom('online_stretches')
    .select(['department_id', 'agent_id', 'from_at', 'to_at'])
    .where('seq', '>', after)
    .where('seq', '<=', to)
    .where(sql`service || ''`, '=', '')
    .execute()
  const days = new Map<string, OnlineDayRow>()
  for (const { department_id, agent_id, from_at, to_at } of rows) {
    for (let from = from_at; to_at !== null && from < to_at; ) {
      const at = Math.floor(from / DAY) * DAY
      const before = Math.min(at + DAY, to_at)
      const key = `${department_id} ${String(at).padStart(16, '0')} ${agent_id}`
      const time = (days.get(key)?.time ?? 0) + before - from
      days.set(key, { department_id, at, agent_id, time })
      from = before
    }
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

const addToDay = prepared((tx: Tx, department_id: string, at: number, agent_id: string, time: number) =>
  tx
    .insertInto('online_days')
    .values({ department_id, at, agent_id, time })
    .onConflict((conflict) =>
      conflict
        .columns(['department_id', 'at', 'agent_id'])
        .doUpdateSet({ time: sql`online_days.time + excluded.time` }),
    ),
)

/** Counts everything again, in one statement, which sees one state. A stretch over midnight is cut day by day. */
export async function checkOnlineDays(db: Reader): Promise<Difference[]> {
  const { rows } = await sql<OnlineDayRow>`
    with recursive pieces (department_id, agent_id, at, from_at, to_at) as (
      select department_id, agent_id, from_at - ((from_at % ${sql.lit(DAY)}) + ${sql.lit(DAY)}) % ${sql.lit(DAY)}, from_at, to_at
      from online_stretches
      where service || '' = '' and to_at is not null and from_at < to_at
        and seq <= (select seq from rollup_positions where name = 'stretches')
      union all
      select department_id, agent_id, at + ${sql.lit(DAY)}, at + ${sql.lit(DAY)}, to_at
      from pieces where at + ${sql.lit(DAY)} < to_at
    )
    select department_id, at, agent_id, cast(sum(time) as bigint) as time
    from (
      select department_id, at, agent_id,
        from_at - (case when to_at < at + ${sql.lit(DAY)} then to_at else at + ${sql.lit(DAY)} end) as time
      from pieces
      union all
      select department_id, at, agent_id, time from online_days
    ) as both_sides
    group by department_id, at, agent_id having sum(time) <> 0
    order by department_id, at, agent_id`.execute(db)
  return rows.map(({ department_id, at, agent_id, time }) => ({
    where: ['online', agent_id, department_id, new Date(at).toISOString().slice(0, 10)]
      .filter((word) => word)
      .join(' '),
    surplus: `${time / 1_000} seconds`,
  }))
}
