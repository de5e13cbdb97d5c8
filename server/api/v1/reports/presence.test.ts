import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { anAgent } from '../../../../test/people.ts'
import { signIn } from '../../../../test/session.ts'

const noon = Date.UTC(2025, 5, 11, 12)
const MINUTE = 60_000

let desk: TestDesk
let ada: { userid: string; email: string }
let bob: { userid: string; email: string }
let sales: string
beforeAll(async () => {
  desk = await newDesk()
  ada = await anAgent(desk)
  bob = await anAgent(desk)
  sales = (await desk.v3('POST', 'departments', { name: 'Sales', agents: [bob.userid] })).body.departmentid
  const stretch = (agent_id: string, department_id: string, from: number, to: number | null) =>
    ['', 'T'].map((service) => ({
      agent_id,
      department_id,
      service,
      from_at: noon + from * MINUTE,
      to_at: to === null ? null : noon + to * MINUTE,
      seen_at: noon + (to ?? from) * MINUTE,
    }))
  await desk.app.database.write((tx) =>
    tx
      .insertInto('online_stretches')
      .values([
        ...['default', ''].flatMap((department) => stretch(ada.userid, department, 10, 25)),
        ...['default', ''].flatMap((department) => stretch(ada.userid, department, 50, 70)),
        ...[sales, ''].flatMap((department) => stretch(bob.userid, department, 20, 40)),
      ])
      .execute(),
  )
})
afterAll(() => desk.close())

const range = { date_from: '2025-06-11 12:00:00', date_to: '2025-06-11 12:59:59' }

describe('reports of presence', () => {
  test('refuse unknown departments, agents and columns', async () => {
    for (const path of ['reports/chats/agentsavailability', 'reports/chats/availability']) {
      expect((await desk.v1('GET', path, { departmentid: 'zzzzzzzz' })).status).toBe(404)
      expect((await desk.v1('GET', path, { agentid: 'zzzzzzzz' })).status).toBe(404)
      expect((await desk.v1('GET', path, range, { key: null })).status).toBe(400)
    }
    const { status, text } = await desk.v1('GET', 'reports/chats/agentsavailability', { columns: 'nonsense' })
    expect([status, text]).toEqual([500, expect.stringContaining('nonsense')])
  })

  test('have nothing of a reversed range', async () => {
    const reversed = { date_from: range.date_to, date_to: range.date_from }
    const { body } = await desk.v1('GET', 'reports/chats/agentsavailability', reversed)
    expect(body).toEqual({ agentsavailability: [] })
    expect((await desk.v1('GET', 'reports/chats/availability', reversed)).body).toEqual({ availability: [] })
    const { agents } = (await desk.v1('GET', 'reports/agents', { ...reversed, columns: 'worktime' })).body
    expect(new Set(agents.map(({ worktime }: { worktime: string }) => worktime))).toEqual(new Set(['0']))
  })

  test('list each stretch, cut to the range', async () => {
    const { body } = await desk.v1('GET', 'reports/chats/agentsavailability', range)
    expect(body.agentsavailability).toHaveLength(3)
    expect(body.agentsavailability[2]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      userid: ada.userid,
      firstname: 'Ada',
      lastname: 'Agent',
      contactid: expect.any(String),
      departmentid: 'default',
      department_name: 'General',
      hours_online: '00:10:00',
      from_date: '2025-06-11 12:50:00',
      to_date: '2025-06-11 13:00:00',
    })
    const next = { ...range, columns: 'userid,hours_online', limitcount: '1', limitfrom: '1' }
    expect((await desk.v1('GET', 'reports/chats/agentsavailability', next)).body.agentsavailability).toEqual([
      { userid: bob.userid, hours_online: '00:20:00' },
    ])
    expect((await desk.v1('GET', 'reports/calls/agentsavailability', range)).body.agentsavailability).toEqual([])
  })

  test('give the minutes and the share of an hour in which anybody was online', async () => {
    const { body } = await desk.v1('GET', 'reports/chats/availability', range)
    expect(body.availability).toEqual([{ date: '2025-06-11 12:00:00', mins: '40', pct: '66.6667' }])
    const ofSales = await desk.v1('GET', 'reports/chats/availability', { ...range, departmentid: sales })
    expect(ofSales.body.availability).toEqual([{ date: '2025-06-11 12:00:00', mins: '20', pct: '33.3333' }])
  })

  test('give slots to the load', async () => {
    const { body } = await desk.v1('GET', 'reports/chats/load', range)
    expect(body.loads).toMatchObject([{ minSlots: '0', maxSlots: '2', avgSlots: '0.75' }])
  })

  test('give minutes of work to agents, and figures for each hour of it', async () => {
    const { agents } = (await desk.v1('GET', 'reports/agents', { ...range, columns: 'id,worktime,answers_ph' })).body
    expect(agents).toContainEqual({ id: ada.userid, worktime: '25', answers_ph: '0.00' })
    expect(agents).toContainEqual({ id: bob.userid, worktime: '20', answers_ph: '0.00' })
  })

  test('show a plain agent his departments only', async () => {
    const session = await signIn(desk, ada.email)
    const listed = (await session.v1('GET', 'reports/chats/agentsavailability', range)).body.agentsavailability
    expect(listed.map(({ userid }: { userid: string }) => userid)).toEqual([ada.userid, ada.userid])
    expect((await session.v1('GET', 'reports/chats/availability', range)).body.availability[0].mins).toBe('25')
    expect((await session.v1('GET', 'reports/chats/availability', { ...range, departmentid: sales })).status).toBe(404)
    const { agents } = (await session.v1('GET', 'reports/agents', { ...range, columns: 'id,worktime' })).body
    expect(agents).toContainEqual({ id: ada.userid, worktime: '25' })
    expect(agents).toContainEqual({ id: bob.userid, worktime: '0' })
  })

  test('say `now` of what lasts', async () => {
    await desk.v3('PUT', `agents/${bob.userid}/presets`, { presets: [{ departmentid: sales, services: 'P' }] })
    await desk.v3('POST', 'presence', { agent: bob.userid })
    await desk.app.database.write((tx) =>
      tx
        .updateTable('online_stretches')
        .set({ from_at: Math.floor(Date.now() / 1_000) * 1_000 - 5 * MINUTE })
        .where('to_at', 'is', null)
        .execute(),
    )
    const rows = (await desk.v1('GET', 'reports/calls/agentsavailability')).body.agentsavailability
    expect(rows).toMatchObject([{ userid: bob.userid, departmentid: sales, to_date: 'now' }])
    expect(rows[0].hours_online).toMatch(/^00:05:/)
    await desk.v3('DELETE', `presence?agent=${bob.userid}`)
    const after = (await desk.v1('GET', 'reports/calls/agentsavailability')).body.agentsavailability
    expect(after[0].to_date).not.toBe('now')
  })
})
