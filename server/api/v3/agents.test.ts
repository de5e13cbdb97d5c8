import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { OWNER_EMAIL, OWNER_PASSWORD } from '../../../test/first-start.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let owner: SignedIn
let ownerId: string
beforeAll(async () => {
  desk = await newDesk()
  owner = await signIn(desk, OWNER_EMAIL, OWNER_PASSWORD)
  ownerId = (await owner.v3('GET', 'session')).body.userid
})
afterAll(() => desk.close())

describe('agents on our own API', () => {
  test('without a key or a session nothing is told', async () => {
    expect((await desk.v3('GET', 'agents', undefined, { key: null })).status).toBe(401)
    expect((await desk.v3('POST', 'agents', { email: 'a@desk.test' }, { key: 'wrong' })).status).toBe(401)
  })

  test.each([
    [{}, 'email'],
    [{ email: 'no address' }, 'email'],
    [{ email: 'a@desk.test', role: 'X' }, 'role'],
    [{ email: 'a@desk.test', password: 'short' }, 'password'],
    [{ email: 'a@desk.test', avatar_url: 'javascript:alert(1)' }, 'avatar_url'],
    [{ email: 'a@desk.test', departments: ['zzzzzzzz'] }, 'departments'],
    [{ email: 'a@desk.test', firstname: 'A\0' }, 'firstname'],
    [{ email: 'a@desk.test', password_hash: 'x' }, 'password_hash'],
  ])('%j is refused by name and stores nothing', async (draft, field) => {
    const reply = await desk.v3('POST', 'agents', draft)
    expect(reply.status).toBe(400)
    expect(reply.body.error).toMatchObject({ code: 'invalid', field })
    expect((await desk.v3('GET', 'agents/a@desk.test')).status).toBe(404)
  })

  test('an agent is created, found, changed and deleted; a password is never shown', async () => {
    const created = await desk.v3('POST', 'agents', {
      email: ' Grace@Desk.test ',
      firstname: 'Grace',
      lastname: 'Hopper',
      role: 'D',
      gender: 'F',
      password: 'a long password',
      departments: ['default'],
    })
    expect(created.body).toEqual({
      userid: expect.stringMatching(/^[a-z0-9]{8}$/),
      contactid: expect.stringMatching(/^[a-z0-9]{8}$/),
      email: 'Grace@Desk.test',
      firstname: 'Grace',
      lastname: 'Hopper',
      systemname: 'Grace Hopper',
      gender: 'F',
      role: 'D',
      avatar_url: '',
      departments: ['default'],
      datecreated: expect.stringMatching(/Z$/),
      datechanged: expect.stringMatching(/Z$/),
    })
    const { userid, contactid } = created.body
    for (const identifier of [userid, contactid, 'grace@desk.test'])
      expect((await desk.v3('GET', `agents/${identifier}`)).body).toEqual(created.body)
    expect((await desk.v3('GET', 'agents?search=hopper')).body.agents).toEqual([created.body])
    const changed = await desk.v3('PATCH', `agents/${userid}`, { lastname: 'Murray', gender: null, departments: [] })
    expect(changed.body).toMatchObject({ systemname: 'Grace Murray', gender: null, departments: [], role: 'D' })
    expect(`${created.text}${changed.text}`).not.toMatch(/password|argon/)
    expect((await desk.v3('DELETE', `agents/${userid}`)).body).toEqual({ status: 'OK' })
    expect((await desk.v3('GET', `agents/${userid}`)).status).toBe(404)
    expect((await desk.v3('POST', 'agents', { email: 'grace@desk.test' })).status).toBe(200)
  })

  test('a second agent with the same e-mail, in any case, is refused', async () => {
    const { email } = await anAgent(desk)
    expect((await desk.v3('POST', 'agents', { email: email.toUpperCase() })).status).toBe(409)
    const other = await anAgent(desk)
    expect((await desk.v3('PATCH', `agents/${other.userid}`, { email })).status).toBe(409)
  })

  test('a deleted one loses the conversations that he had', async () => {
    const { userid } = await anAgent(desk)
    const { conversationid } = await aConversation(desk)
    await desk.v3('PUT', `conversations/${conversationid}/attendants`, { agentidentifier: userid })
    expect((await desk.v3('GET', `conversations/${conversationid}`)).body.agentid).toBe(userid)
    await desk.v3('DELETE', `agents/${userid}`)
    await desk.drain()
    expect((await desk.v3('GET', `conversations/${conversationid}`)).body.agentid).toBeNull()
  })

  test('what a deleted agent had resolved waits for anybody when its customer writes again', async () => {
    const { userid } = await anAgent(desk)
    const { conversationid } = await aConversation(desk, { useridentifier: 'back@example.com' })
    const path = `conversations/${conversationid}`
    await desk.v3('PUT', `${path}/attendants`, { agentidentifier: userid })
    await desk.v3('PUT', `${path}/status`, { status: 'R' })
    await desk.v3('DELETE', `agents/${userid}`)
    await desk.drain()
    expect((await desk.v3('GET', path)).body.agentid).toBe(userid)
    await desk.v1('POST', `${path}/messages`, { message: 'Still broken', useridentifier: 'back@example.com' })
    expect((await desk.v3('GET', path)).body).toMatchObject({ status: 'C', agentid: null })
  })
})

describe('who may manage agents', () => {
  test('a key that only reads may look and change nothing', async () => {
    const { body } = await desk.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })
    const key = { key: String(body.key) }
    expect((await desk.v3('GET', 'agents', undefined, key)).status).toBe(200)
    expect((await desk.v3('POST', 'agents', { email: 'x@desk.test' }, key)).status).toBe(403)
    expect((await desk.v3('PATCH', `agents/${ownerId}`, { password: 'taken over' }, key)).status).toBe(403)
    expect((await desk.v3('DELETE', `agents/${ownerId}`, undefined, key)).status).toBe(403)
  })

  test('a plain agent changes his own name and password, and nothing else', async () => {
    const [me, colleague] = [await anAgent(desk), await anAgent(desk)]
    const agent = await signIn(desk, me.email)
    expect((await agent.v3('PATCH', `agents/${me.userid}`, { firstname: 'Adam' })).body.systemname).toBe('Adam Agent')
    const forbidden: [string, string, unknown][] = [
      ['PATCH', `agents/${me.userid}`, { role: 'D' }],
      ['PATCH', `agents/${me.userid}`, { role: 'O' }],
      ['PATCH', `agents/${me.userid}`, { departments: [] }],
      ['PATCH', `agents/${me.userid}`, { email: 'somebody.else@desk.test' }],
      ['PATCH', `agents/${colleague.userid}`, { firstname: 'Eve' }],
      ['PATCH', `agents/${colleague.userid}`, { password: 'taken over' }],
      ['PATCH', `agents/${ownerId}`, { password: 'taken over' }],
      ['DELETE', `agents/${me.userid}`, undefined],
      ['DELETE', `agents/${colleague.userid}`, undefined],
      ['POST', 'agents', { email: 'new@desk.test' }],
      ['POST', 'departments', { name: 'Mine' }],
      ['PATCH', 'departments/default', { agents: [me.userid] }],
      ['DELETE', 'departments/default', undefined],
      ['GET', 'apikeys', undefined],
      ['POST', 'apikeys', { name: 'Mine', rights: 'read' }],
      ['PATCH', 'settings', { company_name: 'Mine' }],
    ]
    for (const [method, path, body] of forbidden)
      expect([method, path, (await agent.v3(method, path, body)).status]).toEqual([method, path, 403])
    expect((await desk.v3('GET', `agents/${me.userid}`)).body).toMatchObject({ role: 'A', departments: ['default'] })
  })

  test('an administrator manages agents, and can neither become, alter nor remove an owner', async () => {
    const { userid, email } = await anAgent(desk, { role: 'D' })
    const admin = await signIn(desk, email)
    const added = await admin.v3('POST', 'agents', { email: 'by-admin@desk.test', role: 'D' })
    expect(added.status).toBe(200)
    expect((await admin.v3('DELETE', `agents/${added.body.userid}`)).status).toBe(200)
    const forbidden: [string, string, unknown][] = [
      ['PATCH', `agents/${userid}`, { role: 'O' }],
      ['POST', 'agents', { email: 'second-owner@desk.test', role: 'O' }],
      ['PATCH', `agents/${ownerId}`, { password: 'taken over' }],
      ['PATCH', `agents/${ownerId}`, { role: 'A' }],
      ['PATCH', `agents/${ownerId}`, { email: 'mine@desk.test' }],
      ['DELETE', `agents/${ownerId}`, undefined],
      // A key with full rights could do all of this for him.
      ['POST', 'apikeys', { name: 'Ladder', rights: 'full' }],
    ]
    for (const [method, path, body] of forbidden)
      expect([method, path, (await admin.v3(method, path, body)).status]).toEqual([method, path, 403])
    const { body: reader } = await admin.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })
    expect((await admin.v3('PATCH', `apikeys/${reader.id}`, { rights: 'full' })).status).toBe(403)
    expect((await admin.v3('PATCH', `apikeys/${reader.id}`, { name: 'Renamed' })).body.name).toBe('Renamed')
    expect((await owner.v3('GET', 'session')).body).toMatchObject({ email: OWNER_EMAIL, role: 'O' })
  })

  test('the last owner stays: also when two owners demote each other at the same time', async () => {
    expect((await owner.v3('DELETE', `agents/${ownerId}`)).status).toBe(409)
    expect((await owner.v3('PATCH', `agents/${ownerId}`, { role: 'D' })).status).toBe(409)
    const second = await anAgent(desk, { role: 'O' })
    const replies = await Promise.all([
      desk.v3('PATCH', `agents/${ownerId}`, { role: 'D' }),
      desk.v3('PATCH', `agents/${second.userid}`, { role: 'D' }),
    ])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409])
    const { agents } = (await desk.v3('GET', 'agents')).body
    expect(agents.filter(({ role }: { role: string }) => role === 'O')).toHaveLength(1)
    await desk.v3('PATCH', `agents/${ownerId}`, { role: 'O' })
  })
})
