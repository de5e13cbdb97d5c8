import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { OWNER_EMAIL, OWNER_PASSWORD } from '../../../test/first-start.ts'
import { anAgent } from '../../../test/people.ts'
import { signIn } from '../../../test/session.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

describe('agents on API v1', () => {
  test('without a key nothing is told', async () => {
    expect((await desk.v1('GET', `agents/${OWNER_EMAIL}`, {}, { key: null })).status).toBe(400)
    expect((await desk.v1('GET', 'agents', {}, { key: null })).status).toBe(400)
  })

  test('an agent who does not exist or was deleted is 404', async () => {
    expect((await desk.v1('GET', 'agents/nobody@desk.test')).status).toBe(404)
    expect((await desk.v1('GET', 'agents/zzzzzzzz')).status).toBe(404)
    const { userid } = await anAgent(desk)
    await desk.v3('DELETE', `agents/${userid}`)
    expect((await desk.v1('GET', `agents/${userid}`)).status).toBe(404)
  })

  test('an agent has every field, by e-mail in any case, userid and contactid alike', async () => {
    const { userid, email } = await anAgent(desk)
    const { body } = await desk.v1('GET', `agents/${email.toUpperCase()}`)
    expect(body).toEqual({
      contactid: expect.stringMatching(/^[a-z0-9]{8}$/),
      userid,
      email,
      firstname: 'Ada',
      lastname: 'Agent',
      systemname: 'Ada Agent',
      gender: 'F',
      role: 'A',
      authtoken: expect.stringMatching(/^[0-9a-f]{32}$/),
      browsercookiename: 'A_auth',
    })
    expect((await desk.v1('GET', `agents/${userid}`)).body).toEqual(body)
    expect((await desk.v1('GET', `agents/${body.contactid}`)).body).toEqual(body)
    expect((await desk.v1('GET', `agents/${encodeURIComponent(email)}.xml`)).text).toContain(
      `<userid>${userid}</userid>`,
    )
  })

  test('the list finds agents by parts of name and e-mail, and shows no token', async () => {
    const { userid, email } = await anAgent(desk)
    const { body } = await desk.v1('GET', 'agents', { search: email.slice(0, 14) })
    expect(body.agents.map((agent: { userid: string }) => agent.userid)).toEqual([userid])
    expect(body.agents[0]).not.toHaveProperty('authtoken')
    expect((await desk.v1('GET', 'agents', { search: 'no such agent' })).body).toEqual({ agents: [] })
    expect((await desk.v1('GET', 'agents')).body.agents.length).toBeGreaterThan(1)
  })

  test('a key that only reads, and a colleague, see no token: it would make them that agent', async () => {
    const { body: key } = await desk.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })
    const reply = await desk.v1('GET', `agents/${OWNER_EMAIL}`, {}, { key: key.key })
    expect(reply.body.authtoken).toBeNull()

    const [plain, admin] = [await anAgent(desk), await anAgent(desk, { role: 'D' })]
    const asPlain = await signIn(desk, plain.email)
    expect((await asPlain.v1('GET', `agents/${OWNER_EMAIL}`)).body.authtoken).toBeNull()
    expect((await asPlain.v1('GET', `agents/${admin.userid}`)).body.authtoken).toBeNull()
    expect((await asPlain.v1('GET', `agents/${plain.userid}`)).body.authtoken).toMatch(/^[0-9a-f]{32}$/)
    const asAdmin = await signIn(desk, admin.email)
    expect((await asAdmin.v1('GET', `agents/${plain.userid}`)).body.authtoken).toMatch(/^[0-9a-f]{32}$/)
    expect((await asAdmin.v1('GET', `agents/${OWNER_EMAIL}`)).body.authtoken).toBeNull()
    const asOwner = await signIn(desk, OWNER_EMAIL, OWNER_PASSWORD)
    expect((await asOwner.v1('GET', `agents/${admin.userid}`)).body.authtoken).toMatch(/^[0-9a-f]{32}$/)
  })
})
