// A page of what waited or was worked on comes from an index in the order of time, however old the desk and what lasts on it.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf } from '../../../test/plan.ts'
import { insertRows } from '../../db/prepared.ts'
import { endQuery, SPANS, spanOf, stayFrom } from '../metrics/stays.ts'
import { type Stays, staysQuery } from './load-behind.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const FIRST = 20_000 * DAY
// PostgreSQL looks at all of so many: its plans do not depend on luck.
const STAYS = 30_000

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  // Lengths of all kinds, as many of each as there are on a desk: most are short, some last for months.
  const stays = Array.from({ length: STAYS }, (_, n) => {
    const length = MINUTE * 2 ** ((n * 7) % 25)
    const change = { service: 'tickets' as const, at: FIRST + n * MINUTE, delta: 1 }
    const place = { departmentId: `dep${n % 20}`, agentId: n % 3 === 0 ? null : `agent${n % 50}` }
    const stay = stayFrom({ ...change, ...place, conversationId: `conv${n}`, itemId: `conv${n}` })
    return { ...stay, until_at: stay.from_at + length, span: spanOf(length) }
  })
  await desk.app.database.write(async (tx) => {
    for (let n = 0; n < stays.length; n += 3_000) await insertRows(tx, 'load_stays', stays.slice(n, n + 3_000))
    await sql`analyze`.execute(tx)
  })
})
afterAll(() => desk.close())

const from = FIRST + 18 * DAY
const stays: Stays = {
  ...{ service: 'tickets', side: 0, scope: { departmentIds: undefined, agentId: undefined } },
  ...{ span: { from, before: from + HOUR }, after: { at: from + MINUTE, seq: 4_000 }, limit: 21 },
}

test.each<[string, Partial<Stays>, string, number]>([
  ['waited anywhere', {}, 'load_stays_all', 1],
  ['was worked on anywhere', { side: 1 }, 'load_stays_all', 1],
  ['waited in a department', { scope: { departmentIds: ['dep1'], agentId: undefined } }, 'load_stays_department', 1],
  [
    'was worked on in some departments',
    { side: 1, scope: { departmentIds: ['dep1', 'dep2', 'dep3'], agentId: undefined } },
    'load_stays_department',
    3,
  ],
  ['an agent had', { side: 1, scope: { departmentIds: undefined, agentId: 'agent1' } }, 'load_stays_agent', 1],
  ['an agent had in one', { side: 1, scope: { departmentIds: ['dep1'], agentId: 'agent1' } }, 'load_stays_agent', 1],
  [
    'waited in many departments',
    { scope: { departmentIds: Array.from({ length: 19 }, (_, n) => `dep${n}`), agentId: undefined } },
    'load_stays_all',
    1,
  ],
])('what %s comes from its index in its order, from where the page begins', async (_name, changes, index, places) => {
  const lines = await planOf(desk, staysQuery(desk.app.database.reader, { ...stays, ...changes }).compile())
  const found =
    engine === 'postgres'
      ? // Where it expects a handful, it reads them and sorts them.
        /Index (?:Only )?Scan Backward using (load_stays_\w+)|Bitmap Index Scan on (load_stays_\w+)/
      : /SEARCH load_stays USING (?:COVERING )?INDEX (load_stays_\w+) \(.*span=\? AND from_at>\? AND from_at<\?\)/
  const streams = lines.flatMap((line) => found.exec(line)?.slice(1).find(Boolean) ?? [])
  expect(streams, lines.join('\n')).toEqual(Array.from({ length: places * SPANS.length }, () => index))
  expect(lines.filter((line) => /Seq Scan|SCAN load_stays/.test(line))).toEqual([])
  // What is sorted are pages of streams, never a stream.
  expect(lines.filter((line, n) => found.test(line) && lines[n + 1]?.includes('TEMP B-TREE'))).toEqual([])
})

test('what ends is found by what it is, however much came before', async () => {
  const query = await desk.app.database.write(async (tx) => endQuery(tx, 'tickets', 'conv7', FIRST).compile())
  expect((await planOf(desk, query)).join('\n')).toContain('load_stays_open')
})

test('of a day long ago, a page of what is there reads what is there and little more', async () => {
  const { rows } = await sql<{ looked: number; there: number }>`
    select count(*) as looked, count(case when until_at > ${from} then 1 end) as there from load_stays
    where from_at > ${from} - span and from_at < ${from + HOUR}`.execute(desk.app.database.reader)
  const [{ looked = 0, there = 0 } = {}] = rows
  expect(there).toBeGreaterThan(50)
  expect(looked).toBeLessThan(4 * there)
})
