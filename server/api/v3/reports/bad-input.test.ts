// What no report can mean, on both APIs: a clear answer that names the parameter, or a documented result. Never a defect, and never
// long: whatever the range is, a page is a page.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { TEST_KEY } from '../../../../test/first-start.ts'
import { queriesOf } from '../../../../test/queries.ts'
import { reports, reportWorld } from '../../../../test/report-world.ts'
import { systemActor } from '../../../desk/actor.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { performanceReport } from '../../../desk/reports/performance.ts'

const RANGE = { date_from: '2025-06-11', date_to: '2025-06-11' }
const apis = ['v1', 'v3'] as const
type Api = (typeof apis)[number]

let desk: TestDesk
beforeAll(async () => {
  // Clocks go forward by half an hour, and back by it.
  desk = await newDesk({ DESKHAND_TIMEZONE: 'Australia/Lord_Howe' })
  await reportWorld(desk)
})
afterAll(() => desk.close())

type Pairs = readonly (readonly [string, string])[]
const pairsOf = (params: Record<string, string>): Pairs => Object.entries(params)

/** As it is: a parameter may stand there twice. */
async function ask(api: Api, path: string, pairs: Pairs) {
  const query = new URLSearchParams()
  for (const [name, value] of pairs) query.append(name, value)
  const url = `/api/${api === 'v1' ? '' : 'v3/'}reports/${path}?${query}`
  const { statusCode, body } = await desk.app.http.inject({ url, headers: { apikey: TEST_KEY } })
  const json = JSON.parse(body)
  return { status: statusCode, text: body, body: api === 'v1' ? json.response : json }
}
const refusal = ({ body }: Awaited<ReturnType<typeof ask>>, api: Api): string =>
  api === 'v1' ? body.errormessage : body.error.message

/** Bad for whoever takes the parameter. */
const bad: [string, string][] = [
  ['date_from', '2025-02-30'],
  ['date_from', '2025-13-01'],
  ['date_from', '0000-00-00'],
  ['date_from', '0999-12-31'],
  ['date_from', '10000-01-01'],
  ['date_from', '2025-06-11 24:00:00'],
  ['date_from', '08/26/2014'],
  ['date_from', 'yesterday'],
  ['date_from', 'NaN'],
  ['date_from', '١٢٣٤-٠١-٠١'],
  ['date_to', '9999-12-31'],
  ['date_to', '2025-06-11T25:00:00Z'],
  ['date_to', '-000001-01-01T00:00:00Z'],
  ['limitcount', '-1'],
  ['limitcount', 'all'],
  ['limitcount', '1.5'],
  ['limitcount', '1'.repeat(400)],
  ['limitfrom', '-1'],
  ['limitfrom', 'first'],
  ['limitfrom', '1e400'],
  ['limitfrom', '9'.repeat(30)],
]
const badColumns: [string, string][] = [
  ['columns', 'secrets'],
  ['columns', '__proto__'],
  ['columns', 'constructor'],
  ['columns', 'id;drop table facts'],
  ['columns', 'x'.repeat(20_000)],
]
const badNames: [string, string][] = [
  ['datetime', 'L7D'],
  ['datetime', '2014-00'],
  ['datetime', '2014-02-30'],
  ['datetime', '2014-06-15 12:00:00'],
]

const v1Columns = ['agents', 'channels', 'departments', 'tags', 'performance', 'ranking']
const takes = (api: Api, path: string, name: string): boolean => {
  if (api === 'v3') return true
  if (name === 'columns') return v1Columns.includes(path) || /slalog|agentsavailability/.test(path)
  return name !== 'datetime' || !v1Columns.includes(path)
}

describe.each(apis)('on %s', (api) => {
  test.each(reports)('$path names what it cannot read', async ({ path }) => {
    for (const [name, value] of [...bad, ...badColumns, ...badNames].filter(([name]) => takes(api, path, name))) {
      const given: Record<string, string> = name === 'datetime' ? {} : RANGE
      const reply = await ask(api, path, pairsOf({ ...given, [name]: value }))
      expect([name, value, reply.status]).toEqual([name, value, api === 'v1' ? 500 : 400])
      expect(refusal(reply, api)).toMatch(api === 'v1' ? `'${name}'` : new RegExp(`^${name}: `))
      expect(reply.text.length).toBeLessThan(4_000)
      expect(reply.text).not.toMatch(/node_modules|\.ts\b|select |SQLITE|Internal/)
    }
  })

  test.each(reports)(
    '$path answers a reversed range: whatever has a name has a row of zeros',
    async ({ path, list }) => {
      const reply = await ask(api, path, pairsOf({ date_from: '2025-06-12', date_to: '2025-06-10' }))
      expect(reply.status, reply.text).toBe(200)
      const rows: Record<string, unknown>[] = reply.body[list]
      const hasRows = ['agents', 'channels', 'departments', 'tags'].includes(path)
      expect(rows.length > 0).toBe(hasRows)
      for (const { answers, created_tickets, rewards } of rows) {
        expect([Number(answers), Number(created_tickets)]).toEqual([0, 0])
        expect(Number(rewards)).toBe(0)
      }
    },
  )

  test.each(reports)('$path covers eight thousand years by the page', async ({ path, list }) => {
    const units: Record<string, string>[] = [{ group_by: 'hour' }, { group_by: 'month' }]
    for (const more of path === 'performance' ? units : [{}]) {
      const range = { date_from: '1900-01-01', date_to: '9999-12-30', ...more }
      const first = await ask(api, path, pairsOf(range))
      expect(first.status, first.text).toBe(200)
      expect(first.body[list].length).toBeLessThanOrEqual(100)
      // A page in the middle of it, the last one, and one behind it.
      for (const limitfrom of ['1095000', '2958000', '70000000', '999999999999']) {
        const page = await ask(api, path, pairsOf({ ...range, limitfrom, limitcount: '1000' }))
        expect(page.status, page.text).toBe(200)
        expect(page.body[list].length).toBeLessThanOrEqual(1_000)
      }
    }
  })

  test.each(reports)('$path takes the last of a repeated parameter', async ({ path, list }) => {
    const last = await ask(api, path, [
      ['date_from', '1901-01-01'],
      ...pairsOf(RANGE),
      ['limitcount', '3'],
      ['limitcount', '1'],
    ])
    expect(last.status, last.text).toBe(200)
    expect(last.body[list].length).toBeLessThanOrEqual(1)
    const list2 = await ask(api, path, [...pairsOf(RANGE), ['limitcount[]', '1'], ['limitcount[]', '2']])
    expect(list2.status).toBe(api === 'v1' ? 500 : 400)
    expect(refusal(list2, api)).toContain('limitcount')
  })

  test('a time that the clocks skip is later by as much, and one that they pass twice is the first', async () => {
    // At two o'clock on the 5th of October they were set to half past two; on the 6th of April from two to half past one.
    const hours = async (date_from: string, date_to: string) =>
      (await ask(api, 'performance', pairsOf({ date_from, date_to, group_by: 'hour' }))).body.performance
    expect(await hours('2025-10-05 02:10:00', '2025-10-05 02:20:00')).toHaveLength(1)
    expect(await hours('2025-10-05 01:00:00', '2025-10-05 03:59:59')).toHaveLength(3)
    expect(await hours('2025-04-06 01:40:00', '2025-04-06 01:40:00')).toHaveLength(1)
    expect(await hours('2025-04-06 00:00:00', '2025-04-06 23:59:59')).toHaveLength(24)
  })
})

describe('values that are not there', () => {
  test.each(reports)('$path: on v1 a blank one counts as not given, on v3 it is refused', async ({ path, takes }) => {
    for (const name of ['limitcount', 'limitfrom', 'columns', ...takes].filter((one) => one !== 'userid')) {
      const v1 = await ask('v1', path, pairsOf({ ...RANGE, [name]: ' ' }))
      expect([name, v1.status]).toEqual([name, 200])
      expect(v1.text).toEqual((await ask('v1', path, pairsOf(RANGE))).text)
      const v3 = await ask('v3', path, pairsOf({ ...RANGE, [name]: '' }))
      // A number that is blank is zero: as a place to begin, that is none.
      expect([name, v3.status]).toEqual([name, name === 'limitfrom' ? 200 : 400])
    }
  })

  test.each(reports)('$path: v1 passes over parameters of others, v3 names them', async ({ path }) => {
    expect((await ask('v1', path, pairsOf({ ...RANGE, apikey2: 'x', figure: 'y' }))).status).toBe(200)
    const reply = await ask('v3', path, pairsOf({ ...RANGE, dateto: '2025-06-11' }))
    expect([reply.status, reply.body.error.field]).toEqual([400, 'dateto'])
  })

  test('dates that v1 needs are missed by name', async () => {
    for (const path of v1Columns) {
      expect(refusal(await ask('v1', path, []), 'v1')).toContain("'date_from'")
      expect(refusal(await ask('v1', path, pairsOf({ date_from: '2025-06-11' })), 'v1')).toContain("'date_to'")
      expect((await ask('v3', path, [])).status).toBe(200)
    }
  })
})

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '0', '-0', '1e3', '0x10', 'null', 'undefined', '[object Object]', '2025-06-11T12:00:00+99:99'),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
)

test('whatever is sent, every report answers or refuses, and is no defect', async () => {
  const names = [
    'date_from',
    'date_to',
    'datetime',
    'limitcount',
    'limitfrom',
    'columns',
    'group_by',
    'types',
    'agentid',
  ]
  const params = fc.array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...reports), params, async ({ path }, pairs) => {
      for (const api of apis) {
        const reply = await ask(api, path, [...pairsOf(RANGE), ...pairs])
        expect(api === 'v1' ? [200, 404, 500] : [200, 400, 404]).toContain(reply.status)
        if (reply.status !== 200) expect(refusal(reply, api)).not.toMatch(/internal error/i)
      }
    }),
    { numRuns: 300, interruptAfterTimeLimit: 20_000 },
  )
})

test('a page of hours of eight thousand years asks for its own hours', async () => {
  const range = rangeOf(
    { date_from: { instant: Date.UTC(1900, 0, 1), length: 1 }, date_to: { instant: Date.UTC(9999, 0, 1), length: 1 } },
    'GMT',
  )
  const queries = await queriesOf(desk, (db) =>
    performanceReport(db, systemActor, range, 'hour', { offset: 5e7, limit: 100 }),
  )
  expect(queries.length).toBe(1)
  for (const { parameters } of queries) expect(JSON.stringify(parameters).length).toBeLessThan(20_000)
})
