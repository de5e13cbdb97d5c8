import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { aConversation, anAgent } from '../../test/people.ts'
import { withCookie } from '../../test/session.ts'
import { getCustomer } from '../desk/customers/customers.ts'
import { authToken } from '../desk/sessions/auth-tokens.ts'
import { findSession } from '../desk/sessions/sessions.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.example.com' })
})
afterAll(() => desk.close())

const DAY = 86_400_000

/** What a browser sends when a plug-in's page submits its form. */
const login = (token: string, path = '/agent/', headers: Record<string, string> = {}) =>
  desk.app.http.inject({
    method: 'POST',
    url: path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://shop.example.com',
      'sec-fetch-site': 'cross-site',
      ...headers,
    },
    payload: new URLSearchParams({ AuthToken: token }).toString(),
  })

const tokenOf = async (userid: string): Promise<string> => (await desk.v1('GET', `agents/${userid}`)).body.authtoken

describe('sign-in with an auth token', () => {
  test.each(['', 'nonsense', '0'.repeat(32), 'g'.repeat(32), '0'.repeat(31)])(
    'refuses %j in plain text',
    async (token) => {
      for (const path of ['/agent/', '/agent', '/login', '/login/']) {
        const reply = await login(token, path)
        expect([path, reply.statusCode]).toEqual([path, 401])
        expect(reply.headers['content-type']).toContain('text/plain')
        expect(reply.headers['set-cookie']).toBeUndefined()
      }
    },
  )

  test('refuses a body without a token, and one that is no form', async () => {
    for (const payload of ['', '{"AuthToken":["a"]}', 'Other=1', '[]'])
      expect((await desk.app.http.inject({ method: 'POST', url: '/login', payload })).statusCode).toBe(401)
  })

  test('refuses a token of which one digit is wrong, wherever it is', async () => {
    const token = await tokenOf((await anAgent(desk)).userid)
    for (const at of [0, 11, 12, 15, 16, 31]) {
      const wrong = token.slice(0, at) + (token[at] === '0' ? '1' : '0') + token.slice(at + 1)
      expect((await login(wrong)).statusCode).toBe(401)
    }
  })

  test('signs an agent in and leads to the public address, with a cookie for this host alone', async () => {
    const { userid } = await anAgent(desk)
    const reply = await login(await tokenOf(userid))
    expect(reply.statusCode).toBe(302)
    expect(reply.headers.location).toBe('https://help.example.com/')
    const cookie = String(reply.headers['set-cookie'])
    expect(cookie).toMatch(/^__Host-deskhand=[A-Za-z0-9]{43}; /)
    for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(flag)
    expect(cookie).not.toContain('Domain')
    const browser = withCookie(desk, cookie.split(';', 1)[0] ?? '')
    expect((await browser.v3('GET', 'session')).body.userid).toBe(userid)
  })

  test('signs a customer in with a cookie of its own, which opens nothing to agents', async () => {
    await aConversation(desk, { useridentifier: 'anna@example.com' })
    const customer = await getCustomer(desk.app.database.reader, 'anna@example.com')
    const reply = await login(authToken(desk.app.installation.secret, customer.user_id, customer.auth_epoch), '/login')
    expect(reply.statusCode).toBe(302)
    const [, token = ''] =
      /^__Host-deskhand_customer=([A-Za-z0-9]{43});/.exec(String(reply.headers['set-cookie'])) ?? []
    const session = await findSession(desk.app.database.reader, token)
    expect(session).toMatchObject({ kind: 'customer', user_id: customer.user_id })
    for (const name of ['__Host-deskhand_customer', '__Host-deskhand', 'deskhand']) {
      const browser = withCookie(desk, `${name}=${token}`)
      expect((await browser.v3('GET', 'conversations')).status).toBe(401)
      expect((await browser.v1('GET', 'conversations')).status).toBe(400)
    }
  })

  test('refuses a token after its time, before it, and after the password was changed', async () => {
    const { userid } = await anAgent(desk)
    const { secret } = desk.app.installation
    expect((await login(authToken(secret, userid, 1, Date.now() - 2 * DAY))).statusCode).toBe(401)
    expect((await login(authToken(secret, userid, 1, Date.now() + DAY))).statusCode).toBe(401)
    const token = await tokenOf(userid)
    expect((await login(token)).statusCode).toBe(302)
    await desk.v3('PATCH', `agents/${userid}`, { password: 'a new password' })
    expect((await login(token)).statusCode).toBe(401)
    expect((await login(await tokenOf(userid))).statusCode).toBe(302)
  })

  test('refuses the token of an agent who was deleted, and one of another installation', async () => {
    const { userid } = await anAgent(desk)
    const token = await tokenOf(userid)
    expect((await login(authToken('another secret', userid, 1))).statusCode).toBe(401)
    await desk.v3('DELETE', `agents/${userid}`)
    expect((await login(token)).statusCode).toBe(401)
  })

  test('ends the session that the browser had, whosever it was', async () => {
    const [first, second] = [await anAgent(desk), await anAgent(desk)]
    const before = String((await login(await tokenOf(first.userid))).headers['set-cookie']).split(';', 1)[0] ?? ''
    const after = await login(await tokenOf(second.userid), '/agent/', { cookie: before })
    expect(after.headers['set-cookie']).not.toContain(before)
    expect((await withCookie(desk, before).v3('GET', 'session')).status).toBe(401)
  })
})

describe('guessing tokens', () => {
  test('ends after a while for the address, in plain text, and does not stop other addresses', async () => {
    const own = await newDesk()
    const guess = (remoteAddress: string) =>
      own.app.http.inject({ method: 'POST', url: '/login', remoteAddress, payload: `AuthToken=${'0'.repeat(32)}` })
    const replies = []
    for (let n = 0; n < 61; n++) replies.push(await guess('192.0.2.1'))
    expect(replies.at(0)?.statusCode).toBe(401)
    const last = replies.at(-1)
    expect(last?.statusCode).toBe(429)
    expect(last?.headers['content-type']).toContain('text/plain')
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await guess('192.0.2.2')).statusCode).toBe(401)
    await own.close()
  })
})
