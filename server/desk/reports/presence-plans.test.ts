// Whoever is online when, is found in indexes: what it costs follows from the span and the agents, not from the age of the desk.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf } from '../../../test/plan.ts'
import { insertRows } from '../../db/prepared.ts'
import { stretchesIn } from '../presence/online.ts'
import { atEnds, begunIn, recordedSince } from './agents-availability.ts'
import { timesQuery } from './worktime.ts'

const DAY = 86_400_000
const span = { from: 20_000 * DAY, before: 20_365 * DAY }
const asked = { service: 'T', departmentIds: ['default', 'other000'] }

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  // Enough to choose an index by.
  const rows = Array.from({ length: 4_000 }, (_, n) => ({
    agent_id: `agent${n % 5}`,
    department_id: ['', 'default'][n % 2] ?? '',
    service: ['', 'T', 'M'][n % 3] ?? '',
    from_at: n * DAY,
    to_at: n * DAY + 1,
    seen_at: 0,
  }))
  await desk.app.database.write(async (tx) => {
    await insertRows(tx, 'online_stretches', rows)
    await sql`analyze`.execute(tx)
  })
})
afterAll(() => desk.close())

const wholeTables = (plan: readonly string[]): string[] =>
  plan.filter((line) =>
    /SCAN (s|o|p|online_stretches)( |$)(?!USING (COVERING )?INDEX online_stretches_open)|Seq Scan on online/.test(line),
  )

describe('from indexes come', () => {
  test('stretches of a span', async () => {
    const plan = await planOf(desk, stretchesIn(desk.app.database.reader, asked, span))
    expect(plan.join('\n')).toContain('online_stretches_of')
    expect(plan.join('\n')).toContain('online_stretches_open')
    expect(wholeTables(plan)).toEqual([])
  })

  test('those of one agent', async () => {
    const plan = await planOf(desk, stretchesIn(desk.app.database.reader, { ...asked, agentId: 'agent000' }, span))
    expect(plan.join('\n')).toContain('online_stretches_of')
    expect(wholeTables(plan)).toEqual([])
  })

  test('the worktime of a year', async () => {
    const plan = await planOf(desk, timesQuery(desk.app.database.reader, '', span))
    expect(plan.join('\n')).toContain('online_stretches_of')
    expect(plan.join('\n')).not.toMatch(
      /SEARCH o USING INDEX online_stretches_of \(agent_id=\? AND service=\? AND department_id=\?\)/,
    )
    expect(wholeTables(plan)).toEqual([])
  })

  test('what has ended since time was added up', async () => {
    const plan = (await planOf(desk, timesQuery(desk.app.database.reader, '', span))).join('\n')
    expect(plan).toMatch(/PRIMARY KEY \(department_id=\? AND at>\? AND at<\?\)|online_days_pkey/)
    expect(plan).toMatch(/SEARCH s USING INTEGER PRIMARY KEY \(rowid>\?\)|online_stretches_pkey/)
  })

  test('what a clock that was set back has left', async () => {
    const plan = await planOf(desk, recordedSince(desk.app.database.reader, ['agent0', 'agent1'], span.from).compile())
    expect(plan.join('\n')).toContain('online_stretches_end')
  })

  test('a page of a list of stretches, in its order', async () => {
    const db = desk.app.database.reader
    const ends = await planOf(desk, atEnds(db, asked, span))
    expect(wholeTables(ends)).toEqual([])
    for (const isAll of [true, false]) {
      const begun = await planOf(desk, begunIn(db, { ...asked, isAll }, span, { offset: 0, limit: 100 }))
      expect(begun.join('\n')).toContain('online_stretches_begin')
      expect(begun.filter((line) => /TEMP B-TREE|Sort/.test(line))).toEqual([])
      expect(begun.join('\n')).toMatch(/SEARCH s USING INTEGER PRIMARY KEY|online_stretches_pkey/)
      expect(wholeTables(begun)).toEqual([])
    }
  })

  test('a page of a list of the stretches of one agent', async () => {
    const listed = { ...asked, agentId: 'agent1', isAll: false }
    const plan = await planOf(desk, begunIn(desk.app.database.reader, listed, span, { offset: 0, limit: 100 }))
    expect(plan.join('\n')).toContain('online_stretches_of')
    expect(wholeTables(plan)).toEqual([])
  })
})
