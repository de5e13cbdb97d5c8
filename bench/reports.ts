// What each report costs over a year, a month and an odd range to the second: beside a naive recount in SQL of the same
// figures, and beside a smaller desk. Then what others notice of it, and what a write pays for it.
import type { Database } from '../server/db/open.ts'
import { openDatabase } from '../server/db/open.ts'
import { rollFacts } from '../server/desk/metrics/roll.ts'
import { rollLoad } from '../server/desk/metrics/roll-load.ts'
import { rollStretches } from '../server/desk/presence/online-days.ts'
import type { Range } from '../server/desk/reports/range.ts'
import { rollClocks } from '../server/desk/sla/roll.ts'
import { type BenchedReport, reports, shown } from './report-list.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const ROUNDS = 9
/** Aims: milliseconds, times the cost with a tenth of the conversations, times faster than the recount. */
const AIMS = { ms: 50, growth: 1.3, faster: 100 }
/** What takes less is not worth comparing with a smaller desk: the clock's noise would be compared. */
const NOTHING_MS = 0.2
const PORTION = 100_000
const zone = 'Europe/Berlin'

/** Ranges that end when the data does. */
export function rangesUntil(last: number): { name: string; range: Range }[] {
  const midnight = Math.floor(last / DAY) * DAY - 2 * HOUR
  return [
    { name: 'year', range: { from: midnight - 365 * DAY, before: midnight, zone } },
    { name: 'month', range: { from: midnight - 30 * DAY, before: midnight, zone } },
    { name: 'odd', range: { from: midnight - 191 * DAY - 12_345_000, before: midnight - 17 * DAY - 4_321_000, zone } },
  ]
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0

/** Medians of both desks, in turn: what disturbs the machine disturbs both alike. The first round warms up. */
async function costs({ report }: BenchedReport, large: Database, small: Database, range: Range) {
  const times: { large: number; small: number }[] = []
  for (let round = 0; round <= ROUNDS; round++)
    times.push({
      large: await milliseconds(() => report(large.reader, range)),
      small: await milliseconds(() => report(small.reader, range)),
    })
  const counted = times.slice(1)
  return { own: median(counted.map((time) => time.large)), few: median(counted.map((time) => time.small)) }
}

export const lastFact = async ({ reader }: Database): Promise<number> =>
  (await reader.selectFrom('facts').select('at').orderBy('at', 'desc').limit(1).executeTakeFirst())?.at ?? 0

export async function rollAll(database: Database): Promise<void> {
  await rollFacts(database, { portion: PORTION })
  await rollLoad(database, { portion: PORTION })
  await rollClocks(database, { portion: PORTION })
  await rollStretches(database, { portion: PORTION })
}

const mark = (isMissed: boolean): string => (isMissed ? '!' : ' ')

/** Prints a line for each report and range. `!` marks a missed aim. */
export async function benchReports(small: Database, large: Database): Promise<void> {
  for (const database of [small, large]) await rollAll(database)
  const ranges = rangesUntil(await lastFact(large))
  console.log(`\n${large.engine}: medians of ${ROUNDS} rounds; ! misses an aim\n`)
  console.log(
    `${'report'.padEnd(27)} range   ms (≤ ${AIMS.ms})   × smaller desk (≤ ${AIMS.growth})   recount ms   × faster (≥ ${AIMS.faster})`,
  )
  const missed = { ms: 0, growth: 0, faster: 0 }
  for (const report of reports)
    for (const { name, range } of ranges) {
      const { own, few } = await costs(report, large, small, range)
      const naive = await milliseconds(() => report.recount(large.reader, shown(report, range)))
      const [growth, faster] = [own / few, naive / own]
      const misses = {
        ms: own > AIMS.ms,
        growth: own > NOTHING_MS && growth > AIMS.growth,
        faster: faster < AIMS.faster,
      }
      for (const aim of ['ms', 'growth', 'faster'] as const) if (misses[aim]) missed[aim]++
      console.log(
        `${report.name.padEnd(27)} ${name.padEnd(6)} ${own.toFixed(1).padStart(8)} ${mark(misses.ms)} ` +
          `${growth.toFixed(2).padStart(22)} ${mark(misses.growth)} ${naive.toFixed(0).padStart(13)} ${faster.toFixed(0).padStart(14)} ${mark(misses.faster)}`,
      )
    }
  console.log(
    `\nof ${reports.length * ranges.length} lines, ${missed.ms} above ${AIMS.ms} ms, ${missed.growth} above ${AIMS.growth} ×, ${missed.faster} below ${AIMS.faster} × faster`,
  )
}

/** Opens both desks, whatever version they were made with. */
export async function benchReportsIn(smallFolder: string, largeFolder: string): Promise<void> {
  const [small, large] = await Promise.all([smallFolder, largeFolder].map((dataFolder) => openDatabase({ dataFolder })))
  if (!small || !large) throw new Error('nothing to measure')
  try {
    await benchReports(small, large)
  } finally {
    await Promise.all([small.close(), large.close()])
  }
}
