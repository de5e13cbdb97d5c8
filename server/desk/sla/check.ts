// Counting all answered clocks again: whether what was added up is what they add up to.
import { sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import type { Difference } from '../metrics/check.ts'
import { clockRollupsOf, rollupKey, sumColumns } from './rollups.ts'

const WEEKS = 30 * 86_400_000

/** Spans of time that together are all of it, with at most some weeks of clocks in each. */
async function spansOf(db: Reader): Promise<{ from: number; before: number }[]> {
  const bounds = [Number.MIN_SAFE_INTEGER]
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const next = await nextAnswer(db, after)
    if (next === undefined) break
    after = Math.floor(next / WEEKS) * WEEKS + WEEKS
    bounds.push(after)
  }
  return bounds.map((from, n) => ({ from, before: bounds[n + 1] ?? Number.MAX_SAFE_INTEGER }))
}

async function nextAnswer(db: Reader, after: number): Promise<number | undefined> {
  const nexts: number[] = []
  for (const service of ['tickets', 'chats', 'calls']) {
    const { rows } = await sql<{ closed_at: number }>`
      select closed_at from sla_clocks where outcome in ('met', 'late') and service = ${service} and closed_at >= ${after}
      order by closed_at limit 1`.execute(db)
    nexts.push(...rows.map(({ closed_at }) => closed_at))
  }
  return nexts.length === 0 ? undefined : Math.min(...nexts)
}

type Row = Record<(typeof sumColumns)[number], number | null> & {
  dimension: string
  service: string
  id: string
  department_id: string
  at: number
  side: number
}

/** In one statement: it sees one state of rollups, clocks and position. */
async function differencesIn(db: Reader, from: number, before: number): Promise<Difference[]> {
  const columns = sql.join(sumColumns.map((column) => sql.ref(column)))
  const counted = sql`service in ('tickets', 'chats', 'calls') and closed_at >= ${from} and closed_at < ${before}
    and seq + 0 <= (select seq from rollup_positions where name = 'clocks')`
  // What both sides have alike comes twice.
  const { rows } = await sql<Row>`
    select ${rollupKey}, ${columns}, min(side) as side
    from (
      select ${rollupKey}, ${columns}, 0 as side from (${clockRollupsOf(counted)}) as counted
      union all
      select ${rollupKey}, ${columns}, 1 from sla_rollups where at >= ${from} and at < ${before}
    ) as both_sides
    group by ${rollupKey}, ${columns} having count(*) = 1
    order by ${rollupKey}, side`.execute(db)
  const byKey = Map.groupBy(rows, ({ dimension, service, id, department_id, at }) =>
    ['SLA', dimension, service, id, department_id, new Date(at).toISOString().slice(0, 16).replace('T', ' ')]
      .filter((word) => word)
      .join(' '),
  )
  return [...byKey].map(([where, sides]) => ({ where, surplus: surplusOf(sides) }))
}

function surplusOf(sides: readonly Row[]): string {
  const [counted, stored] = [sides.find(({ side }) => side === 0), sides.find(({ side }) => side === 1)]
  return sumColumns
    .filter((column) => (stored?.[column] ?? 0) !== (counted?.[column] ?? 0))
    .map((column) => `${column.replace('_', ' ')} ${(stored?.[column] ?? 0) - (counted?.[column] ?? 0)}`)
    .join(', ')
}

/** Recounts everything, some weeks at a time. `steps` says how many answers there will be. */
export async function checkClocks(db: Reader): Promise<{ steps: number; differences: AsyncGenerator<Difference[]> }> {
  const spans = await spansOf(db)
  async function* all(): AsyncGenerator<Difference[]> {
    for (const { from, before } of spans) yield await differencesIn(db, from, before)
  }
  return { steps: spans.length, differences: all() }
}
