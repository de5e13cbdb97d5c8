// Everything at once: a desk lives through random weeks of tickets, chats, calls, ratings, presence, promises and changes to all of
// them, and every figure of every report equals a recount of the notes that were taken beside it.
//
// To look for longer than a run of all tests has time for: `DESKHAND_LIFE_MINUTES=10 npx vitest run server/desk/reports/life.test.ts`.
// A failure prints its seed and path; `DESKHAND_TEST_SEED=…` begins with that seed (test/seed.ts).
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { newLife } from '../../../test/life/cast.ts'
import { expectNotes, expectReports } from '../../../test/life/compare.ts'
import { live } from '../../../test/life/live.ts'
import { starts, steps, zones } from '../../../test/life/steps.ts'

const minutes = Number(process.env.DESKHAND_LIFE_MINUTES ?? 0)
const RUNS = engine === 'postgres' ? 6 : 12

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

const question = fc.record({
  first: fc.oneof(fc.constant(0), fc.nat({ max: 400 })),
  length: fc.oneof(fc.constant(400), fc.nat({ max: 100 })),
  shift: fc.integer({ min: -1, max: 1 }),
  form: fc.constantFrom(
    ...(['seconds', 'seconds', 'seconds', 'hours', 'days', 'days', 'future'] as const),
    ...(['reversed', 'empty'] as const),
  ),
  number: fc.nat({ max: 999 }),
})

test(
  'every figure of every report is what happened',
  async () => {
    let lives = 0
    let lived = 0
    const started = performance.now()
    await fc.assert(
      fc.asyncProperty(
        starts,
        fc.constantFrom(...zones),
        steps,
        fc.array(question, { minLength: 2, maxLength: 2 }),
        fc.nat({ max: 3_600_000 }),
        async (start, zone, all, questions, later) => {
          const life = await newLife(desk, start, zone)
          for (const step of all) await live(life, step)
          life.now += later
          vi.setSystemTime(life.now)
          await expectNotes(life)
          for (const one of questions) await expectReports(life, one)
          lives++
          lived += all.length
        },
      ),
      {
        ...(minutes > 0 ? { numRuns: 1_000_000, interruptAfterTimeLimit: minutes * 60_000 } : { numRuns: RUNS }),
        ...(minutes === 0 && { interruptAfterTimeLimit: 25_000 }),
        markInterruptAsFailure: false,
      },
    )
    expect(lives).toBeGreaterThan(0)
    if (minutes > 0)
      process.stderr.write(
        `${lives} lives of ${lived} steps in ${Math.round((performance.now() - started) / 1_000)} s\n`,
      )
  },
  Math.max(60_000, (minutes + 3) * 60_000),
)
