// How many clocks of promised answers were met and missed on each day.
import { type RawBuilder, sql } from 'kysely'
import { afterPosition, lookedUp, piecesAsRows, textsAsRows } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import { HOUR } from '../metrics/time.ts'
import { clockSums, sumsOfSums } from '../sla/rollups.ts'
import { boundsOf, clip, type Interval, listIntervals, type Page, type Range } from './range.ts'
import { clocksOf, rolledBy, rolledUpTo, rollupsOf, type SlaScope } from './sla-scope.ts'
import { sliceOf } from './totals.ts'

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

interface Tally {
  position: number
  /** Of clocks that are in no rollup yet: when they were answered. */
  at: number | null
  /** Of those met and, behind a comma, those late: count, sum, maximum and minimum with spaces between, or nothing. */
  sums: string
}

const textOf = (outcome: 'met' | 'late'): RawBuilder<string> => {
  const sums = ['count', 'sum', 'max', 'min'].map((sum) => sql.ref(`${outcome}_${sum}`))
  return sql`coalesce(${sql.join(sums, sql` || ' ' || `)}, '')`
}
const asText = sql`${textOf('met')} || ',' || ${textOf('late')}`

/** The sums of each piece, as one value: several would be groups, which have to be sorted first. */
const ofEach = (pieces: 'whole' | 'ragged', sums: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select position, cast(null as bigint) as at, (select ${asText} from (${sums}) as summed) as sums from ${sql.table(pieces)}`

/** The query behind `complianceByDay`: rollups, the ragged ends, and what was answered since, in one statement. */
export function complianceQuery(db: Reader, scope: SlaScope, bounds: readonly number[]): RawBuilder<Tally> {
  const asked = clocksOf(scope)
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
  const ofRagged = sql`select ${clockSums} from sla_clocks where ${asked} and closed_at >= ragged.low and closed_at < ragged.high
    ${rolled ? sql`and seq + 0 <= (select seq from rolled)` : sql``}`
  const ofEdges = ofEach('ragged', ofRagged)
  if (!rolled) return sql<Tally>`with ragged as materialized (${pieces('clock')}) ${ofEdges}`
  const ofRollups = lookedUp(
    db,
    'sla_rollups',
    sql`${rollupsOf(scope.service, rolled)} and sla_rollups.at >= whole.low and sla_rollups.at < whole.high`,
  )
  return sql<Tally>`
    with ${rolledUpTo}, places as materialized (${textsAsRows(db, rolled.departmentIds)}),
    whole as materialized (${pieces('hour')}), ragged as materialized (${pieces('clock')})
    ${ofEach('whole', sql`select ${sumsOfSums} from places ${ofRollups}`)}
    union all ${ofEdges}
    union all
    select 0, closed_at, ${asText} from (
      select closed_at, ${clockSums} from sla_clocks
      where ${afterPosition(sql.ref('seq'), sql`sla_clocks`)} and ${clocksOf(scope, true)}
        and closed_at + 0 >= ${bounds[0] ?? 0} and closed_at + 0 < ${bounds.at(-1) ?? 0}
      group by closed_at
    ) as answered_since`
}

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
    const sums = (byDay.get(index) ?? []).map((tally) => tally.sums.split(','))
    return { ...day, met: outcomesOf(sums.map(([met]) => met)), late: outcomesOf(sums.map(([, late]) => late)) }
  })
}

function outcomesOf(sums: readonly (string | undefined)[]): Outcomes {
  const all: Outcomes = { count: 0, avg: 0, max: 0, min: Number.POSITIVE_INFINITY }
  let seconds = 0
  for (const text of sums) {
    if (!text) continue
    const [count = 0, sum = 0, max = 0, min = 0] = text.split(' ').map(Number)
    all.count += count
    seconds += sum
    all.max = Math.max(all.max, max)
    all.min = Math.min(all.min, min)
  }
  return all.count === 0 ? { ...all, min: 0 } : { ...all, avg: Math.round(seconds / all.count) }
}
