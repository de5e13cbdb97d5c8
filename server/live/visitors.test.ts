import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aChat, aChatter, aDepartment, aVisitor, type Chatter } from '../../test/chats.ts'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { TEST_KEY } from '../../test/first-start.ts'
import { type LiveClient, listening, openEvents, openSocket } from '../../test/live.ts'
import { recordEvent } from '../events/record.ts'

let desk: TestDesk
let url: string
let department: string
let agent: Chatter
beforeAll(async () => {
  desk = await newDesk()
  url = await listening(desk)
})
// An agent takes so many chats and no more.
beforeEach(async () => {
  department = await aDepartment(desk)
  agent = await aChatter(desk, [department])
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

type Connect = (token: string, query?: Record<string, string | number>) => Promise<LiveClient>
const bySocket: Connect = (token, query = {}) =>
  openSocket(url, { path: '/api/widget/live', query, headers: {}, protocols: ['deskhand', token] })
const byEvents: Connect = (token, query = {}) =>
  openEvents(url, { path: '/api/widget/live/events', query, headers: { authorization: `Bearer ${token}` } })

async function say(chatId: string, text: string): Promise<void> {
  const { status, text: answer } = await agent.v3('POST', `chats/${chatId}/messages`, { message: text })
  if (status !== 200) throw new Error(answer)
}

describe.each([
  ['a WebSocket', bySocket],
  ['server-sent events', byEvents],
])('a visitor with %s', (_, connect) => {
  test('hears what happens in his chat and what is said in it, as he sees it elsewhere', async () => {
    const { visitor, id } = await aChat(desk, { department })
    const client = await kept(connect(visitor.token))
    expect(client.messages[0]).toMatchObject({ type: 'hello', visitorid: visitor.id, number: expect.any(Number) })
    await agent.v3('POST', `chats/${id}/accept`)
    await say(id, 'Yes, we do.')
    await visitor.call('POST', `chats/${id}/messages`, { message: 'Lovely' })
    await agent.v3('POST', `chats/${id}/typing`)
    await visitor.call('POST', `chats/${id}/end`)
    await client.seen(({ type }) => type === 'chat.ended')
    const accepted = client.events().find(({ type }) => type === 'chat.accepted')
    expect(accepted).toEqual({
      number: expect.any(Number),
      type: 'chat.accepted',
      chatid: id,
      at: expect.stringMatching(/Z$/),
      data: { agent: { name: 'Ada Agent', avatar_url: '' } },
    })
    const { messages } = (await visitor.call('GET', `chats/${id}/messages`)).body
    const heard = client.events().flatMap(({ data }) => data.messages ?? [])
    expect(heard.map(({ message }) => message)).toEqual(['Yes, we do.', 'Lovely'])
    for (const message of heard) expect(messages).toContainEqual(message)
    expect(JSON.stringify(client.messages)).not.toContain(agent.userid)
    expect(JSON.stringify(client.messages)).not.toContain(agent.email)
  })

  test('hears nothing of anybody else, of notes, of offers, or of the desk', async () => {
    const mine = await aChat(desk, { department })
    const client = await kept(connect(mine.visitor.token))
    const other = await aChat(desk, { department })
    await agent.v3('POST', `chats/${other.id}/accept`)
    await say(other.id, 'This is for another')
    await desk.v1('POST', `conversations/${mine.id}/messages`, { message: 'rude customer', type: 'N' })
    await desk.v3('POST', 'tags', { name: `tag of ${mine.id}`, color: 'FF0000' })
    await agent.v3('POST', `chats/${mine.id}/accept`)
    await say(mine.id, 'This is for you')
    await client.seen(({ data }) => data?.messages?.[0]?.message === 'This is for you')
    expect(new Set(client.events().map(({ chatid }) => chatid))).toEqual(new Set([mine.id]))
    const text = JSON.stringify(client.messages)
    for (const secret of ['This is for another', 'rude', 'offer', 'agentid', 'userid', 'departmentid', 'tag of'])
      expect(text).not.toContain(secret)
  })

  test('goes on after a number, and is told to begin anew after one that is too old', async () => {
    const { visitor, id } = await aChat(desk, { department })
    const first = await kept(connect(visitor.token))
    await agent.v3('POST', `chats/${id}/accept`)
    const { number } = await first.seen(({ type }) => type === 'chat.accepted')
    first.close()
    await first.closed
    for (const text of ['one', 'two', 'three']) await say(id, text)
    const again = await kept(connect(visitor.token, { after: number }))
    await again.seen(({ data }) => data?.messages?.[0]?.message === 'three')
    expect(again.events().map(({ data }) => data.messages[0].message)).toEqual(['one', 'two', 'three'])
    await desk.app.database.write(async (tx) => {
      for (let n = 0; n < 5_100; n++) recordEvent(tx, { type: 'tag.changed', data: { n } })
    })
    const late = await kept(connect(visitor.token, { after: number }))
    expect(await late.seen(({ type }) => type === 'reset')).toMatchObject({ reason: 'forgotten' })
  })

  test('needs his own token: none, a wrong one, a key, or another’s chat give nothing', async () => {
    const { visitor, id } = await aChat(desk, { department })
    for (const token of ['wrong', 'a'.repeat(43), TEST_KEY, visitor.id, id])
      await expect(connect(token)).rejects.toMatchObject({ status: 401 })
    // There is no parameter to ask for a chat with.
    const stranger = await aVisitor(desk)
    await expect(connect(stranger.token, { chatid: id })).rejects.toMatchObject({ status: 400 })
    await expect(connect(stranger.token, { token: visitor.token })).rejects.toMatchObject({ status: 400 })
    const client = await kept(connect(stranger.token))
    await agent.v3('POST', `chats/${id}/accept`)
    await say(id, 'hello')
    const own = await stranger.call('POST', 'chats', { department, message: 'Me, too' })
    await client.seen(({ chatid }) => chatid === own.body.chatid)
    expect(client.events().map(({ chatid }) => chatid)).not.toContain(id)
  })

  test('may come from any site, with ten streams at a time, and agents’ streams are not for his token', async () => {
    const { token } = await aVisitor(desk)
    await expect(openSocket(url, { headers: { authorization: `Bearer ${token}` } })).rejects.toMatchObject({
      status: 401,
    })
    await expect(openSocket(url, { headers: {}, query: { ticket: token } })).rejects.toMatchObject({ status: 401 })
    for (let n = 0; n < 10; n++) await kept(connect(token))
    await expect(connect(token)).rejects.toMatchObject({ status: 429 })
  })
})

describe('a visitor’s handshake', () => {
  test('is answered with the protocol and never with the token', async () => {
    const { token } = await aVisitor(desk)
    const options = { path: '/api/widget/live', headers: { origin: 'https://shop.example' } }
    const client = await kept(openSocket(url, { ...options, protocols: ['deskhand', token] }))
    expect(client.protocol).toBe('deskhand')
    await expect(openSocket(url, { ...options, protocols: [token] })).rejects.toMatchObject({ status: 401 })
    await expect(openSocket(url, { ...options, protocols: ['deskhand'] })).rejects.toMatchObject({ status: 401 })
  })

  test('is not one with a session or a key', async () => {
    const others: Record<string, string>[] = [{ cookie: agent.cookie }, { apikey: TEST_KEY }]
    for (const headers of others)
      await expect(openSocket(url, { path: '/api/widget/live', headers })).rejects.toMatchObject({ status: 401 })
  })
})

test('pages of other sites may read a visitor’s server-sent events', async () => {
  const { token } = await aVisitor(desk)
  const abort = new AbortController()
  const reply = await fetch(`${url}/api/widget/live/events`, {
    headers: { authorization: `Bearer ${token}`, origin: 'https://shop.example' },
    signal: abort.signal,
  })
  expect(reply.headers.get('access-control-allow-origin')).toBe('*')
  expect(reply.headers.get('content-type')).toContain('text/event-stream')
  abort.abort()
})
