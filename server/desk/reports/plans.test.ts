// No report reads a table whole: what it costs follows from its range, not from the age of the desk.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf } from '../../../test/plan.ts'
import { type Actor, systemActor } from '../actor.ts'
import { coursesAt, coursesOf } from '../metrics/load-rollups.ts'
import { loadQuery } from './load-query.ts'
import { type Dimension, piecesOf, tallies } from './totals.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const DAY = 86_400_000
const span = { from: 20_000 * DAY, before: 20_030 * DAY }
const bounds = Array.from({ length: 31 }, (_, n) => span.from + n * DAY)

const wholeTables = (plan: readonly string[]): string[] =>
  plan.filter((line) =>
    /SCAN (facts|rollups|load_changes|load_courses|load_sums|conversation_tags)|Seq Scan on/.test(line),
  )

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
  const plan = (
    await planOf(desk, tallies(reader, actor, dimension, odd, piecesOf([odd], dimension)).compile(reader))
  ).join('\n')
  expect(plan).toMatch(
    /rollups USING PRIMARY KEY \(dimension=\? AND department_id=\? AND unit=\? AND at>\? AND at<\?\)|rollups_pkey/,
  )
  expect(plan).toContain('facts_at')
  expect(plan).toMatch(/facts USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)|facts_pkey/)
  expect(wholeTables(plan.split('\n'))).toEqual([])
})

test('the rows of each interval come from rollups, ragged ends and the tail', async () => {
  const { reader } = desk.app.database
  const slices = bounds.slice(1).map((before, n) => ({ from: bounds[n] ?? 0, before: before + n }))
  const query = tallies(reader, systemActor, 'every', odd, piecesOf(slices, 'every'))
  const plan = (await planOf(desk, query.compile(reader))).join('\n')
  expect(plan).toMatch(/rollups USING PRIMARY KEY|rollups_pkey/)
  expect(plan).toContain('facts_at')
  expect(plan).toMatch(/facts USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)|facts_pkey/)
  expect(wholeTables(plan.split('\n'))).toEqual([])
})

test.each([
  ['everything', { departmentIds: undefined, agentId: undefined }],
  ['an agent in some departments', { departmentIds: ['default', 'other'], agentId: 'agent000' }],
])('the load of %s comes from half-hours, days and months, cut half-hours and the tail', async (_, scope) => {
  const { reader } = desk.app.database
  const asked = { service: 'tickets', scope, origin: span.from, before: span.before, cut: [span.from] } as const
  const plan = await planOf(desk, loadQuery(reader, asked).compile(reader))
  const text = plan.join('\n')
  expect(text).toMatch(
    /load_courses USING PRIMARY KEY \(service=\? AND department_id=\? AND agent_id=\? AND at>\? AND at<\?\)|load_courses_pkey/,
  )
  expect(text).toMatch(
    /load_sums USING PRIMARY KEY \(service=\? AND department_id=\? AND agent_id=\? AND unit=\? AND at<\?\)|load_sums_pkey/,
  )
  expect(text).toMatch(
    /load_changes USING COVERING INDEX load_changes_at \(service=\? AND at>\? AND at<\?\)|load_changes_at/,
  )
  expect(text).toMatch(/load_changes USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)|load_changes_pkey/)
  expect(wholeTables(plan)).toEqual([])
})

test('half-hours that new steps lie in are counted again from their own steps', async () => {
  const { reader } = desk.app.database
  const halves = sql`select distinct service, at as half from load_changes where seq > 5 and seq <= 9`
  const plan = await planOf(desk, coursesOf(reader, halves, sql`load_changes.seq + 0 <= 9`).compile(reader))
  expect(plan.join('\n')).toMatch(
    /load_changes USING COVERING INDEX load_changes_at \(service=\? AND at>\? AND at<\?\)|load_changes_at/,
  )
  expect(wholeTables(plan)).toEqual([])
})

test('courses that go on are found by their keys', async () => {
  const { reader } = desk.app.database
  const row = { service: 'tickets', department_id: 'default', agent_id: '', at: 0 }
  const plan = await planOf(desk, coursesAt(reader, [row, { ...row, at: 1_800_000 }]).compile())
  expect(plan.join('\n')).toMatch(/load_courses USING PRIMARY KEY|load_courses_pkey/)
  expect(wholeTables(plan)).toEqual([])
})
