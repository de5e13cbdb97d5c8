// No report reads a table whole: what it costs follows from its range, not from the age of the desk.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf } from '../../../test/plan.ts'
import { systemActor } from '../actor.ts'
import { levelQuery, stepsQuery } from './load.ts'
import { type Dimension, factsBy, factsInSlices } from './totals.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const DAY = 86_400_000
const span = { from: 20_000 * DAY, before: 20_030 * DAY }
const bounds = Array.from({ length: 31 }, (_, n) => span.from + n * DAY)
const scope = { departmentIds: ['default'], agentId: undefined }

const wholeTables = (plan: readonly string[]): string[] =>
  plan.filter((line) => /SCAN (facts|rows|load_changes|load_days|conversation_tags)|Seq Scan/.test(line))

test.each<Dimension>(['agent', 'channel', 'department', 'tag'])(
  'the facts of each %s come from the range',
  async (dimension) => {
    const plan = await planOf(desk, factsBy(desk.app.database.reader, systemActor, dimension, span).compile())
    expect(plan.join('\n')).toContain('facts_at')
    expect(wholeTables(plan)).toEqual([])
  },
)

test('the facts of each interval come from the intervals', async () => {
  const plan = await planOf(desk, factsInSlices(desk.app.database.reader, systemActor, bounds).compile())
  expect(plan.join('\n')).toContain('facts_at')
  expect(wholeTables(plan)).toEqual([])
})

test('the level at an instant comes from the days before and the steps of its day', async () => {
  const plan = await planOf(desk, levelQuery(desk.app.database.reader, 'tickets', scope, span.from).compile())
  expect(plan.join('\n')).toContain('load_changes_at')
  expect(wholeTables(plan)).toEqual([])
})

test('the steps of hours come from the hours', async () => {
  const plan = await planOf(desk, stepsQuery(desk.app.database.reader, 'tickets', scope, bounds).compile())
  expect(plan.join('\n')).toContain('load_changes_at')
  expect(wholeTables(plan)).toEqual([])
})
