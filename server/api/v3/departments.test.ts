import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

describe('departments on our own API', () => {
  test('without a key or a session nothing is told', async () => {
    expect((await desk.v3('GET', 'departments', undefined, { key: null })).status).toBe(401)
  })

  test('a draft that is wrong is refused by name and stores nothing', async () => {
    expect((await desk.v3('POST', 'departments', { name: '  ' })).body.error.field).toBe('name')
    expect((await desk.v3('POST', 'departments', { name: 'A', agents: ['zzzzzzzz'] })).body.error.field).toBe('agents')
    expect((await desk.v3('GET', 'departments')).body.departments).toHaveLength(1)
  })

  test('one is created last, changed with its agents, and deleted', async () => {
    const [one, two] = [await anAgent(desk), await anAgent(desk)]
    const created = await desk.v3('POST', 'departments', { name: 'Sales', agents: [one.userid, one.userid] })
    expect(created.body).toEqual({
      departmentid: expect.stringMatching(/^[a-z0-9]{8}$/),
      name: 'Sales',
      description: '',
      position: 1,
      agents: [one.userid],
      is_deleted: false,
      datecreated: expect.stringMatching(/Z$/),
    })
    const { departmentid } = created.body
    expect((await desk.v3('GET', `agents/${one.userid}`)).body.departments).toContain(departmentid)
    const changed = await desk.v3('PATCH', `departments/${departmentid}`, { position: -1, agents: [two.userid] })
    expect(changed.body).toMatchObject({ name: 'Sales', position: -1, agents: [two.userid] })
    const { departments } = (await desk.v3('GET', 'departments')).body
    expect(departments[0]).toEqual(changed.body)
    await desk.v3('DELETE', `departments/${departmentid}`)
    expect((await desk.v3('GET', `departments/${departmentid}`)).body).toMatchObject({ is_deleted: true, agents: [] })
    expect((await desk.v3('PATCH', `departments/${departmentid}`, { name: 'Back' })).status).toBe(404)
    expect((await desk.v3('GET', `agents/${two.userid}`)).body.departments).toEqual(['default'])
  })

  test('what an agent set for a department survives a change of the others', async () => {
    const { userid } = await anAgent(desk)
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Kept', agents: [userid] })).body
    await desk.app.database.write((tx) =>
      tx
        .updateTable('department_agents')
        .set({ preset_status: 'M' })
        .where('department_id', '=', departmentid)
        .execute(),
    )
    await desk.v3('PATCH', `agents/${userid}`, { departments: [departmentid] })
    await desk.v3('PATCH', `departments/${departmentid}`, { agents: [userid, (await anAgent(desk)).userid] })
    const { agents } = (await desk.v1('GET', `departments/${departmentid}/agents`)).body
    expect(agents.find((agent: { userid: string }) => agent.userid === userid).presetstatus).toBe('M')
  })

  test('the default one, and one where something is unresolved, cannot be deleted', async () => {
    expect((await desk.v3('DELETE', 'departments/default')).status).toBe(409)
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Busy' })).body
    const { conversationid } = await aConversation(desk, { department: departmentid })
    expect((await desk.v3('DELETE', `departments/${departmentid}`)).status).toBe(409)
    await desk.v1('PUT', `conversations/${conversationid}/status`, { status: 'R' })
    expect((await desk.v3('DELETE', `departments/${departmentid}`)).status).toBe(200)
  })

  test('an answer to a conversation of a deleted department comes to the default one, where somebody sees it', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Gone' })).body
    const customer = 'late@example.com'
    const opened = [
      await aConversation(desk, { department: departmentid, useridentifier: customer, status: 'R' }),
      await aConversation(desk, { department: departmentid, useridentifier: customer, status: 'R' }),
    ]
    await desk.v3('DELETE', `departments/${departmentid}`)
    const [first, second] = opened.map(({ conversationid }) => `conversations/${conversationid}`)
    await desk.v1('POST', `${first}/messages`, { message: 'One more thing', useridentifier: customer })
    await desk.v1('PUT', `${second}/status`, { status: 'C' })
    for (const path of [first, second])
      expect((await desk.v1('GET', `${path}`)).body).toMatchObject({ status: 'C', departmentid: 'default' })
    const { body } = await desk.v1('GET', 'onlinestatus/departments')
    expect(body.departmentsOnlineStates[0]).toMatchObject({ id: 'default', customer_reply_count: '2' })
  })
})
