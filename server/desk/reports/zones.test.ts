// The account's time zone may change between two requests, to any: reports by hour, day, week and month still add up to the
// whole, and each fact is in the day that its clocks showed.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { otherFigures } from '../../../contract/v3/figures.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { localText } from '../../lib/zone.ts'
import { systemActor } from '../actor.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { rollFacts } from '../metrics/roll.ts'
import { departmentReport } from './departments.ts'
import { figures, type Total, type Totals } from './figures.ts'
import { rangeOf } from './given-range.ts'
import { performanceReport } from './performance.ts'
import { type Unit, units } from './range.ts'

const DAY = 86_400_000
const zones = {
  // Half an hour forward and back, three quarters of an hour, and a day that never was.
  'Australia/Lord_Howe': [Date.UTC(2025, 3, 5), Date.UTC(2025, 9, 4)],
  'Asia/Kolkata': [Date.UTC(2025, 7, 14)],
  'Asia/Kathmandu': [Date.UTC(2025, 5, 11)],
  'Pacific/Chatham': [Date.UTC(2025, 3, 5), Date.UTC(2025, 8, 27)],
  'Pacific/Apia': [Date.UTC(2011, 11, 29)],
  'America/St_Johns': [Date.UTC(2025, 2, 9), Date.UTC(2025, 10, 2)],
  GMT: [Date.UTC(2025, 11, 31)],
} as const
const names = Object.keys(zones) as (keyof typeof zones)[]

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const kinds = ['created', 'answer_new', 'message_in', 'rated_good', 'call_ended'] as const
const history = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.oneof(
      fc.integer({ min: -3 * DAY, max: 4 * DAY }),
      // Where intervals of odd zones begin.
      fc.integer({ min: -8 * 96, max: 8 * 96 }).map((quarter) => quarter * 900_000),
    ),
    took: fc.nat({ max: 100_000 }),
  }),
  { minLength: 1, maxLength: 60 },
)

const store = (drawn: readonly { kind: (typeof kinds)[number]; at: number; took: number }[], around: number) =>
  desk.app.database.write(async (tx) => {
    await tx.deleteFrom('facts').execute()
    await tx.deleteFrom('rollups').execute()
    await tx.updateTable('rollup_positions').set({ seq: 0 }).execute()
    const conversation = { id: 'conv0000', department_id: 'default', channel: 'E' }
    await recordFacts(
      tx,
      drawn.map(({ kind, at, took }): FactDraft => ({ kind, at: around + at, conversation, took })),
    )
  })

const wallOf = (local: string) => ({ wall: Date.parse(`${local.replace(' ', 'T')}Z`), isDate: local.length === 10 })

/** Figures that add up: all but averages and shares. */
const summed = otherFigures.filter((figure) => !/Avg|_avg_|_ph?$/.test(figure))

const added = (all: readonly Totals[]): Map<string, Total> => {
  const sums = new Map<string, Required<Total>>()
  for (const totals of all)
    for (const [kind, { count, seconds, slaSeconds = seconds }] of totals) {
      const before = sums.get(kind) ?? { count: 0, seconds: 0, slaSeconds: 0 }
      sums.set(kind, {
        count: before.count + count,
        seconds: before.seconds + seconds,
        slaSeconds: before.slaSeconds + slaSeconds,
      })
    }
  return sums
}

async function everyInterval(zone: string, from: string, to: string, unit: Unit) {
  const range = rangeOf({ date_from: wallOf(from), date_to: wallOf(to) }, zone)
  const rows = await performanceReport(desk.app.database.reader, systemActor, range, unit, { offset: 0, limit: 1_000 })
  const [department] = await departmentReport(desk.app.database.reader, systemActor, range, { offset: 0, limit: 1 })
  if (!department) throw new Error('no department')
  return { rows, whole: department.totals }
}

/** Of what a text tells the interval by. */
const lengths = [
  ['hour', 13],
  ['day', 10],
] as const

describe('in whatever zone', () => {
  test('hours, days, weeks and months add up to the whole', async () => {
    const ends = fc.tuple(fc.integer({ min: -96, max: 96 }), fc.integer({ min: 0, max: 500 }))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat({ max: 1 }),
        fc.constantFrom(...names),
        history,
        ends,
        fc.boolean(),
        async (place, change, other, drawn, [first, quarters], isRolled) => {
          const around = zones[place][change % zones[place].length] ?? 0
          await store(drawn, around)
          if (isRolled) await rollFacts(desk.app.database)
          const from = around + first * 900_000
          // The zone of the account is changed after everything has been stored and added up, and changed back.
          for (const zone of [place, other, place])
            for (const unit of units) {
              const texts = [localText(from, zone), localText(from + quarters * 900_000, zone)] as const
              const { rows, whole } = await everyInterval(zone, ...texts, unit)
              const sum = added(rows.map(({ totals }) => totals))
              for (const figure of summed)
                if (figure !== 'not_ranked')
                  expect([zone, unit, figure, figures[figure].of(sum)]).toEqual([
                    zone,
                    unit,
                    figure,
                    figures[figure].of(whole),
                  ])
            }
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 15_000 },
    )
  })

  test('each fact is in the hour and the day that the clocks showed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat({ max: 1 }),
        history,
        fc.boolean(),
        async (zone, change, drawn, isRolled) => {
          const around = zones[zone][change % zones[zone].length] ?? 0
          await store(drawn, around)
          if (isRolled) await rollFacts(desk.app.database)
          for (const [unit, length] of lengths) {
            // The hours of a day that never was are another matter.
            if (unit === 'hour' && zone === 'Pacific/Apia') continue
            const shown = (at: number): string => localText(at, zone).slice(0, length)
            const dayOf = (at: number): string => localText(at, zone).slice(0, 10)
            const { rows } = await everyInterval(zone, dayOf(around - 10 * DAY), dayOf(around + 10 * DAY), unit)
            for (const { interval, totals } of rows) {
              const name = localText(interval.wallFrom, 'UTC').slice(0, length)
              const expected = drawn.filter(({ kind, at }) => kind === 'created' && shown(around + at) === name)
              expect([name, figures.created_tickets.of(totals)]).toEqual([name, expected.length])
            }
          }
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 15_000 },
    )
  })

  test('a day that the clocks skip is there, and empty', async () => {
    await store([{ kind: 'created', at: 0, took: 0 }], Date.UTC(2011, 11, 30, 10))
    const { rows } = await everyInterval('Pacific/Apia', '2011-12-29', '2011-12-31', 'day')
    const days = rows.map(({ interval, totals }) => [
      localText(interval.wallFrom, 'UTC').slice(0, 10),
      interval.before - interval.from,
      figures.created_tickets.of(totals),
    ])
    expect(days).toEqual([
      ['2011-12-29', DAY, 0],
      ['2011-12-30', 0, 0],
      ['2011-12-31', DAY, 1],
    ])
  })
})

test('figures follow a change of the account’s zone at once, on both APIs', async () => {
  await store([{ kind: 'created', at: 0, took: 0 }], Date.UTC(2025, 5, 11, 23))
  await rollFacts(desk.app.database)
  const created = async (): Promise<number[]> => {
    const range = 'date_from=2025-06-11&date_to=2025-06-11&columns=created_tickets'
    const v3 = await desk.v3('GET', `reports/performance?${range}`)
    const v1 = await desk.v1('GET', 'reports/performance', Object.fromEntries(new URLSearchParams(range)))
    return [v3.body.performance[0].created_tickets, Number(v1.body.performance[0].created_tickets)]
  }
  for (const [timezone, expected] of [
    ['GMT', 1],
    ['Asia/Kathmandu', 0],
    ['America/New_York', 1],
    ['Pacific/Chatham', 0],
    ['GMT', 1],
  ] as const) {
    expect((await desk.v3('PATCH', 'settings', { timezone })).status).toBe(200)
    expect([timezone, await created()]).toEqual([timezone, [expected, expected]])
  }
})
