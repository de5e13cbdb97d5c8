// Two servers on one PostgreSQL: a visitor on one and an agent on the other chat as if there were one; and what an agent had
// or was asked to take goes to a colleague when his server is killed.
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { AGENT_PATIENCE_MS } from '../../server/desk/chats/route.ts'
import { LEASE_MS } from '../../server/desk/presence/alive.ts'
import { TEST_KEY } from '../first-start.ts'
import { type LiveClient, type LiveMessage, openSocket } from '../live.ts'
import { newPlace, type Place, type Server, start, stop } from './server.ts'

let place: Place
afterEach(() => place.remove())

const JSON_TYPE = { 'content-type': 'application/json' }

async function ask(server: Server, method: string, path: string, headers: Record<string, string>, body?: object) {
  const reply = await fetch(`${server.url}/api/${path}`, {
    method,
    headers: { ...headers, ...(body && JSON_TYPE) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  if (reply.status !== 200) throw new Error(`${method} ${path}: ${text}`)
  return { body: JSON.parse(text), cookie: reply.headers.get('set-cookie')?.split(';', 1)[0] ?? '' }
}

const byKey = { apikey: TEST_KEY }

interface Agent {
  userid: string
  client: LiveClient
  v3(method: string, path: string, body?: object): Promise<LiveMessage>
}

/** An agent who takes chats, online by a stream of a server. */
async function anAgentOn(server: Server, name: string): Promise<Agent> {
  const [email, password] = [`${name}@desk.test`, 'agent-password']
  const draft = { email, password, firstname: name, lastname: 'Agent', role: 'A', departments: ['default'] }
  const { userid } = (await ask(server, 'POST', 'v3/agents', byKey, draft)).body
  const presets = [{ departmentid: 'default', services: 'T' }]
  await ask(server, 'PUT', `v3/agents/${userid}/presets`, byKey, { presets })
  const { cookie } = await ask(server, 'POST', 'v3/session', {}, { email, password })
  const client = await openSocket(server.url, { headers: { cookie } })
  await client.seen(({ type }) => type === 'hello')
  return {
    userid,
    client,
    v3: async (...call) => (await ask(server, call[0], `v3/${call[1]}`, { cookie }, call[2])).body,
  }
}

interface Visitor {
  client: LiveClient
  call(method: string, path: string, body?: object): Promise<LiveMessage>
}

async function aVisitorOn(server: Server): Promise<Visitor> {
  const { token } = (await ask(server, 'POST', 'widget/visitors', {}, {})).body
  const client = await openSocket(server.url, {
    path: '/api/widget/live',
    headers: {},
    protocols: ['deskhand', token],
  })
  await client.seen(({ type }) => type === 'hello')
  const headers = { authorization: `Bearer ${token}` }
  return {
    client,
    call: async (method, path, body) => (await ask(server, method, `widget/${path}`, headers, body)).body,
  }
}

const offeredTo =
  ({ userid }: Agent, chat: string) =>
  (message: LiveMessage): boolean =>
    message.type === 'chat.offered' && message.conversationid === chat && message.data.agentid === userid

test('a chat lives on two servers, and outlives the one of its agent', { timeout: 120_000 }, async () => {
  place = await newPlace('started')
  const [one, two] = [await start(place), await start(place)]
  // Longer than anybody waits here: what rings must not ring out by itself.
  await ask(one, 'PATCH', 'v3/departments/default/routing', byKey, { chats: { offer_seconds: 600 } })
  const ada = await anAgentOn(two, 'ada')
  const anna = await aVisitorOn(one)
  const { chatid: running } = await anna.call('POST', 'chats', { message: 'Do you ship to Oslo?' })
  await ada.client.seen(offeredTo(ada, running))
  await ada.v3('POST', `chats/${running}/accept`, {})
  await anna.client.seen(({ type }) => type === 'chat.accepted')
  await ada.v3('POST', `chats/${running}/messages`, { message: 'We do.' })
  await anna.client.seen(({ type, data }) => type === 'chat.message' && data.messages[0].message === 'We do.')
  const { messageid } = await anna.call('POST', `chats/${running}/messages`, { message: 'How long does it take?' })
  await ada.client.seen(({ type, data }) => type === 'chat.message' && data.messageid === messageid)
  const ben = await aVisitorOn(one)
  const { chatid: ringing } = await ben.call('POST', 'chats', { message: 'Me, too' })
  await ada.client.seen(offeredTo(ada, ringing))
  const bob = await anAgentOn(one, 'bob')

  two.kill('SIGKILL')
  expect(await two.ended).toEqual({ code: null, signal: 'SIGKILL' })
  await aTimeLater(ada, running)
  await bob.client.seen(offeredTo(bob, ringing))
  await bob.client.seen(offeredTo(bob, running))
  await anna.client.seen(({ type }) => type === 'chat.queued')
  for (const chat of [ringing, running]) await bob.v3('POST', `chats/${chat}/accept`, {})
  await bob.v3('POST', `chats/${running}/messages`, { message: 'Three days.' })
  await anna.client.seen(({ type, data }) => type === 'chat.message' && data.messages[0].message === 'Three days.')
  const said = (await anna.call('GET', `chats/${running}/messages`)).messages
  expect(said.map(({ message }: LiveMessage) => message)).toEqual([
    'Do you ship to Oslo?',
    'We do.',
    'How long does it take?',
    'Three days.',
  ])
  expect(await factsOf(ringing)).toEqual([`chat_offer_missed ${ada.userid}`, `chat_accepted ${bob.userid}`])
  // A chat is picked up once, by whom it was first.
  expect(await factsOf(running)).toEqual([`chat_accepted ${ada.userid}`])
  expect(await stop(one)).toEqual({ code: 0, signal: null })
  expect(one.stderr()).toBe('')
})

const database = () =>
  openDatabase({ dataFolder: place.folder, url: place.env.DATABASE_URL, poolSize: 2, mustExist: true })

/**
 * As if the time had passed that is stated: for a lost connection, for a visitor who waits for an agent who has gone, and
 * for the jobs that the killed process was at.
 */
async function aTimeLater({ userid }: Agent, chat: string): Promise<void> {
  const opened = await database()
  await opened.write(async (tx) => {
    await tx
      .updateTable('presence_connections')
      .set((eb) => ({ seen_at: eb('seen_at', '-', LEASE_MS), expires_at: eb('expires_at', '-', LEASE_MS) }))
      .where('agent_id', '=', userid)
      .execute()
    await tx
      .updateTable('conversations')
      .set((eb) => ({ waiting_since: eb('waiting_since', '-', AGENT_PATIENCE_MS) }))
      .where('id', '=', chat)
      .execute()
    await tx.updateTable('jobs').set({ locked_until: 0 }).where('locked_until', 'is not', null).execute()
  })
  await opened.close()
}

async function factsOf(chat: string): Promise<string[]> {
  const opened = await database()
  try {
    const rows = await opened.reader
      .selectFrom('facts')
      .select(['kind', 'agent_id'])
      .where('conversation_id', '=', chat)
      .where('kind', 'in', ['chat_offer_missed', 'chat_accepted'])
      .orderBy('seq')
      .execute()
    return rows.map(({ kind, agent_id }) => `${kind} ${agent_id}`)
  } finally {
    await opened.close()
  }
}
