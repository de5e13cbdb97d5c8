import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { type LiveClient, listening, openEvents, openSocket } from '../../test/live.ts'
import { aConversation, anAgent } from '../../test/people.ts'
import { signIn } from '../../test/session.ts'
import { pruneEvents } from '../events/prune.ts'
import { lastEventNumber } from '../events/read.ts'
import { recordEvent } from '../events/record.ts'

let desk: TestDesk
let url: string
beforeAll(async () => {
  desk = await newDesk()
  url = await listening(desk)
})
afterAll(() => desk.close())

const open = new Set<LiveClient>()
afterEach(async () => {
  for (const client of open) client.close()
  await Promise.all([...open].map(({ closed }) => closed))
  open.clear()
})
async function kept<C extends LiveClient>(opening: Promise<C>): Promise<C> {
  const client = await opening
  open.add(client)
  await client.seen(({ type }) => type === 'hello')
  return client
}

const tag = async (name: string): Promise<void> => {
  const { status, text } = await desk.v3('POST', 'tags', { name, color: 'FF0000' })
  if (status !== 200) throw new Error(text)
}
let names = 0
const newName = (): string => `tag ${++names}`
const last = () => lastEventNumber(desk.app.database.reader)
const record = (type: string, data: Record<string, string | number>) =>
  desk.app.database.write(async (tx) => recordEvent(tx, { type, data }))

describe.each([
  ['a WebSocket', openSocket],
  ['server-sent events', openEvents],
])('a stream by %s', (_, connect) => {
  test('begins with a hello that says the number after which it goes on', async () => {
    const client = await kept(connect(url))
    expect(client.messages[0]).toEqual({
      type: 'hello',
      number: await last(),
      userid: null,
      heartbeat: 15,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  test('brings each event with its number, when it happened and what it is about', async () => {
    const client = await kept(connect(url))
    const { conversationid } = await aConversation(desk)
    const event = await client.seen(({ type }) => type === 'conversation.opened')
    expect(event).toEqual({
      type: 'conversation.opened',
      number: expect.any(Number),
      conversationid,
      at: expect.stringMatching(/Z$/),
      data: expect.objectContaining({ departmentid: 'default', status: 'N' }),
    })
  })

  test('goes on after a number without a gap and without repetition, also while more is written', async () => {
    const begin = await last()
    for (let n = 0; n < 40; n++) await record('tag.changed', { n })
    const writing = Promise.all(Array.from({ length: 200 }, (_, n) => record('tag.changed', { n: 40 + n })))
    const clients = await Promise.all(Array.from({ length: 5 }, () => kept(connect(url, { query: { after: begin } }))))
    await writing
    const end = await last()
    for (const client of clients) {
      await client.seen(({ number }) => number === end)
      const numbers = client.events().map(({ number }) => number)
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      expect(
        client
          .events()
          .map(({ data }) => data.n)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 240 }, (_, n) => n))
    }
  })

  test('catches up over many portions', async () => {
    const begin = await last()
    await desk.app.database.write(async (tx) => {
      for (let n = 0; n < 1_700; n++) recordEvent(tx, { type: 'tag.changed', data: { n } })
    })
    const client = await kept(connect(url, { query: { after: begin } }))
    await client.seen(({ data }) => data?.n === 1_699)
    expect(client.events().map(({ data }) => data.n)).toEqual(Array.from({ length: 1_700 }, (_, n) => n))
  })

  test('says "reset" for a number that was never given out, and goes on from now', async () => {
    const client = await kept(connect(url, { query: { after: 900_000_000 } }))
    const reset = await client.seen(({ type }) => type === 'reset')
    expect(reset).toMatchObject({ reason: 'future', number: await last() })
    const name = newName()
    await tag(name)
    await client.seen(({ data }) => data?.name === name)
    expect(client.events()).toHaveLength(1)
  })

  test('says "reset" for a number after which events were forgotten', async () => {
    const old = await last()
    await record('tag.changed', { n: 1 })
    while (await desk.app.database.write((tx) => pruneEvents(tx, Date.now() + 1_000)));
    const forgotten = await last()
    const client = await kept(connect(url, { query: { after: old } }))
    expect(await client.seen(({ type }) => type === 'reset')).toMatchObject({ reason: 'forgotten', number: forgotten })
    const upToDate = await kept(connect(url, { query: { after: forgotten } }))
    await record('tag.changed', { n: 2 })
    await upToDate.seen(({ data }) => data?.n === 2)
    expect(upToDate.messages.map(({ type }) => type)).toEqual(['hello', 'tag.changed'])
  })

  test.each(['-1', 'abc', '1.5', '99999999999999999999'])('refuses the number %s by its name', async (after) => {
    await expect(connect(url, { query: { after } })).rejects.toThrow(/400 .*after/)
  })

  test('makes an agent online while it is open, unless it only listens', async () => {
    const { email, userid } = await anAgent(desk)
    await desk.v3('PUT', `agents/${userid}/presets`, { presets: [{ departmentid: 'default', services: 'T' }] })
    const { cookie } = await signIn(desk, email)
    const status = async () => (await desk.v1('GET', 'departments/default/agents')).text
    const watching = await kept(connect(url))
    const silent = await kept(connect(url, { headers: { cookie }, query: { presence: 'no' } }))
    expect(silent.messages[0].userid).toBe(userid)
    expect(await connections(userid)).toBe(0)
    const client = await kept(connect(url, { headers: { cookie } }))
    expect(await connections(userid)).toBe(1)
    expect(await status()).toContain('"T"')
    await watching.seen(({ type, data }) => type === 'presence.changed' && data.onlinestatus === 'T')
    client.close()
    await watching.seen(({ type, data }) => type === 'presence.changed' && data.onlinestatus === 'F')
    expect(await connections(userid)).toBe(0)
  })
})

async function connections(userid: string): Promise<number> {
  const rows = await desk.app.database.reader
    .selectFrom('presence_connections')
    .select('id')
    .where('agent_id', '=', userid)
    .execute()
  return rows.length
}

describe('server-sent events', () => {
  test('carry their number as an id, and go on after the Last-Event-ID rather than the first number', async () => {
    const begin = await last()
    await record('tag.changed', { n: 1 })
    const middle = await last()
    await record('tag.changed', { n: 2 })
    const headers = { apikey: 'test-key-with-full-rights', 'last-event-id': String(middle) }
    const { TEST_KEY } = await import('../../test/first-start.ts')
    const client = await kept(openEvents(url, { query: { after: begin }, headers: { ...headers, apikey: TEST_KEY } }))
    await client.seen(({ data }) => data?.n === 2)
    expect(client.events().map(({ data }) => data.n)).toEqual([2])
    expect(client.ids).toEqual([middle, client.events()[0].number])
  })
})
