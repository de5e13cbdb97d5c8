// Live streams of the real program: they end cleanly with it, agents stay online no longer than they are there, and
// what happens in one process is heard in another.
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { openDatabase } from '../../server/db/open.ts'
import { LEASE_MS } from '../../server/desk/presence/alive.ts'
import { sweepPresence } from '../../server/desk/presence/connections.ts'
import { engine } from '../desk.ts'
import { OWNER_EMAIL, OWNER_PASSWORD, TEST_KEY } from '../first-start.ts'
import { openEvents, openSocket } from '../live.ts'
import { call, newPlace, type Place, pause, run, type Server, start, stop } from './server.ts'

let place: Place
let server: Server
beforeEach(async () => {
  place = await newPlace('started')
  server = await start(place)
})
afterEach(() => place.remove())

async function signIn({ url }: Pick<Server, 'url'>): Promise<string> {
  const reply = await fetch(`${url}/api/v3/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: OWNER_EMAIL, password: OWNER_PASSWORD }),
  })
  if (reply.status !== 200) throw new Error(await reply.text())
  return reply.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
}

const database = () =>
  openDatabase({ dataFolder: place.folder, url: place.env.DATABASE_URL, poolSize: 2, mustExist: true })

async function presence(): Promise<{ connections: number; open: number; ends: number[] }> {
  const opened = await database()
  const connections = await opened.reader.selectFrom('presence_connections').selectAll().execute()
  const stretches = await opened.reader.selectFrom('online_stretches').selectAll().execute()
  await opened.close()
  const ends = stretches.flatMap(({ to_at }) => to_at ?? [])
  return { connections: connections.length, open: stretches.length - ends.length, ends }
}

/** The owner takes chats and is online by a WebSocket and, a little later, by server-sent events. */
async function beOnline() {
  const cookie = await signIn(server)
  const me = await fetch(`${server.url}/api/v3/session`, { headers: { cookie } })
  const { userid } = z.object({ userid: z.string() }).parse(await me.json())
  const set = await fetch(`${server.url}/api/v3/agents/${userid}/presets`, {
    method: 'PUT',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ presets: [{ departmentid: 'default', services: 'T' }] }),
  })
  if (set.status !== 200) throw new Error(await set.text())
  const first = await openSocket(server.url, { headers: { cookie } })
  await first.seen(({ type }) => type === 'hello')
  // Times of presence are whole seconds: what was shorter was nothing.
  await pause(1_100)
  const second = await openEvents(server.url, { headers: { cookie } })
  await second.seen(({ type }) => type === 'hello')
  return [first, second]
}

describe('a stop', () => {
  test('closes every stream, says so, and ends the presence of who listened', async () => {
    const clients = await beOnline()
    expect(await presence()).toMatchObject({ connections: 2, ends: [] })
    const before = Math.floor(Date.now() / 1_000) * 1_000
    expect(await stop(server)).toEqual({ code: 0, signal: null })
    for (const { closed } of clients) expect((await closed).code).toBe(1012)
    const { connections, open, ends } = await presence()
    expect({ connections, open }).toEqual({ connections: 0, open: 0 })
    for (const end of ends) expect(end).toBeGreaterThanOrEqual(before)
    expect(server.stderr()).toBe('')
  })

  test('does not wait long for who does not answer', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v3/live`, { headers: { apikey: TEST_KEY } })
    await new Promise((resolve) => socket.once('message', resolve))
    // Reads nothing more, and so never sees that it is asked to close.
    socket.pause()
    socket.on('error', () => {})
    const began = Date.now()
    expect(await stop(server)).toEqual({ code: 0, signal: null })
    expect(Date.now() - began).toBeLessThan(15_000)
    socket.terminate()
  })
})

describe('a process that is killed', () => {
  test('leaves nobody online: the sweep of another ends it where he was seen last', async () => {
    const before = Date.now()
    await beOnline()
    server.kill('SIGKILL')
    await server.ended
    expect(await presence()).toMatchObject({ connections: 2, ends: [] })
    const opened = await database()
    const proofs = await opened.reader.selectFrom('presence_connections').select('seen_at').execute()
    const seen = Math.max(...proofs.map(({ seen_at }) => seen_at))
    expect(seen).toBeGreaterThanOrEqual(before)
    await opened.write((tx) => sweepPresence(tx, seen + LEASE_MS + 1_000))
    await opened.close()
    const { connections, open, ends } = await presence()
    expect({ connections, open }).toEqual({ connections: 0, open: 0 })
    expect(ends.length).toBeGreaterThan(0)
    for (const end of ends) expect(end).toBe(Math.floor(seen / 1_000) * 1_000)
  })
})

describe('what another process writes', () => {
  test('is heard', async () => {
    const cookie = await signIn(server)
    const client = await openSocket(server.url, { headers: { cookie } })
    await client.seen(({ type }) => type === 'hello')
    const added = await run(place, ['department', 'add', 'By hand'])
    expect([added.code, added.stderr]).toEqual([0, ''])
    await client.seen(({ type }) => type === 'department.added')
    client.close()
    await client.closed
  })

  if (engine === 'postgres')
    test('is heard by the listeners of two servers, in the same order', async () => {
      const other = await start(place)
      const clients = await Promise.all([server, other].map(({ url }) => openSocket(url)))
      for (const client of clients) await client.seen(({ type }) => type === 'hello')
      const COUNT = 60
      await Promise.all(
        Array.from({ length: COUNT }, (_, n) =>
          call(n % 2 === 0 ? server : other, 'POST', 'tags', { apikey: TEST_KEY, name: `tag ${n}`, color: 'FF0000' }),
        ),
      )
      for (const client of clients)
        await expect
          .poll(() => client.events().filter(({ type }) => type === 'tag.added').length, { timeout: 20_000 })
          .toBe(COUNT)
      const [here, there] = clients.map((client) => client.events().map(({ number }) => number))
      expect(here).toEqual(there)
      for (const client of clients) client.close()
      expect(await stop(other)).toEqual({ code: 0, signal: null })
    })
})

if (process.platform === 'linux')
  test('two hundred streams take little memory', async () => {
    const memory = (): number =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024
    const first = await openSocket(server.url)
    await first.seen(({ type }) => type === 'hello')
    const before = memory()
    const clients = await Promise.all(Array.from({ length: 199 }, () => openSocket(server.url)))
    for (const client of clients) await client.seen(({ type }) => type === 'hello')
    expect(memory() - before).toBeLessThan(60)
    for (const client of [first, ...clients]) client.close()
    expect(await stop(server)).toEqual({ code: 0, signal: null })
  })
