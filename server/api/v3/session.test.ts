import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { OWNER_EMAIL, OWNER_PASSWORD } from '../../../test/first-start.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { cookieOf, signIn, withCookie } from '../../../test/session.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const post = (body: unknown, headers: Record<string, string> = {}) =>
  desk.v3('POST', 'session', body, { key: null, headers })

describe('signing in', () => {
  test('says the same to a wrong password, to an unknown address, and to an agent without a password', async () => {
    const wrong = await post({ email: OWNER_EMAIL, password: 'not the password' })
    const unknown = await post({ email: 'nobody@desk.test', password: 'not the password' })
    const email = 'no-password@desk.test'
    await desk.v3('POST', 'agents', { email })
    const without = await post({ email, password: 'not the password' })
    expect(wrong.status).toBe(401)
    expect([unknown.text, without.text]).toEqual([wrong.text, wrong.text])
    expect(wrong.headers['set-cookie']).toBeUndefined()
  })

  test('takes the e-mail only, in any case: a userid is no name to sign in with', async () => {
    const { userid, email } = await anAgent(desk)
    expect((await post({ email: userid, password: 'agent-password' })).status).toBe(401)
    expect((await post({ email: email.toUpperCase(), password: 'agent-password' })).status).toBe(200)
  })

  test('answers the agent, never a password, and sets a cookie that scripts cannot read', async () => {
    const reply = await post({ email: OWNER_EMAIL, password: OWNER_PASSWORD })
    expect(reply.body).toMatchObject({ email: OWNER_EMAIL, role: 'O', departments: ['default'] })
    expect(reply.text).not.toMatch(/password|argon/)
    const cookie = String(reply.headers['set-cookie'])
    expect(cookie).toMatch(/^deskhand=[A-Za-z0-9]{43}; /)
    for (const flag of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Expires=']) expect(cookie).toContain(flag)
    // The test desk is served over plain HTTP, where browsers would drop a secure cookie.
    expect(cookie).not.toContain('Secure')
    const { body } = await withCookie(desk, cookieOf(reply)).v3('GET', 'session')
    expect(body).toEqual(reply.body)
  })

  test('keeps the token as a hash only', async () => {
    const { cookie } = await signIn(desk, OWNER_EMAIL, OWNER_PASSWORD)
    const rows = await desk.app.database.reader.selectFrom('sessions').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1])
  })

  test('never takes over a token that was planted, and ends the session before', async () => {
    const { cookie } = await signIn(desk, OWNER_EMAIL, OWNER_PASSWORD)
    const planted = `deskhand=${'x'.repeat(43)}`
    const reply = await post({ email: OWNER_EMAIL, password: OWNER_PASSWORD }, { cookie: planted })
    expect(cookieOf(reply)).not.toBe(planted)
    expect((await withCookie(desk, planted).v3('GET', 'session')).status).toBe(401)
    await post({ email: OWNER_EMAIL, password: OWNER_PASSWORD }, { cookie })
    expect((await withCookie(desk, cookie).v3('GET', 'session')).status).toBe(401)
  })

  test('from another site is refused, right password or not: nobody is signed in under a foreign name', async () => {
    const right = { email: OWNER_EMAIL, password: OWNER_PASSWORD }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      const reply = await post(right, headers)
      expect(reply.status).toBe(403)
      expect(reply.headers['set-cookie']).toBeUndefined()
    }
    expect((await post(right, { origin: new URL(desk.app.publicUrl()).origin })).status).toBe(200)
  })
})

describe('a session', () => {
  test('is not what an API key has', async () => {
    expect((await desk.v3('GET', 'session')).status).toBe(401)
    expect((await desk.v3('GET', 'session', undefined, { key: null })).status).toBe(401)
  })

  test('changes nothing on behalf of another site, on either API', async () => {
    const { cookie } = await signIn(desk, OWNER_EMAIL, OWNER_PASSWORD)
    const { conversationid } = await aConversation(desk)
    const evil = { cookie, origin: 'https://evil.example' }
    const before = await desk.v1('GET', `conversations/${conversationid}`)
    const attempts = [
      await desk.v1('PUT', `conversations/${conversationid}/status`, { status: 'R' }, { key: null, headers: evil }),
      await desk.v1('DELETE', `conversations/${conversationid}`, {}, { key: null, headers: evil }),
      await desk.v3('PUT', `conversations/${conversationid}/status`, { status: 'R' }, { key: null, headers: evil }),
      await desk.v3('POST', 'agents', { email: 'evil@evil.example', role: 'O' }, { key: null, headers: evil }),
      await desk.v3('DELETE', 'session', undefined, { key: null, headers: evil }),
    ]
    expect(attempts.map(({ status }) => status)).toEqual([401, 401, 403, 403, 403])
    expect((await desk.v1('GET', `conversations/${conversationid}`)).body).toEqual(before.body)
    expect((await withCookie(desk, cookie).v3('GET', 'session')).status).toBe(200)
  })

  test('ends with a sign-out, which nobody can fail at', async () => {
    const browser = await signIn(desk, OWNER_EMAIL, OWNER_PASSWORD)
    const reply = await browser.v3('DELETE', 'session')
    expect(reply.body).toEqual({ status: 'OK' })
    expect(String(reply.headers['set-cookie'])).toMatch(/^deskhand=; .*Expires=Thu, 01 Jan 1970/)
    expect((await browser.v3('GET', 'session')).status).toBe(401)
    expect((await browser.v3('DELETE', 'session')).status).toBe(200)
  })

  test('ends by itself', async () => {
    const { cookie, v3 } = await signIn(desk, OWNER_EMAIL, OWNER_PASSWORD)
    expect((await v3('GET', 'session')).status).toBe(200)
    await desk.app.database.write((tx) =>
      tx
        .updateTable('sessions')
        .set({ expires_at: Date.now() - 1 })
        .execute(),
    )
    expect((await withCookie(desk, cookie).v3('GET', 'session')).status).toBe(401)
    expect((await withCookie(desk, cookie).v1('GET', 'tags')).status).toBe(400)
  })

  test('ends everywhere when the password changes, and goes on anew where he changed it himself', async () => {
    const { userid, email } = await anAgent(desk)
    const [here, elsewhere] = [await signIn(desk, email), await signIn(desk, email)]
    const reply = await here.v3('PATCH', `agents/${userid}`, { password: 'my new password' })
    expect(reply.status).toBe(200)
    expect((await elsewhere.v3('GET', 'session')).status).toBe(401)
    expect((await here.v3('GET', 'session')).status).toBe(401)
    expect((await withCookie(desk, cookieOf(reply)).v3('GET', 'session')).body.userid).toBe(userid)
    expect((await post({ email, password: 'agent-password' })).status).toBe(401)
    expect((await post({ email, password: 'my new password' })).status).toBe(200)
    const byAdmin = await desk.v3('PATCH', `agents/${userid}`, { password: 'set by the admin' })
    expect(byAdmin.headers['set-cookie']).toBeUndefined()
    expect((await withCookie(desk, cookieOf(reply)).v3('GET', 'session')).status).toBe(401)
  })

  test('ends when the agent is deleted, who can no longer sign in', async () => {
    const { userid, email } = await anAgent(desk)
    const browser = await signIn(desk, email)
    await desk.v3('DELETE', `agents/${userid}`)
    expect((await browser.v3('GET', 'session')).status).toBe(401)
    expect((await browser.v1('GET', 'conversations')).status).toBe(400)
    expect((await post({ email, password: 'agent-password' })).status).toBe(401)
  })

  test('follows a change of role and departments at once', async () => {
    const { userid, email } = await anAgent(desk)
    const browser = await signIn(desk, email)
    expect((await browser.v3('GET', 'apikeys')).status).toBe(403)
    await desk.v3('PATCH', `agents/${userid}`, { role: 'D' })
    expect((await browser.v3('GET', 'apikeys')).status).toBe(200)
  })
})

describe('failing to sign in', () => {
  test('ten times makes the account wait for this address, known or not, with the same words', async () => {
    const own = await newDesk()
    const attempt = (email: string, password: string) => own.v3('POST', 'session', { email, password }, { key: null })
    const answers: Record<string, string[]> = {}
    for (const email of [OWNER_EMAIL, 'nobody@desk.test']) {
      const replies = []
      for (let n = 0; n < 11; n++) replies.push(await attempt(email, 'wrong password'))
      expect(replies.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429])
      expect(Number(replies[10]?.headers['retry-after'])).toBeGreaterThan(0)
      answers[email] = replies.map(({ text }) => text.replaceAll(/\d+ s/g, ''))
    }
    expect(answers[OWNER_EMAIL]).toEqual(answers['nobody@desk.test'])
    expect((await attempt(OWNER_EMAIL.toUpperCase(), OWNER_PASSWORD)).status).toBe(429)
    const elsewhere = await own.app.http.inject({
      method: 'POST',
      url: '/api/v3/session',
      remoteAddress: '192.0.2.9',
      payload: { email: OWNER_EMAIL, password: OWNER_PASSWORD },
    })
    expect(elsewhere.statusCode).toBe(200)
    await own.close()
  })

  test('many times at once is not more than ten times', async () => {
    const own = await newDesk()
    const replies = await Promise.all(
      Array.from({ length: 30 }, () =>
        own.v3('POST', 'session', { email: OWNER_EMAIL, password: 'wrong password' }, { key: null }),
      ),
    )
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(10)
    await own.close()
  })

  test('is what counts: who signs in rightly may do so often', async () => {
    for (let n = 0; n < 12; n++) expect((await post({ email: OWNER_EMAIL, password: OWNER_PASSWORD })).status).toBe(200)
  })
})

describe('behind TLS', () => {
  test('only the cookie that is tied to this host counts: a plain one could come from a neighbour', async () => {
    const own = await newDesk({ DESKHAND_URL: 'https://help.example.com' })
    const reply = await own.v3('POST', 'session', { email: OWNER_EMAIL, password: OWNER_PASSWORD }, { key: null })
    const cookie = String(reply.headers['set-cookie'])
    expect(cookie).toMatch(/^__Host-deskhand=/)
    expect(cookie).toContain('Secure')
    const token = cookieOf(reply).split('=')[1]
    expect((await withCookie(own, `__Host-deskhand=${token}`).v3('GET', 'session')).status).toBe(200)
    expect((await withCookie(own, `deskhand=${token}`).v3('GET', 'session')).status).toBe(401)
    const headers = { cookie: cookieOf(reply), origin: 'http://help.example.com', host: 'help.example.com' }
    expect((await own.v3('POST', 'tags', { name: 'Planted' }, { key: null, headers })).status).toBe(403)
    const secure = { ...headers, origin: 'https://help.example.com' }
    expect((await own.v3('POST', 'tags', { name: 'Own' }, { key: null, headers: secure })).status).toBe(200)
    await own.close()
  })
})
