// Two servers on one PostgreSQL, one of which is killed: its agents go offline, with the true end, and no others.
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { LEASE_MS } from '../../server/desk/presence/alive.ts'
import { enqueue } from '../../server/jobs/queue.ts'
import { TEST_KEY } from '../first-start.ts'
import { openSocket } from '../live.ts'
import { call, newPlace, type Place, type Server, start, until } from './server.ts'

let place: Place | undefined
afterEach(() => place?.remove())

/** An agent who takes chats, online by a stream of a server. */
async function online(server: Server, name: string): Promise<string> {
  const headers = { 'content-type': 'application/json', apikey: TEST_KEY }
  const ask = async (method: string, path: string, body: object, more: object = headers) => {
    const reply = await fetch(`${server.url}/api/v3/${path}`, {
      method,
      headers: { ...more },
      body: JSON.stringify(body),
    })
    const text = await reply.text()
    if (reply.status !== 200) throw new Error(text)
    return { body: JSON.parse(text), cookie: reply.headers.get('set-cookie')?.split(';', 1)[0] ?? '' }
  }
  const [email, password] = [`${name}@desk.test`, 'agent-password']
  const agent = { email, password, firstname: name, lastname: 'Agent', role: 'A', departments: ['default'] }
  const { userid } = (await ask('POST', 'agents', agent)).body
  await ask('PUT', `agents/${userid}/presets`, { presets: [{ departmentid: 'default', services: 'T' }] })
  const { cookie } = await ask('POST', 'session', { email, password }, { 'content-type': 'application/json' })
  const client = await openSocket(server.url, { headers: { cookie } })
  await client.seen(({ type }) => type === 'hello')
  return userid
}

test('a killed server takes its agents offline where they were seen last, and no others', async () => {
  place = await newPlace('started')
  const [one, two] = [await start(place), await start(place)]
  const gone = await online(one, 'ada')
  const stays = await online(two, 'bob')
  const statuses = async (): Promise<Record<string, string>> => {
    const { agentsOnlineStates } = (await call(two, 'GET', 'onlinestatus/agents', { apikey: TEST_KEY })).body
    return Object.fromEntries(
      agentsOnlineStates.map(({ id, onlineStatus }: { id: string; onlineStatus: string }) => [id, onlineStatus]),
    )
  }
  await until(async () => (await statuses())[gone] === 'T' && (await statuses())[stays] === 'T')
  one.kill('SIGKILL')
  await one.ended
  const database = await openDatabase({
    dataFolder: place.folder,
    url: place.env.DATABASE_URL,
    poolSize: 2,
    mustExist: true,
  })
  try {
    // As if what is stated had passed since then.
    const seen = await database.write(async (tx) => {
      const earlier = LEASE_MS + 60_000
      await tx
        .updateTable('presence_connections')
        .set((eb) => ({ seen_at: eb('seen_at', '-', earlier), expires_at: eb('expires_at', '-', earlier) }))
        .where('agent_id', '=', gone)
        .execute()
      await tx
        .updateTable('online_stretches')
        .set((eb) => ({ from_at: eb('from_at', '-', earlier + 10_000), seen_at: eb('seen_at', '-', earlier) }))
        .where('agent_id', '=', gone)
        .execute()
      const rows = await tx.selectFrom('presence_connections').select('seen_at').where('agent_id', '=', gone).execute()
      return Math.max(...rows.map(({ seen_at }) => seen_at))
    })
    expect(await statuses()).toMatchObject({ [gone]: 'F', [stays]: 'T' })
    await database.write((tx) => enqueue(tx, 'sweep-presence', {}))
    const openOf = async (agentId: string) =>
      (
        await database.reader.selectFrom('online_stretches').selectAll().where('agent_id', '=', agentId).execute()
      ).filter(({ to_at }) => to_at === null).length
    await until(async () => (await openOf(gone)) === 0)
    const ended = await database.reader
      .selectFrom('online_stretches')
      .selectAll()
      .where('agent_id', '=', gone)
      .execute()
    expect(ended.length).toBeGreaterThan(0)
    for (const { to_at } of ended) expect(to_at).toBe(Math.floor(seen / 1_000) * 1_000)
    expect(await openOf(stays)).toBeGreaterThan(0)
    expect(await statuses()).toMatchObject({ [gone]: 'F', [stays]: 'T' })
  } finally {
    await database.close()
  }
})
