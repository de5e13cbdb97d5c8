import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { signIn } from '../../../test/session.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const aDepartment = async (name: string, agents: string[] = []): Promise<string> =>
  (await desk.v3('POST', 'departments', { name, description: `All about ${name}`, agents })).body.departmentid

const preset = (departmentId: string, agentId: string, letters: string) =>
  desk.app.database.write((tx) =>
    tx
      .updateTable('department_agents')
      .set({ preset_status: letters })
      .where('department_id', '=', departmentId)
      .where('agent_id', '=', agentId)
      .execute(),
  )

describe('departments on API v1', () => {
  test('without a key nothing is told', async () => {
    for (const path of ['departments', 'departments/default', 'departments/default/agents', 'onlinestatus/departments'])
      expect((await desk.v1('GET', path, {}, { key: null })).status).toBe(400)
  })

  test('an unknown department is 404', async () => {
    expect((await desk.v1('GET', 'departments/zzzzzzzz')).status).toBe(404)
    expect((await desk.v1('GET', 'departments/zzzzzzzz/agents')).status).toBe(404)
  })

  test('are listed in their order, with what their agents have set themselves available for', async () => {
    const one = await anAgent(desk)
    const two = await anAgent(desk)
    const id = await aDepartment('Sales', [one.userid, two.userid])
    await preset(id, one.userid, 'TM')
    await preset(id, two.userid, 'P')
    const { body } = await desk.v1('GET', 'departments')
    expect(body.departments.map(({ name }: { name: string }) => name)).toEqual(['General', 'Sales'])
    expect(body.departments[1]).toEqual({
      departmentid: id,
      name: 'Sales',
      description: 'All about Sales',
      onlinestatus: 'F',
      presetstatus: 'MPT',
      deleted: 'N',
    })
    expect((await desk.v1('GET', `departments/${id}`)).body).toEqual(body.departments[1])
    const { agents } = (await desk.v1('GET', `departments/${id}/agents`)).body
    expect(agents).toContainEqual({
      userid: one.userid,
      firstname: 'Ada',
      lastname: 'Agent',
      email: one.email,
      onlinestatus: 'F',
      presetstatus: 'MT',
    })
    const online = (await desk.v1('GET', 'onlinestatus/agents')).body.agentsOnlineStates
    expect(online).toContainEqual({
      id: one.userid,
      contactid: expect.stringMatching(/^[a-z0-9]{8}$/),
      username: one.email,
      firstname: 'Ada',
      lastname: 'Agent',
      avatar_url: '',
      presetStatus: 'MT',
      onlineStatus: 'F',
    })
  })

  test('a deleted one leaves the lists and can still be read, as deleted', async () => {
    const { userid } = await anAgent(desk)
    const id = await aDepartment('Short-lived', [userid])
    await desk.v3('DELETE', `departments/${id}`)
    const { body } = await desk.v1('GET', 'departments')
    expect(body.departments.map((row: { departmentid: string }) => row.departmentid)).not.toContain(id)
    expect((await desk.v1('GET', `departments/${id}`)).body).toMatchObject({ name: 'Short-lived', deleted: 'Y' })
    expect((await desk.v1('GET', `departments/${id}/agents`)).body).toEqual({ agents: [] })
  })
})

describe('what waits in departments', () => {
  test('is counted by status, with the most of any department in each row', async () => {
    const id = await aDepartment('Counted')
    for (const status of ['N', 'N', 'C', 'T', 'R', 'B', 'X', 'I', 'P'])
      await aConversation(desk, { department: id, status })
    const { body } = await desk.v1('GET', 'onlinestatus/departments')
    const rows: Record<string, string>[] = body.departmentsOnlineStates
    expect(rows.find((row) => row.id === id)).toEqual({
      id,
      name: 'Counted',
      onlineStatus: 'F',
      presetStatus: 'F',
      chat_count: '1',
      new_count: '2',
      customer_reply_count: '1',
      total_count: '7',
      max_count: '7',
    })
    expect(rows.every((row) => row.max_count === '7')).toBe(true)
    expect((await desk.v1('GET', 'chats/overview')).body).toEqual({
      // Tickets that a program has put into these states are no chats, and no calls.
      chatsOverview: [{ visitors: '0', chats: '0', queue: '0', agents: '0' }],
    })
    expect((await desk.v1('GET', 'calls/overview')).body).toEqual({
      callsOverview: [{ running: '0', ringing: '0', inqueue: '0' }],
    })
    expect((await desk.v1('GET', 'chats/overview.xml')).text).toContain('<item>')
  })

  test('is told to an agent for his own departments only', async () => {
    const id = await aDepartment('Hidden')
    await aConversation(desk, { department: id, status: 'T' })
    const { email } = await anAgent(desk, { departments: ['default'] })
    const agent = await signIn(desk, email)
    const { departmentsOnlineStates } = (await agent.v1('GET', 'onlinestatus/departments')).body
    expect(departmentsOnlineStates.map((row: { id: string }) => row.id)).toEqual(['default'])
    expect((await agent.v1('GET', 'chats/overview')).body.chatsOverview[0].chats).toBe('0')
  })
})
