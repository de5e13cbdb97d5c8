// Whatever waits and is worked on, the conversations behind the load of an hour are those that were there, and make its figures.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { systemActor } from '../actor.ts'
import { checkReports } from '../metrics/check.ts'
import { type LoadChange, recordLoad } from '../metrics/load.ts'
import { emptyLoadRollups, rollLoad } from '../metrics/roll-load.ts'
import { ratio } from './figures.ts'
import { loadReport } from './load.ts'
import { listStays, type StayBehind } from './load-behind.ts'
import type { Side } from './load-query.ts'
import { listIntervals } from './range.ts'
import type { Scope } from './scope.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOON = Date.UTC(2025, 5, 11, 12)

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

const MANY = Array.from({ length: 9 }, (_, n) => `many${n}`)

const move = fc.record({
  /** From nothing to years, which is what lengths are told apart by. Some go before they came. */
  after: fc.oneof(
    fc.constant(0),
    fc.constant(-5 * MINUTE),
    fc.nat({ max: 2 * MINUTE }),
    fc.nat({ max: 4 }).map((halves) => halves * 30 * MINUTE),
    fc.nat({ max: 3 * HOUR }),
    fc.nat({ max: 9 * DAY }),
  ),
  departmentId: fc.constantFrom('one', 'two', 'three', ...MANY),
  agentId: fc.constantFrom(null, 'ada', 'bob'),
  inSameWrite: fc.boolean(),
})
const item = fc.record({
  service: fc.constantFrom('tickets' as const, 'tickets' as const, 'calls' as const),
  /** Before the hours that are asked for, mostly. */
  came: fc.oneof(
    fc.nat({ max: 6 * HOUR }).map((after) => NOON - 3 * HOUR + after),
    fc.nat({ max: 400 * DAY }).map((before) => NOON - before),
    fc.constantFrom(NOON, NOON - 4_000 * DAY, NOON + 30 * MINUTE),
  ),
  moves: fc.array(move, { minLength: 1, maxLength: 5 }),
  lasts: fc.boolean(),
})
type Item = typeof item extends fc.Arbitrary<infer Value> ? Value : never

interface Spell {
  service: string
  departmentId: string
  agentId: string | null
  from: number
  before: number
}

/** Lives of items in writes of their own, and what they were, told without the tables. */
async function play(items: readonly Item[]): Promise<Spell[]> {
  const { database } = desk.app
  const spells: Spell[] = []
  for (const [n, { service, came, moves, lasts }] of items.entries()) {
    const itemId = `item${n}`
    const step = (spell: Spell, at: number, delta: number): LoadChange => ({
      ...{ service, at, departmentId: spell.departmentId, agentId: spell.agentId, delta },
      ...{ conversationId: itemId, itemId },
    })
    let writes: LoadChange[][] = [[]]
    let [at, last] = [came, undefined as Spell | undefined]
    for (const { after, departmentId, agentId, inSameWrite } of moves) {
      const said = last ? at + after : at
      at = Math.max(at, said)
      const next = { service, departmentId, agentId, from: at, before: Number.POSITIVE_INFINITY }
      if (last) last.before = at
      const steps = [...(last ? [step(last, said, -1)] : []), step(next, said, 1)]
      if (inSameWrite) writes.at(-1)?.push(...steps)
      else writes = [...writes, steps]
      spells.push(next)
      last = next
    }
    if (last && !lasts) {
      last.before = at + HOUR
      writes.push([step(last, at + HOUR, -1)])
    }
    for (const changes of writes) await database.write(async (tx) => recordLoad(tx, changes))
  }
  return spells.filter(({ from, before }) => from < before)
}

/** All pages together. */
async function listed(scope: Scope, side: Side, span: { from: number; before: number }, limit: number, now: number) {
  const all: StayBehind[] = []
  let cursor: string | undefined
  do {
    const asked = { service: 'tickets' as const, side, scope, span }
    const page = await listStays(desk.app.database.reader, systemActor, asked, { limit, cursor }, now)
    expect(page.stays.length).toBeLessThanOrEqual(limit)
    if (page.next !== null) expect(page.stays.length).toBe(limit)
    all.push(...page.stays)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(all.map(({ from }) => from)).toEqual(all.map(({ from }) => from).sort((a, b) => b - a))
  return all
}

const inOrder = (spells: readonly object[]): string[] => spells.map((spell) => JSON.stringify(spell)).sort()

/** What the figures are by the list alone. */
function levelsOf(stays: readonly StayBehind[], from: number, before: number) {
  const instants = [from, ...stays.flatMap((stay) => [stay.from, stay.until ?? before])]
  const levels = instants
    .filter((at) => at >= from && at < before)
    .map((at) => stays.filter((stay) => stay.from <= at && (stay.until ?? before) > at).length)
  return {
    min: Math.min(...levels),
    max: Math.max(...levels),
    avg: ratio(
      stays.reduce((sum, { took }) => sum + took, 0),
      before - from,
    ),
  }
}

const scopes: Scope[] = [
  { departmentIds: undefined, agentId: undefined },
  { departmentIds: undefined, agentId: 'ada' },
  { departmentIds: ['one'], agentId: undefined },
  { departmentIds: ['one', ...MANY], agentId: 'bob' },
  { departmentIds: ['one', 'three'], agentId: undefined },
  { departmentIds: ['one', 'two', ...MANY], agentId: undefined },
  { departmentIds: [], agentId: undefined },
]

describe('the conversations behind the load', () => {
  test('are those that were there, for as long as they were, and make its average, its most and its fewest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 14, size: 'max' }),
        fc.constantFrom(1, 3, 1_000),
        fc.nat({ max: 5 * HOUR }),
        fc.boolean(),
        async (items, limit, passed, isRolled) => {
          await clear()
          const spells = await play(items)
          if (isRolled) await rollLoad(desk.app.database)
          const now = NOON + passed
          const range = { from: NOON - HOUR, before: NOON + 4 * HOUR, zone: 'UTC' }
          const hours = listIntervals(range, 'hour', { offset: 0, limit: 9 })
          for (const scope of scopes) {
            const { reader } = desk.app.database
            const rows = await loadReport(reader, 'tickets', scope, range, { offset: 0, limit: 9 }, now)
            for (const [place, { from, before }] of hours.entries())
              for (const side of [0, 1] as const) {
                const stays = await listed(scope, side, { from, before }, limit, now)
                const end = Math.min(before, now + 1)
                const own = spells.filter(
                  (spell) =>
                    spell.service === 'tickets' &&
                    (spell.agentId === null) === (side === 0) &&
                    (scope.departmentIds?.includes(spell.departmentId) ?? true) &&
                    (scope.agentId ?? spell.agentId) === spell.agentId &&
                    Math.max(spell.from, from) < Math.min(spell.before, end),
                )
                expect(inOrder(stays)).toEqual(
                  inOrder(
                    own.map((spell) => ({
                      conversation: null,
                      departmentId: spell.departmentId,
                      agentId: spell.agentId,
                      from: spell.from,
                      until: spell.before === Number.POSITIVE_INFINITY ? null : spell.before,
                      took: Math.min(spell.before, end) - Math.max(spell.from, from),
                    })),
                  ),
                )
                if (from >= end) continue
                const row = rows[place]
                expect({ from, scope, side, ...levelsOf(stays, from, end) }).toEqual({
                  ...{ from, scope, side },
                  ...(side === 0 ? row?.waiting : row?.inService),
                })
              }
          }
          const { differences } = await checkReports(desk.app.database.reader)
          for await (const some of differences) expect(some).toEqual([])
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 25_000 },
    )
  }, 60_000)

  test('are named when one ends without a step, or goes on after it', async () => {
    await clear()
    await play([{ service: 'tickets', came: NOON, moves: [first, { ...first, departmentId: 'two' }], lasts: true }])
    const { database } = desk.app
    await database.write((tx) =>
      tx
        .updateTable('load_stays')
        .set({ until_at: NOON + 7 * MINUTE })
        .where('department_id', '=', 'one')
        .execute(),
    )
    await rollLoad(database)
    const { differences } = await checkReports(database.reader)
    const found = []
    for await (const some of differences) found.push(...some)
    expect(found).toEqual([
      { where: 'stays tickets one 2025-06-11 12:05', surplus: '1' },
      { where: 'stays tickets one 2025-06-11 12:07', surplus: '-1' },
    ])
  })
})

const first: Item['moves'][number] = { after: 5 * MINUTE, departmentId: 'one', agentId: null, inSameWrite: false }

test('what goes has not gone before it came', async () => {
  await clear()
  const back = { ...first, after: -HOUR }
  await play([{ service: 'calls', came: NOON, moves: [first, { ...back, departmentId: 'two' }], lasts: true }])
  const steps = await desk.app.database.reader.selectFrom('load_changes').select(['at', 'delta']).execute()
  expect(steps).toEqual([1, -1, 1].map((delta) => ({ at: NOON, delta })))
})
