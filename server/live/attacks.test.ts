import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { TEST_KEY } from '../../test/first-start.ts'
import { type LiveClient, listening, openEvents, openSocket } from '../../test/live.ts'
import { aConversation, anAgent } from '../../test/people.ts'
import { signIn, withCookie } from '../../test/session.ts'
import { recordEvent } from '../events/record.ts'

let desk: TestDesk
let url: string
let cookie: string
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_LIVE_LIMIT: '40' })
  url = await listening(desk)
  cookie = (await signIn(desk, (await anAgent(desk)).email)).cookie
})
afterAll(() => desk.close())

const open = new Set<LiveClient>()
afterEach(async () => {
  for (const client of open) client.close()
  await Promise.all([...open].map(({ closed }) => closed))
  open.clear()
})
async function kept(opening: Promise<LiveClient>): Promise<LiveClient> {
  const client = await opening
  open.add(client)
  await client.seen(({ type }) => type === 'hello')
  return client
}
/** The server notices a moment later than we that streams of another test are gone. */
const withRoom = (connectBy: () => Promise<LiveClient>): Promise<void> =>
  expect
    .poll(() =>
      kept(connectBy()).then(
        () => 200,
        ({ status }) => status,
      ),
    )
    .toBe(200)
const newTicket = async (headers: Record<string, string>) =>
  (await desk.v3('POST', 'live/tickets', undefined, { key: null, headers })).body.ticket

/** Sends bytes as they are and gives all that comes back until the connection ends. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
    socket.setTimeout(5_000, () => socket.destroy())
  })
}

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
const handshake = (path: string, ...lines: string[]): string =>
  [`GET ${path} HTTP/1.1`, `Host: ${new URL(url).host}`, ...HANDSHAKE, ...lines, '', ''].join('\r\n')
const SOCKET_KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='

describe.each([
  ['a WebSocket', openSocket],
  ['server-sent events', openEvents],
])('%s', (_, connectBy) => {
  test('is refused without a session, a key or a ticket, and with wrong ones', async () => {
    const nobody: Record<string, string>[] = [{}, { apikey: 'wrong' }, { cookie: 'deskhand=wrong' }, { apikey: '' }]
    for (const headers of nobody) await expect(connectBy(url, { headers })).rejects.toMatchObject({ status: 401 })
    await expect(connectBy(url, { headers: {}, query: { ticket: 'wrong' } })).rejects.toMatchObject({ status: 401 })
    // Keys do not belong in addresses.
    await expect(connectBy(url, { headers: {}, query: { apikey: TEST_KEY } })).rejects.toMatchObject({ status: 400 })
  })

  test('is refused to the page of another site that has the cookie sent along', async () => {
    const host = new URL(url).host
    for (const origin of [
      'https://evil.example',
      'null',
      'http://127.0.0.1:1',
      `http://${host}.evil.example`,
      `http://evil.example/${host}`,
      `http://${host}@evil.example`,
    ])
      await expect(connectBy(url, { headers: { cookie, origin } })).rejects.toMatchObject({ status: 403 })
    await expect(connectBy(url, { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).rejects.toMatchObject({
      status: 403,
    })
    const client = await kept(connectBy(url, { headers: { cookie, origin: url } }))
    expect(client.messages[0].userid).not.toBeNull()
  })

  test('is refused with a customer’s session', async () => {
    const token = cookie.split('=')[1] ?? ''
    await desk.app.database.write((tx) => tx.updateTable('sessions').set({ kind: 'customer' }).execute())
    await expect(connectBy(url, { headers: { cookie: `deskhand=${token}` } })).rejects.toMatchObject({ status: 401 })
    await desk.app.database.write((tx) => tx.updateTable('sessions').set({ kind: 'agent' }).execute())
  })

  test('opens with a ticket once, and not when two try at the same time', async () => {
    const query = { ticket: await newTicket({ apikey: TEST_KEY }) }
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, () => kept(connectBy(url, { headers: {}, query }))),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(connectBy(url, { headers: {}, query })).rejects.toMatchObject({ status: 401 })
  })

  test('does not open with a ticket that is too old, or whose session or key has ended', async () => {
    const late = await newTicket({ cookie })
    await desk.app.database.write((tx) =>
      tx
        .updateTable('live_tickets')
        .set({ expires_at: Date.now() - 1 })
        .execute(),
    )
    await expect(connectBy(url, { headers: {}, query: { ticket: late } })).rejects.toMatchObject({ status: 401 })

    const other = await signIn(desk, (await anAgent(desk)).email)
    const ofSession = await newTicket({ cookie: other.cookie })
    await other.v3('DELETE', 'session')
    await expect(connectBy(url, { headers: {}, query: { ticket: ofSession } })).rejects.toMatchObject({ status: 401 })

    const { id, key } = (await desk.v3('POST', 'apikeys', { name: 'Short', rights: 'read' })).body
    const ofKey = await newTicket({ apikey: key })
    await desk.v3('DELETE', `apikeys/${id}`)
    await expect(connectBy(url, { headers: {}, query: { ticket: ofKey } })).rejects.toMatchObject({ status: 401 })
  })

  test('by a ticket is for whom the ticket was given out, whoever sends it', async () => {
    const session = await withCookie(desk, cookie).v3('GET', 'session')
    const ticket = await newTicket({ cookie })
    const client = await kept(connectBy(url, { headers: {}, query: { ticket } }))
    expect(client.messages[0].userid).toBe(session.body.userid)
  })

  test('does not tell of a conversation that was guessed: there is no way to ask for one', async () => {
    const { conversationid } = await aConversation(desk)
    for (const name of ['conversationid', 'conversation', 'userid', 'departmentid'])
      await expect(connectBy(url, { query: { [name]: conversationid } })).rejects.toMatchObject({ status: 400 })
  })

  test('is one of so many that an address may hold; those that are gone make room', async () => {
    const key = { apikey: TEST_KEY }
    const clients: LiveClient[] = []
    for (let n = 0; n < 40; n++)
      await withRoom(async () => {
        const client = await connectBy(url, { headers: key })
        clients.push(client)
        return client
      })
    const more = await Promise.allSettled(Array.from({ length: 200 }, () => connectBy(url, { headers: key })))
    expect(more.map((one) => (one.status === 'rejected' ? one.reason.status : 200))).toEqual(more.map(() => 429))
    clients[0]?.close()
    await clients[0]?.closed
    await withRoom(() => connectBy(url, { headers: key }))
  })

  test('is one of so many that an agent may hold', async () => {
    for (let n = 0; n < 30; n++) await withRoom(() => connectBy(url, { headers: { cookie } }))
    await expect(connectBy(url, { headers: { cookie } })).rejects.toMatchObject({ status: 429 })
  })
})

describe('tickets', () => {
  test('are not given to nobody, nor to the page of another site', async () => {
    const ask = (headers: Record<string, string>) => desk.v3('POST', 'live/tickets', undefined, { key: null, headers })
    expect((await ask({})).status).toBe(401)
    expect((await ask({ cookie, origin: 'https://evil.example' })).status).toBe(403)
  })

  test('are stored as hashes only', async () => {
    const ticket = await newTicket({ cookie })
    const rows = await desk.app.database.reader.selectFrom('live_tickets').selectAll().execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(ticket)
  })
})

describe('what a client sends', () => {
  test.each([
    'no JSON',
    '{"type":"pong"}',
    '[]',
    'null',
    '{"type":"ping","more":1}',
    '"ping"',
    '\u0000',
    Buffer.from([0, 255, 1]),
  ])('that nobody understands is answered with an error, and the stream goes on: %j', async (text) => {
    const client = await kept(openSocket(url))
    client.say(text)
    expect(await client.seen(({ type }) => type === 'error')).toMatchObject({ code: 'invalid' })
    client.say('{"type":"ping"}')
    expect(await client.seen(({ type }) => type === 'pong')).toMatchObject({ number: expect.any(Number) })
  })

  test('that is too large closes its stream and no other', async () => {
    const [one, other] = [await kept(openSocket(url)), await kept(openSocket(url))]
    one.say('x'.repeat(100_000))
    expect((await one.closed).code).toBe(1009)
    await aConversation(desk)
    await other.seen(({ type }) => type === 'conversation.opened')
  })

  test('too often closes its stream', async () => {
    const client = await kept(openSocket(url))
    for (let n = 0; n < 100; n++) client.say('{"type":"ping"}')
    expect((await client.closed).code).toBe(1008)
  })
})

describe('a handshake', () => {
  test('with what else looks like a request behind it is answered once', async () => {
    const second = `GET /api/v3/settings HTTP/1.1\r\nHost: desk\r\napikey: ${TEST_KEY}\r\n\r\n`
    const refused = await raw(handshake('/api/v3/live', SOCKET_KEY) + second)
    expect(refused.match(/HTTP\/1\.1/g)).toEqual(['HTTP/1.1'])
    expect(refused).toMatch(/^HTTP\/1\.1 401 /)
    const withBody = await raw(handshake('/api/v3/live', SOCKET_KEY, `Content-Length: ${second.length}`) + second)
    expect(withBody.match(/HTTP\/1\.1/g)).toEqual(['HTTP/1.1'])
    // Accepted: what follows are frames, and these are none.
    const accepted = await raw(handshake('/api/v3/live', SOCKET_KEY, `apikey: ${TEST_KEY}`) + second)
    expect(accepted).toMatch(/^HTTP\/1\.1 101 /)
    expect(accepted.match(/HTTP\/1\.1/g)).toEqual(['HTTP/1.1'])
    expect(accepted).not.toContain('company_name')
  })

  test('with two lengths, or with a body in pieces as well, is no request', async () => {
    for (const lines of [
      ['Content-Length: 5', 'Content-Length: 6'],
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ])
      expect(await raw(handshake('/api/v3/live', SOCKET_KEY, `apikey: ${TEST_KEY}`, ...lines))).toMatch(
        /^HTTP\/1\.1 400 /,
      )
  })

  test.each([
    ['without a key of its own', []],
    ['with a broken key', ['Sec-WebSocket-Key: short']],
    ['of another version', [SOCKET_KEY, 'Sec-WebSocket-Version: 7']],
  ])('%s is refused, and counts for nobody', async (_, lines) => {
    const answer = await raw(handshake('/api/v3/live', `apikey: ${TEST_KEY}`, ...lines))
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  test('elsewhere is answered as any request there; other upgrades are not made', async () => {
    expect(await raw(handshake('/api/v3/nothing', SOCKET_KEY))).toMatch(/^HTTP\/1\.1 404 /)
    expect(await raw(handshake('/api/tags', SOCKET_KEY))).toMatch(/^HTTP\/1\.1 400 /)
    const body = `apikey=${TEST_KEY}&name=by-java`
    const post = await raw(
      `POST /api/tags HTTP/1.1\r\nHost: desk\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(post).toMatch(/^HTTP\/1\.1 (200|400) /)
    expect(post).not.toContain('Upgrade Required')
    const plain = await fetch(`${url}/api/v3/live`, { headers: { apikey: TEST_KEY } })
    expect(plain.status).toBe(400)
    expect(await plain.text()).toContain('websocket')
  })
})

describe('a reader who is too slow', () => {
  test('is cut, resumes with his number without a gap, and nobody waits for him', async () => {
    const slow = await kept(openSocket(url))
    const quick = await kept(openSocket(url))
    slow.pause()
    const COUNT = 160
    for (let n = 0; n < COUNT; n++)
      await desk.app.database.write(async (tx) =>
        recordEvent(tx, { type: 'tag.changed', data: { n, padding: 'x'.repeat(100_000) } }),
      )
    await quick.seen(({ data }) => data?.n === COUNT - 1)
    await new Promise((resume) => setTimeout(resume, 200))
    slow.resume()
    const { code, reason } = await slow.closed
    // Where the close itself still fits behind what waits, it says why; else the connection is just cut.
    expect([1013, 1006]).toContain(code)
    if (code === 1013) expect(reason).toContain('slow')
    const heard = slow.events()
    expect(heard.length).toBeLessThan(COUNT)
    const again = await kept(openSocket(url, { query: { after: heard.at(-1)?.number ?? slow.messages[0].number } }))
    await again.seen(({ data }) => data?.n === COUNT - 1)
    expect([...heard, ...again.events()].map(({ data }) => data.n)).toEqual(Array.from({ length: COUNT }, (_, n) => n))
  })
})
