// Every parameter of every report does what it says, on both APIs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calls } from '../../../../contract/v1/calls.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { type ReportWorld, reports, reportWorld, services } from '../../../../test/report-world.ts'

const HOUR = { date_from: '2025-06-11 12:00:00', date_to: '2025-06-11 12:59:59', limitcount: '1000' }
const apis = ['v1', 'v3'] as const
type Api = (typeof apis)[number]

let desk: TestDesk
let world: ReportWorld
beforeAll(async () => {
  desk = await newDesk()
  world = await reportWorld(desk)
})
afterAll(() => desk.close())

type Row = Record<string, unknown>

const ask = (api: Api, path: string, params: Record<string, string>) =>
  api === 'v1'
    ? desk.v1('GET', `reports/${path}`, params)
    : desk.v3('GET', `reports/${path}?${new URLSearchParams(params)}`)

async function rowsOf(api: Api, path: string, params: Record<string, string>): Promise<Row[]> {
  const { status, text, body } = await ask(api, path, params)
  expect(status, text).toBe(200)
  const [rows] = Object.values<Row[]>(body)
  return rows ?? []
}

/** What v3 calls it. */
const named = (api: Api, parameter: string): string => (api === 'v3' && parameter === 'userid' ? 'agentid' : parameter)

const sum = (rows: readonly Row[], ...names: string[]): number =>
  rows.reduce((total, row) => names.reduce((all, name) => all + Number(row[name]), total), 0)

/** How much a report is about. */
const sizes: Record<string, (rows: readonly Row[]) => unknown> = {
  ranks: (rows) => rows.length,
  slalogs: (rows) => rows.length,
  slacompliances: (rows) => sum(rows, 'fulfilled', 'unfulfilled'),
  agentsavailability: (rows) => rows.length,
  availability: (rows) => sum(rows, 'mins'),
  loads: (rows) =>
    ['Queue', 'Slots', 'Service'].map((name) => ['avg', 'max', 'min'].map((which) => sum(rows, `${which}${name}`))),
}

const load = (queue: number, [slots, most]: [number, number], service: number) => [
  [queue, queue, queue],
  [slots, most, 0],
  [service, service, service],
]

/** All, the first of two, the second. What waits is nobody's. */
const expected: Record<string, Record<string, [unknown, unknown, unknown]>> = {
  ranks: { agentid: [27, 18, 9], contactid: [27, 18, 9], types: [27, 18, 9] },
  slalogs: {
    departmentid: [81, 54, 27],
    agentid: [81, 54, 27],
    requesterid: [81, 54, 27],
    slalevelid: [81, 54, 27],
  },
  slacompliances: { departmentid: [81, 54, 27], userid: [81, 54, 27], slalevelid: [81, 54, 27] },
  agentsavailability: { departmentid: [3, 2, 1], agentid: [3, 2, 1] },
  availability: { departmentid: [45, 35, 10], agentid: [45, 30, 15] },
  loads: {
    departmentid: [load(3, [0.75, 1], 9), load(2, [0.58, 1], 6), load(1, [0.17, 1], 3)],
    agentid: [load(3, [0.75, 1], 9), load(0, [0.5, 1], 6), load(0, [0.25, 1], 3)],
  },
}

const valuesOf = (parameter: string): readonly (readonly string[])[] => {
  const { agents, customers, departments, levels } = world
  switch (parameter) {
    case 'departmentid':
      return departments.map((id) => [id])
    case 'slalevelid':
      return levels.map((id) => [id])
    case 'types':
      return [['W'], ['P']]
    case 'contactid':
    case 'requesterid':
      return customers.map(({ id, user_id }, n) => [id, user_id, ['anna@example.com', 'CARL@example.com'][n] ?? ''])
    default:
      return agents.map(({ userid, email }) => [userid, email.toUpperCase()])
  }
}

const narrowing = reports.flatMap(({ path, list, takes }) =>
  takes.filter((parameter) => parameter !== 'group_by').map((parameter) => ({ path, list, parameter })),
)

describe.each(apis)('on %s', (api) => {
  test.each(narrowing)('$parameter narrows $path', async ({ path, list, parameter }) => {
    const size = async (params: Record<string, string>) =>
      sizes[list]?.(await rowsOf(api, path, { ...HOUR, ...params }))
    const [all, ...each] = expected[list]?.[parameter] ?? []
    expect(await size({})).toEqual(all)
    for (const [n, values] of valuesOf(parameter).entries())
      for (const value of values)
        expect([value, await size({ [named(api, parameter)]: value })]).toEqual([value, each[n]])
  })

  test.each(narrowing.filter(({ parameter }) => parameter !== 'types'))(
    '$parameter of $path refuses what is not there',
    async ({ path, parameter }) => {
      for (const value of ['nothere0', 'nobody@example.com', "' or 1=1 --"])
        expect((await ask(api, path, { ...HOUR, [named(api, parameter)]: value })).status).toBe(404)
    },
  )

  test('department and agent narrow together', async () => {
    const [a, b] = world.agents
    const [one, two] = world.departments
    const both = (departmentid: string, { userid }: { userid: string }) => ({ ...HOUR, departmentid, agentid: userid })
    for (const service of services) {
      const clocks = async (departmentid: string, agent: { userid: string }) =>
        (await rowsOf(api, `${service}/slalog`, both(departmentid, agent))).length
      expect([await clocks(one, a), await clocks(one, b), await clocks(two, a), await clocks(two, b)]).toEqual([
        36, 18, 18, 9,
      ])
      const [row] = await rowsOf(api, `${service}/load`, both(two, b))
      expect(row).toMatchObject(api === 'v1' ? { maxQueue: '0', maxService: '1', maxSlots: '0' } : { maxService: 1 })
      const stays = async (departmentid: string, agent: { userid: string }) =>
        (await rowsOf(api, `${service}/agentsavailability`, both(departmentid, agent))).length
      expect([await stays(one, a), await stays(two, a), await stays(two, b)]).toEqual([1, 1, 0])
    }
  })

  test.each(reports)('limitcount and limitfrom page through $path', async ({ path }) => {
    const range = { ...HOUR, date_from: '2025-06-11 10:00:00', date_to: '2025-06-11 13:00:00' }
    const more: Record<string, string> = path === 'performance' ? { group_by: 'hour' } : {}
    const all = await rowsOf(api, path, { ...range, ...more })
    const paged: Row[] = []
    for (let from = 0; from <= all.length; from += 2)
      paged.push(...(await rowsOf(api, path, { ...range, ...more, limitcount: '2', limitfrom: String(from) })))
    expect(paged).toEqual(all)
    expect(await rowsOf(api, path, { ...range, ...more, limitfrom: '1000000' })).toEqual([])
  })

  test.each(['hour', 'day', 'week', 'month'])('group_by %s', async (group_by) => {
    const range = { date_from: '2025-06-01', date_to: '2025-06-30' }
    const rows = await rowsOf(api, 'performance', { ...range, limitcount: '1000', group_by })
    expect(rows.length).toBe({ hour: 720, day: 30, week: 6, month: 1 }[group_by])
    expect(sum(rows, 'created_tickets')).toBe(9)
  })

  test('a report knows all parameters that its document names', async () => {
    for (const { path, takes } of reports) {
      const call = calls.find((one) => one.path === `/api/reports/${path}`)
      const others = call?.params
        .map(({ name }) => name)
        .filter((name) => !/^(apikey|date_from|date_to|datetime|columns|limitcount|limitfrom)$/.test(name))
      expect([path, others?.sort()]).toEqual([path, [...takes].sort()])
    }
  })
})

const dated = reports.filter(({ list }) => list in expected && list !== 'ranks')

describe.each([
  ...dated.map(({ path }) => ({ api: 'v1' as const, path })),
  ...reports.map(({ path }) => ({ api: 'v3' as const, path })),
])('datetime of $path on $api', ({ api, path }) => {
  const rows = (params: Record<string, string>) => rowsOf(api, path, { limitcount: '1000', ...params })

  test('names a month or a day', async () => {
    expect(await rows({ datetime: '2025-06' })).toEqual(await rows({ date_from: '2025-06-01', date_to: '2025-06-30' }))
    expect(await rows({ datetime: '2025-06-11' })).toEqual(
      await rows({ date_from: '2025-06-11', date_to: '2025-06-11' }),
    )
    expect(await rows({ datetime: '2025-06-11' })).not.toEqual(await rows({ datetime: '2025-06-10' }))
  })

  test('names the last 30 days, unless given', async () => {
    // What an hour in progress counts goes on from one request to the next.
    const shape = (all: readonly Row[]) => all.map((row) => [row.id, row.date, row.local])
    expect(shape(await rows({}))).toEqual(shape(await rows({ datetime: 'L30D' })))
    expect(await rows({ datetime: 'LM' })).toEqual(await rows({ datetime: monthBefore() }))
    expect((await ask(api, path, { datetime: 'TM' })).status).toBe(200)
  })

  test('counts for nothing beside dates', async () => {
    const range = { date_from: '2025-06-11', date_to: '2025-06-11' }
    expect(await rows({ ...range, datetime: 'LM' })).toEqual(await rows(range))
  })
})

const monthBefore = (): string => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7)
}
