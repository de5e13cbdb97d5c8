// Whatever happens, every figure of the reports equals a recount from notes that were taken beside the desk.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentColumns, figureColumns } from '../../../contract/v1/reports.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import {
  type Cast,
  type Fact,
  forgetHistory,
  History,
  type Narrowing,
  recount,
  recountLoad,
  type Step,
  steps,
} from '../../../test/history.ts'
import { dumpRollups } from '../../../test/rollups.ts'
import { settledNumber } from '../../db/settled.ts'
import { instantOfWall, localText, parseWall } from '../../lib/zone.ts'
import { systemActor } from '../actor.ts'
import { addAgent } from '../agents/agents.ts'
import { channels } from '../conversations/letters.ts'
import { findOrAddCustomer } from '../customers/customers.ts'
import { addDepartment } from '../departments/departments.ts'
import { emptyRollups, rollFacts, rollPortion } from '../metrics/roll.ts'
import { rollLoadPortion } from '../metrics/roll-load.ts'
import { addTag } from '../tags/tags.ts'

const ZONE = 'Europe/Berlin'
const HOUR = 3_600_000
/** Enough for a failure to be made small; then it is told as it is. */
const PATIENCE = { interruptAfterTimeLimit: 20_000 }

let desk: TestDesk
let cast: Cast
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_TIMEZONE: ZONE })
  cast = await desk.app.database.write(async (tx) => {
    const agents: string[] = []
    const departments: string[] = []
    const tags: string[] = []
    for (const name of ['one', 'two', 'three']) {
      const draft = { email: `${name}@desk.test`, firstname: name, lastname: 'Agent', role: 'D' }
      agents.push((await addAgent(tx, systemActor, draft)).id)
      departments.push((await addDepartment(tx, systemActor, { name })).id)
      tags.push((await addTag(tx, { name })).id)
    }
    const customer = await findOrAddCustomer(tx, 'customer@example.com')
    return { agents, departments, tags, channels: ['E', 'M', '1'], customer }
  })
})
afterAll(() => desk.close())

const clear = (): Promise<void> => desk.app.database.write(forgetHistory)

/** What the roller does between the parts of a history: numbers that it passes, and whether it dies before its commit. */
const rollers = fc.array(fc.record({ portion: fc.nat({ max: 30 }), dies: fc.boolean() }), {
  minLength: 1,
  maxLength: 6,
})
type Rolls = typeof rollers extends fc.Arbitrary<infer Value> ? Value : never

/** Several writes, so that counters are both made and added to, with the roller in between. */
async function play(history: History, all: readonly Step[], rolls: Rolls): Promise<void> {
  const { database } = desk.app
  const length = Math.ceil(all.length / (rolls.length + 1))
  for (let part = 0; part <= rolls.length; part++) {
    await database.write(async (tx) => {
      for (const step of all.slice(part * length, (part + 1) * length)) await history.play(tx, step)
    })
    const roll = rolls[part]
    if (!roll || roll.portion === 0) continue
    const settled = (await settledNumber(database.reader, 'facts')) ?? 0
    const steps = (await settledNumber(database.reader, 'load_changes')) ?? 0
    const rolling = database.write(async (tx) => {
      await rollPortion(tx, settled, roll.portion)
      await rollLoadPortion(tx, steps, roll.portion)
      if (roll.dies) throw new Error('the roller died')
    })
    if (roll.dies) await expect(rolling).rejects.toThrow('the roller died')
    else await rolling
  }
}

async function report(path: string, params: Record<string, string>): Promise<Record<string, string>[]> {
  const { status, text, body } = await desk.v1('GET', `reports/${path}`, { limitcount: '1000', ...params })
  expect(status, text).toBe(200)
  const [rows] = Object.values<Record<string, string>[]>(body)
  return rows ?? []
}

const wall = (text: string): number => {
  const parsed = parseWall(text)
  if (!parsed) throw new Error(text)
  return parsed.wall
}

/** The Monday of a local date. */
const mondayOf = (date: string): string => {
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}

const intervalOf = {
  hour: (local: string) => local.slice(0, 13),
  day: (local: string) => local.slice(0, 10),
  week: (local: string) => mondayOf(local.slice(0, 10)),
  month: (local: string) => local.slice(0, 7),
} as const

const start = fc.constantFrom(
  // Before the clocks go forward, before they go back, before a month ends on a Sunday, and on an ordinary day.
  Date.UTC(2025, 2, 29, 20),
  Date.UTC(2025, 9, 25, 20),
  Date.UTC(2025, 7, 31, 8),
  Date.UTC(2025, 5, 11, 6, 17, 3, 250),
)

const anyRange = fc.tuple(
  fc.oneof(fc.constant(0), fc.nat({ max: 60 })),
  fc.oneof(fc.constant(60), fc.nat({ max: 60 })),
  fc.integer({ min: -1, max: 1 }),
)

/** From about one thing that happened to about another: to the second, before, at and after it. */
function rangeOver(history: History, [first, length, shift]: [number, number, number]) {
  const times = [...history.facts.map(({ at }) => at), history.at].sort((a, b) => a - b)
  const from = times[first % times.length] ?? history.at
  const to = times[Math.min((first % times.length) + length, times.length - 1)] ?? history.at
  const texts = {
    date_from: localText(from + shift * 1_000, ZONE),
    date_to: localText(to + shift * 1_000, ZONE),
  }
  return {
    texts,
    from: instantOfWall(wall(texts.date_from), ZONE),
    before: instantOfWall(wall(texts.date_to) + 1_000, ZONE),
  }
}

describe('any history', () => {
  test('is reported as it was for every agent, channel, department, tag and interval', async () => {
    await fc.assert(
      fc.asyncProperty(start, steps, anyRange, rollers, async (at, all, choice, rolls) => {
        await clear()
        const history = new History(cast, at)
        await play(history, all, rolls)
        const { texts, from, before } = rangeOver(history, choice)
        const facts = history.facts.filter((fact) => fact.at >= from && fact.at < before)
        const expectRows = async (
          path: string,
          ids: readonly string[],
          columns: readonly string[],
          belongs: (fact: Fact, id: string) => boolean,
        ) => {
          const rows = await report(path, { ...texts, columns: ['id', ...columns].join(',') })
          const expected = ids.map((id) => ({
            id,
            ...recount(
              facts.filter((fact) => belongs(fact, id)),
              columns,
            ),
          }))
          expect(rows.filter(({ id = '' }) => ids.includes(id))).toEqual(
            expected.sort((a, b) => (a.id < b.id ? -1 : 1)),
          )
        }
        await expectRows('agents', cast.agents, agentColumns.slice(4), ({ agent }, id) => agent === id)
        await expectRows('departments', cast.departments, figureColumns, ({ department }, id) => department === id)
        await expectRows('channels', Object.keys(channels), figureColumns, ({ channel }, id) => channel === id)
        const tagged = new Map(history.conversations.map(({ id, tags }) => [id, tags]))
        await expectRows(
          'tags',
          cast.tags,
          figureColumns,
          (fact, id) => tagged.get(fact.conversation)?.has(id) ?? false,
        )

        for (const unit of ['hour', 'day', 'week', 'month'] as const) {
          const keyOf = intervalOf[unit]
          const rows = await report('performance', { ...texts, group_by: unit })
          const keys = rows.map(({ datetime = '' }) => keyOf(datetime))
          expect(new Set(keys).size).toBe(keys.length)
          const keyOfFact = ({ at }: Fact): string => keyOf(localText(at, ZONE))
          expect(facts.map(keyOfFact).filter((key) => !keys.includes(key))).toEqual([])
          rows.forEach((row, index) => {
            expect(row).toMatchObject(
              recount(
                facts.filter((fact) => keyOfFact(fact) === keys[index]),
                figureColumns,
              ),
            )
          })
        }
      }),
      { numRuns: 20, ...PATIENCE },
    )
  })

  test('leaves the same rollups as rolling all of it at the end does', async () => {
    await fc.assert(
      fc.asyncProperty(start, steps, rollers, async (at, all, rolls) => {
        await clear()
        await play(new History(cast, at), all, rolls)
        const { database } = desk.app
        await rollFacts(database)
        const rolled = await dumpRollups(desk)
        await database.write(emptyRollups)
        expect(await dumpRollups(desk)).toEqual([])
        await rollFacts(database, { portion: 7 })
        expect(await dumpRollups(desk)).toEqual(rolled)
      }),
      { numRuns: 20, ...PATIENCE },
    )
  })

  test('is reported as the load that it was in every hour', async () => {
    await fc.assert(
      fc.asyncProperty(start, steps, anyRange, rollers, async (at, all, choice, rolls) => {
        await clear()
        const history = new History(cast, at)
        await play(history, all, rolls)
        const { texts } = rangeOver(history, choice)
        const narrowings: Narrowing[] = [
          {},
          ...cast.departments.map((department) => ({ department })),
          ...cast.agents.map((agent) => ({ agent })),
          { department: cast.departments[0] ?? '', agent: cast.agents[0] ?? '' },
        ]
        for (const narrowing of narrowings) {
          const rows = await report('tickets/load', {
            ...texts,
            ...(narrowing.department && { departmentid: narrowing.department }),
            ...(narrowing.agent && { agentid: narrowing.agent }),
          })
          for (const { date = '', ...figures } of rows) {
            // An hour that the clocks pass twice is two hours of time, one that they skip is none.
            const around = Array.from({ length: 5 }, (_, n) => wall(date) + (n - 3) * HOUR)
            const hours = around.filter((hour) => localText(hour, ZONE) === date)
            if (hours.length === 0) expect(date).toBe('2025-03-30 02:00:00')
            else {
              const stretches = hours.map((hour) => ({ from: hour, before: hour + HOUR }))
              expect({ date, ...figures }).toEqual({ date, ...recountLoad(history, stretches, narrowing) })
            }
          }
        }
      }),
      { numRuns: 12, ...PATIENCE },
    )
  })
})
