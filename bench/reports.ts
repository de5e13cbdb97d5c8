// What each report costs over a year, a month and an odd range to the second: beside a naive recount in SQL of the same
// facts, and beside a smaller desk.
import { sql } from 'kysely'
import type { Database } from '../server/db/open.ts'
import { openDatabase } from '../server/db/open.ts'
import { systemActor } from '../server/desk/actor.ts'
import { rollFacts } from '../server/desk/metrics/roll.ts'
import { agentReport } from '../server/desk/reports/agents.ts'
import { channelReport } from '../server/desk/reports/channels.ts'
import { departmentReport } from '../server/desk/reports/departments.ts'
import { loadReport } from '../server/desk/reports/load.ts'
import { performanceReport } from '../server/desk/reports/performance.ts'
import type { Range } from '../server/desk/reports/range.ts'
import { tagReport } from '../server/desk/reports/tags.ts'

const DAY = 86_400_000
const ROUNDS = 5
const page = { offset: 0, limit: 1_000 }
const everywhere = { departmentIds: undefined, agentId: undefined }

interface Measured {
  name: string
  report(database: Database, range: Range): Promise<unknown>
  /** What the facts are grouped by; undefined: there is no recount to compare with. */
  recountBy?: string
}

const reports: readonly Measured[] = [
  {
    name: 'agents',
    report: ({ reader }, range) => agentReport(reader, systemActor, range, page),
    recountBy: 'agent_id',
  },
  {
    name: 'channels',
    report: ({ reader }, range) => channelReport(reader, systemActor, range, page),
    recountBy: 'channel',
  },
  {
    name: 'departments',
    report: ({ reader }, range) => departmentReport(reader, systemActor, range, page),
    recountBy: 'department_id',
  },
  { name: 'tags', report: ({ reader }, range) => tagReport(reader, systemActor, range, page), recountBy: 'tag_id' },
  ...(['hour', 'day', 'week', 'month'] as const).map((unit) => ({
    name: `performance by ${unit}`,
    report: ({ reader }: Database, range: Range) => performanceReport(reader, systemActor, range, unit, page),
    recountBy: `at / ${unit === 'hour' ? 3_600_000 : DAY}`,
  })),
  { name: 'tickets/load', report: ({ reader }, range) => loadReport(reader, 'tickets', everywhere, range, page) },
]

const zone = 'Europe/Berlin'

/** Ranges that end when the data does. */
function rangesUntil(last: number): { name: string; range: Range }[] {
  const midnight = Math.floor(last / DAY) * DAY
  return [
    { name: 'year', range: { from: midnight - 365 * DAY, before: midnight, zone } },
    { name: 'month', range: { from: midnight - 30 * DAY, before: midnight, zone } },
    { name: 'odd', range: { from: midnight - 191 * DAY - 12_345_000, before: midnight - 17 * DAY - 4_321_000, zone } },
  ]
}

async function milliseconds(work: () => Promise<unknown>, rounds: number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

const recount = ({ reader }: Database, key: string, { from, before }: Range): Promise<unknown> =>
  sql`
    select ${sql.raw(key)} as key, kind, count(*), sum(seconds) from facts
    ${key === 'tag_id' ? sql`join conversation_tags on conversation_tags.conversation_id = facts.conversation_id` : sql``}
    where at >= ${from} and at < ${before} group by 1, 2`.execute(reader)

const lastFact = async ({ reader }: Database): Promise<number> =>
  (await reader.selectFrom('facts').select('at').orderBy('at', 'desc').limit(1).executeTakeFirst())?.at ?? 0

/** Prints a line for each report and range. */
export async function benchReports(smallFolder: string, largeFolder: string): Promise<void> {
  const [small, large] = await Promise.all(
    [smallFolder, largeFolder].map((dataFolder) => openDatabase({ dataFolder, mustExist: true })),
  )
  if (!small || !large) throw new Error('nothing to measure')
  try {
    for (const database of [small, large]) await rollFacts(database, { portion: 100_000 })
    const ranges = rangesUntil(await lastFact(large))
    console.log(
      `\n${'report'.padEnd(22)} range      ms (aim 50)   recount ms   times faster (aim 100)   cost (aim 1.3 ×)`,
    )
    for (const { name, report, recountBy } of reports)
      for (const { name: rangeName, range } of ranges) {
        const own = await milliseconds(() => report(large, range), ROUNDS)
        const few = await milliseconds(() => report(small, range), ROUNDS)
        const naive =
          recountBy === undefined ? undefined : await milliseconds(() => recount(large, recountBy, range), 1)
        console.log(
          `${name.padEnd(22)} ${rangeName.padEnd(6)} ${own.toFixed(1).padStart(12)} ${(naive?.toFixed(0) ?? '–').padStart(13)} ` +
            `${(naive === undefined ? '–' : (naive / own).toFixed(0)).padStart(12)} ${(own / few).toFixed(2).padStart(28)}`,
        )
      }
  } finally {
    await Promise.all([small.close(), large.close()])
  }
}
