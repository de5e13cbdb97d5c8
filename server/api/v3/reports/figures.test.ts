// The figures of our own API are those of API v1, as numbers; what is answered is what is described.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentFigures, otherFigures } from '../../../../contract/v3/figures.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { NOON, type ReportWorld, reports, reportWorld, services } from '../../../../test/report-world.ts'
import { figures } from '../../../desk/reports/figures.ts'
import { loadV3Routes } from '../register.ts'

const DAY = { date_from: '2025-06-11', date_to: '2025-06-11' }

let desk: TestDesk
let world: ReportWorld
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_TIMEZONE: 'Asia/Kathmandu' })
  world = await reportWorld(desk)
})
afterAll(() => desk.close())

type Row = Record<string, unknown>

async function ofV3(path: string, params: Record<string, string>): Promise<Row[]> {
  const { status, text, body } = await desk.v3('GET', `reports/${path}?${new URLSearchParams(params)}`)
  expect(status, text).toBe(200)
  const [rows] = Object.values<Row[]>(body)
  return rows ?? []
}

async function ofV1(path: string, params: Record<string, string>): Promise<Record<string, string>[]> {
  const { status, text, body } = await desk.v1('GET', `reports/${path}`, params)
  expect(status, text).toBe(200)
  const [rows] = Object.values<Record<string, string>[]>(body)
  return rows ?? []
}

/** What both APIs say of a row, as v1 writes it. Names, dates and durations are told elsewhere. */
const numbers = (row: Row): Record<string, number> =>
  Object.fromEntries(
    Object.entries(row)
      .filter(
        ([name, value]) =>
          !/id$|name|date|outcome|from|before|local|hours_online|seconds_online|^seconds$|^sla$/i.test(name) &&
          /^-?[\d.]+$/.test(String(value)),
      )
      .map(([name, value]) => [name, Number(value)]),
  )

describe('every report', () => {
  test.each(reports)('$path says on both APIs the same', async ({ path, list }) => {
    const [v1, v3] = [await ofV1(path, DAY), await ofV3(path, DAY)]
    expect(v3.length).toBe(v1.length)
    expect(v1.length, 'nothing to compare').toBeGreaterThan(0)
    expect(v3.map(numbers)).toEqual(v1.map(numbers))
    if (!['ranks', 'agentsavailability', 'slalogs'].includes(list))
      expect(v3.some((row) => Object.values(numbers(row)).some((value) => value > 0))).toBe(true)
  })

  test.each(reports)('$path answers what it describes, all of it', async ({ path, list }) => {
    const route = (await loadV3Routes()).find(({ url }) => url === `/api/v3/reports/${path}`)
    const rows = await ofV3(path, DAY)
    expect(route?.answer.safeParse({ [list]: rows }).error).toBeUndefined()
    const { body } = await desk.v3('GET', 'openapi.json')
    const properties = described(body, `/api/v3/reports/${path}`, list)
    for (const row of rows) expect(Object.keys(row)).toEqual(Object.keys(properties))
  })

  test.each(reports)('$path answers chosen columns in their order, and refuses others', async ({ path }) => {
    const [row = {}] = await ofV3(path, DAY)
    const names = Object.keys(row)
    const [first = '', , third = ''] = names
    expect((await ofV3(path, { ...DAY, columns: `${third}, ${first}` })).map((one) => Object.keys(one))).toEqual(
      (await ofV3(path, DAY)).map(() => [first, third]),
    )
    const reply = await desk.v3('GET', `reports/${path}?columns=${first},secrets`)
    expect([reply.status, reply.body.error.field]).toEqual([400, 'columns'])
    expect(reply.body.error.message).toContain("unknown column 'secrets'")
  })
})

interface Described {
  properties?: Record<string, Described>
  items?: Described
  description?: string
  type?: string
  $ref?: string
}

// biome-ignore lint/suspicious/noExplicitAny: the description is JSON of any shape; what is taken out of it is compared.
function described(api: any, path: string, list: string): Record<string, Described> {
  const { schema } = api.paths[path].get.responses['200'].content['application/json']
  return schema.properties[list].items.properties
}

test('every figure is described by its definition', async () => {
  const { body } = await desk.v3('GET', 'openapi.json')
  for (const [path, names] of [
    ['agents', agentFigures],
    ['tags', otherFigures],
  ] as const) {
    const properties = described(body, `/api/v3/reports/${path}`, path)
    for (const name of names) {
      expect(properties[name]?.description?.length, name).toBeGreaterThan(10)
      expect(properties[name]?.type, name).toBe(figures[name].decimals === 0 ? 'integer' : 'number')
    }
  }
  expect(new Set([...agentFigures, ...otherFigures])).toEqual(new Set(Object.keys(figures)))
})

describe('instants', () => {
  test('bound a range as the account’s times do', async () => {
    const at = new Date(NOON + 20 * 60_000).toISOString()
    const created = async (date_from: string, date_to: string) => {
      const rows = await ofV3('departments', { date_from, date_to, columns: 'created_tickets' })
      return rows.reduce((sum, row) => sum + Number(row.created_tickets), 0)
    }
    const all = await created('2025-06-11', '2025-06-11')
    expect(all).toBe(9)
    expect(await created(at, at)).toBe(all)
    expect(await created('2025-06-11T12:20:00Z', '2025-06-11T12:20:00Z')).toBe(all)
    // Kathmandu is five hours and three quarters ahead.
    expect(await created('2025-06-11 18:05:00', '2025-06-11 18:05:00')).toBe(all)
    expect(await created('2025-06-11T18:05:00+05:45', '2025-06-11T18:05:00+05:45')).toBe(all)
    expect(await created('2025-06-11T12:20:00.001Z', '2025-06-12')).toBe(0)
    expect(await created('2025-06-10', '2025-06-11T12:19:59.999Z')).toBe(0)
    expect(await created('2025-06-10', '2025-06-11T12:20:00.000Z')).toBe(all)
  })

  test('stand where v1 has the account’s times', async () => {
    const [hour] = await ofV3('performance', {
      date_from: '2025-06-11 18:00:00',
      date_to: '2025-06-11 18:59:59',
      group_by: 'hour',
    })
    expect(hour).toMatchObject({
      from: '2025-06-11T12:15:00.000Z',
      before: '2025-06-11T13:15:00.000Z',
      local: '2025-06-11 18:00:00',
      created_tickets: 9,
    })
    const [clock] = await ofV3('tickets/slalog', DAY)
    expect(clock).toMatchObject({
      date_created: '2025-06-11T12:00:00.000Z',
      date_closed: '2025-06-11T12:10:00.000Z',
      date_due: '2025-06-11T12:30:00.000Z',
      outcome: 'met',
      sla: 1_200,
    })
    const [stretch] = await ofV3('chats/agentsavailability', DAY)
    expect(stretch).toMatchObject({
      userid: world.agents[0].userid,
      from_date: '2025-06-11T12:00:00.000Z',
      to_date: '2025-06-11T12:20:00.000Z',
      seconds_online: 1_200,
    })
  })

  test.each(services)('of the SLA of %s are counted from the log of one outcome', async (service) => {
    const [day] = await ofV3(`${service}/slacompliance`, DAY)
    for (const [outcome, name] of [
      ['met', 'Fulfilled'],
      ['late', 'Unfulfilled'],
    ] as const) {
      const clocks = await ofV3(`${service}/slalog`, { ...DAY, outcome, limitcount: '1000' })
      const seconds = clocks.map((clock) => Number(clock.seconds))
      const sum = seconds.reduce((all, one) => all + one, 0)
      expect([seconds.length, Math.round(sum / (seconds.length || 1)), Math.max(0, ...seconds)]).toEqual(
        [name.toLowerCase(), `avg${name}Time`, `max${name}Time`].map((column) => day?.[column]),
      )
    }
    const reply = await desk.v3('GET', `reports/${service}/slalog?outcome=void`)
    expect([reply.status, reply.body.error.field]).toEqual([400, 'outcome'])
  })

  test('that last are null', async () => {
    const [agent] = world.agents
    await desk.v3('PUT', `agents/${agent.userid}/presets`, { presets: [{ departmentid: 'default', services: 'MPT' }] })
    await desk.v3('POST', 'presence', { agent: agent.userid, seconds: 600 })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    for (const service of services) {
      const rows = await ofV3(`${service}/agentsavailability`, { datetime: 'L30D' })
      expect(rows).toMatchObject([{ userid: agent.userid, to_date: null }])
    }
  })
})
