// No report reads a table whole: what it costs follows from its range, not from the age of the desk.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf } from '../../../test/plan.ts'
import { type Actor, systemActor } from '../actor.ts'
import { levelQuery, stepsQuery } from './load.ts'
import { type Dimension, tallies } from './totals.ts'

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
  plan.filter((line) => /SCAN (facts|rollups|load_changes|load_days|conversation_tags)|Seq Scan on/.test(line))

/** Half an hour, an hour, a day, a month and ragged ends. */
const odd = { from: span.from - 40 * DAY - 1_800_000, before: span.before + 3_700_000 }
const plainAgent: Actor = { kind: 'agent', agentId: 'agent000', role: 'A', departmentIds: ['default'] }

test.each<[Dimension, Actor]>([
  ['agent', systemActor],
  ['channel', systemActor],
  ['department', systemActor],
  ['tag', systemActor],
  ['agent', plainAgent],
  ['department', plainAgent],
])('the rows of each %s come from rollups, ragged ends and the tail', async (dimension, actor) => {
  const { reader } = desk.app.database
  const plan = (await planOf(desk, tallies(reader, actor, dimension, [odd]).compile(reader))).join('\n')
  expect(plan).toMatch(
    /rollups USING PRIMARY KEY \(dimension=\? AND department_id=\? AND unit=\? AND at>\? AND at<\?\)|rollups_pkey/,
  )
  expect(plan).toContain('facts_at')
  expect(plan).toMatch(/facts USING INTEGER PRIMARY KEY \(rowid>\?\)|facts_pkey/)
  expect(wholeTables(plan.split('\n'))).toEqual([])
})

test('the rows of each interval come from rollups, ragged ends and the tail', async () => {
  const { reader } = desk.app.database
  const slices = bounds.slice(1).map((before, n) => ({ from: bounds[n] ?? 0, before: before + n }))
  const plan = (await planOf(desk, tallies(reader, systemActor, 'every', slices).compile(reader))).join('\n')
  expect(plan).toMatch(/rollups USING PRIMARY KEY|rollups_pkey/)
  expect(plan).toContain('facts_at')
  expect(plan).toMatch(/facts USING INTEGER PRIMARY KEY \(rowid>\?\)|facts_pkey/)
  expect(wholeTables(plan.split('\n'))).toEqual([])
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
