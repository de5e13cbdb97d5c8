// Whatever steps come in whatever order, the load equals what a recount of single steps gives: in every zone, for every
// scope, however much of it has been added up.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { dumpLoadRollups } from '../../../test/rollups.ts'
import { settledNumber } from '../../db/settled.ts'
import { checkReports } from '../metrics/check.ts'
import { type LoadChange, recordLoad } from '../metrics/load.ts'
import { positionOf } from '../metrics/positions.ts'
import { emptyLoadRollups, rollLoad, rollLoadPortion } from '../metrics/roll-load.ts'
import { ratio } from './figures.ts'
import { loadReport } from './load.ts'
import { listIntervals } from './range.ts'
import type { Scope } from './scope.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const PATIENCE = { interruptAfterTimeLimit: 20_000 }

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const clear = (): Promise<void> =>
  desk.app.database.write(async (tx) => {
    await tx.deleteFrom('load_changes').execute()
    await tx.deleteFrom('load_stays').execute()
    await emptyLoadRollups(tx)
  })

/** Before and after the clocks change, the end of a month, and before 1970. */
const START = fc.constantFrom(Date.UTC(2025, 2, 30), Date.UTC(2025, 9, 25, 22), Date.UTC(2024, 1, 29, 18), -HOUR)

const step = fc.record({
  service: fc.constantFrom('tickets' as const, 'tickets' as const, 'chats' as const),
  /** Late ones fall far back; many meet at one instant, or at the beginning of a half-hour. */
  after: fc.oneof(
    fc.nat({ max: 8 * HOUR }),
    fc.nat({ max: 16 }).map((halves) => halves * 30 * MINUTE),
    fc.nat({ max: 6 }).map((minutes) => 61 * MINUTE + minutes * MINUTE),
    fc.constant(-40 * 24 * HOUR),
  ),
  departmentId: fc.constantFrom('one', 'two', 'three'),
  agentId: fc.constantFrom(null, null, 'ada', 'bob'),
  delta: fc.constantFrom(1, -1),
  /** A transfer: the same instant gives to another what it takes here. */
  takenFrom: fc.option(fc.constantFrom(null, 'ada', 'bob'), { nil: undefined }),
})
const write = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  roll: fc.oneof(fc.constant(0), fc.nat({ max: 20 })),
  dies: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

let items = 0

function changesOf(start: number, { after, takenFrom, ...change }: Step): LoadChange[] {
  const at = start + after
  const itemId = `item${items++}`
  const own = { ...change, at, conversationId: itemId, itemId }
  return takenFrom === undefined ? [own] : [own, { ...own, agentId: takenFrom, delta: -change.delta }]
}

async function play(start: number, writes: readonly { steps: Step[]; roll: number; dies: boolean }[]) {
  const { database } = desk.app
  const all: LoadChange[] = []
  for (const { steps, roll, dies } of writes) {
    const changes = steps.flatMap((each) => changesOf(start, each))
    all.push(...changes)
    await database.write(async (tx) => recordLoad(tx, changes))
    const settled = (await settledNumber(database.reader, 'load_changes')) ?? 0
    const rolling = database.write(async (tx) => {
      if (roll > 0) await rollLoadPortion(tx, settled, roll)
      if (dies) throw new Error('the roller died')
    })
    if (dies) await expect(rolling).rejects.toThrow('the roller died')
    else await rolling
  }
  return all
}

/** The level of each hour, from one instant with a step to the next. */
function recount(all: readonly LoadChange[], { departmentIds, agentId }: Scope, from: number, before: number) {
  const own = all.filter(
    (change) =>
      change.service === 'tickets' &&
      (departmentIds === undefined || departmentIds.includes(change.departmentId)) &&
      (agentId === undefined || change.agentId === agentId),
  )
  const levelAt = (instant: number, isWaiting: boolean): number =>
    own
      .filter((change) => change.at <= instant && (change.agentId === null) === isWaiting)
      .reduce((sum, { delta }) => sum + delta, 0)
  const cuts = [...new Set([from, ...own.map(({ at }) => at).filter((at) => at > from && at < before)])].sort(
    (a, b) => a - b,
  )
  return [true, false].map((isWaiting) => {
    const parts = cuts.map((cut, index) => ({
      length: (cuts[index + 1] ?? before) - cut,
      level: levelAt(cut, isWaiting),
    }))
    const levels = parts.map(({ level }) => level)
    const area = parts.reduce((sum, { level, length }) => sum + level * length, 0)
    return { min: Math.min(...levels), max: Math.max(...levels), avg: ratio(area, before - from) }
  })
}

const scopes: Scope[] = [
  { departmentIds: undefined, agentId: undefined },
  { departmentIds: undefined, agentId: 'ada' },
  { departmentIds: ['one'], agentId: undefined },
  { departmentIds: ['one'], agentId: 'bob' },
  { departmentIds: ['one', 'three'], agentId: undefined },
  { departmentIds: ['two', 'three'], agentId: 'ada' },
  { departmentIds: [], agentId: undefined },
]

const dump = () => dumpLoadRollups(desk)

describe('any steps', () => {
  test('make the load of every hour that a recount of them makes', async () => {
    await fc.assert(
      fc.asyncProperty(
        START,
        fc.array(write, { minLength: 1, maxLength: 8, size: 'max' }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu'),
        fc.nat({ max: 9 * HOUR }),
        async (start, writes, zone, passed) => {
          await clear()
          const all = await play(start, writes)
          const range = { from: start - 2 * HOUR + 1_000, before: start + 10 * HOUR, zone }
          const now = start + passed
          const hours = listIntervals(range, 'hour', { offset: 0, limit: 100 }).filter(({ from }) => from <= now)
          for (const scope of scopes) {
            const rows = await loadReport(
              desk.app.database.reader,
              'tickets',
              scope,
              range,
              { offset: 0, limit: 100 },
              now,
            )
            for (const [index, { from, before }] of hours.entries()) {
              if (from === before) continue
              const [waiting, inService] = recount(all, scope, from, Math.min(before, now + 1))
              expect({ from, scope, ...rows[index] }).toMatchObject({ from, scope, waiting, inService })
            }
          }
        },
      ),
      { numRuns: 40, ...PATIENCE },
    )
  })

  test('leave the same rows as rolling all of them at the end, which a check finds right', async () => {
    await fc.assert(
      fc.asyncProperty(START, fc.array(write, { minLength: 1, maxLength: 8 }), async (start, writes) => {
        await clear()
        await play(start, writes)
        const { database } = desk.app
        await rollLoad(database)
        const rolled = await dump()
        await database.write(emptyLoadRollups)
        expect(await dump()).toEqual([[], []])
        await rollLoad(database, { portion: 3 })
        expect(await dump()).toEqual(rolled)
        const { differences } = await checkReports(database.reader)
        // What goes here has mostly never come: it was no stay of anything.
        for await (const some of differences) expect(some.filter(({ where }) => !where.startsWith('stays'))).toEqual([])
      }),
      { numRuns: 20, ...PATIENCE },
    )
  })
})

if (engine === 'postgres')
  test('two rollers at once and writers beside them count each step once', async () => {
    await clear()
    const { database } = desk.app
    const start = Date.UTC(2025, 5, 11)
    const all: LoadChange[] = Array.from({ length: 400 }, (_, n) => ({
      service: 'tickets',
      at: start + ((n * 7_919) % 300) * MINUTE,
      departmentId: n % 2 === 0 ? 'one' : 'two',
      agentId: n % 3 === 0 ? 'ada' : null,
      delta: 1,
      conversationId: `conv${n}`,
      itemId: `conv${n}`,
    }))
    const writing = Promise.all(all.map((change) => database.write(async (tx) => recordLoad(tx, [change]))))
    await Promise.all([...Array.from({ length: 6 }, () => rollLoad(database, { portion: 30 })), writing])
    await Promise.all([rollLoad(database), rollLoad(database)])
    expect(await positionOf(database.reader, 'load')).toBe(await settledNumber(database.reader, 'load_changes'))
    const { differences } = await checkReports(database.reader)
    for await (const some of differences) expect(some).toEqual([])
    const range = { from: start, before: start + 5 * HOUR, zone: 'UTC' }
    const scope = { departmentIds: undefined, agentId: undefined }
    const rows = await loadReport(database.reader, 'tickets', scope, range, { offset: 0, limit: 9 }, start + 6 * HOUR)
    for (const { hour, ...row } of rows) {
      const [waiting, inService] = recount(all, scope, hour.from, hour.before)
      expect(row).toMatchObject({ waiting, inService })
    }
  })
