// The process is killed in the middle of chats: what it answered is there afterwards, once, and chats and queue go on.
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { TEST_KEY } from '../first-start.ts'
import { newPlace, type Place, pause, type Server, start, stop, until, untilDeserted } from './server.ts'

const ROUNDS = 3
const AGENTS = 2
const VISITORS = 6

let place: Place
afterEach(() => place.remove())

interface Reply {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; each assertion is the check.
  body: any
}

async function ask(server: Server, method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
  const reply = await fetch(`${server.url}/api/${path}`, {
    method,
    headers: {
      ...(token === undefined ? { apikey: TEST_KEY } : { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: reply.status, body: await reply.json() }
}

interface Visitor {
  token: string
  chat: string | undefined
}

/** What was asked for, and what was answered. */
class Witness {
  readonly asked = new Set<string>()
  readonly answered = new Map<string, string>()
  /** How many of them agents wrote. */
  byAgents = 0
  #n = 0

  next(): string {
    const text = `Words number ${this.#n++}.`
    this.asked.add(text)
    return text
  }
}

/** Chats until the server is gone. */
async function chatter(server: Server, witness: Witness, visitor: Visitor): Promise<void> {
  try {
    for (;;) {
      if (visitor.chat === undefined) {
        const message = witness.next()
        const { status, body } = await ask(server, 'POST', 'widget/chats', { message }, visitor.token)
        // Asked for before the end, and not heard of since.
        if (status === 409)
          visitor.chat = (await ask(server, 'GET', 'widget/visitor', undefined, visitor.token)).body.chatid
        else if (status === 200) {
          visitor.chat = body.chatid
          witness.answered.set(message, body.chatid)
        } else if (status !== 429) throw new Error(JSON.stringify(body))
      } else {
        const message = witness.next()
        const reply = await ask(server, 'POST', `widget/chats/${visitor.chat}/messages`, { message }, visitor.token)
        if (reply.status === 200) witness.answered.set(message, visitor.chat)
        else if (reply.status !== 429) throw new Error(JSON.stringify(reply.body))
      }
      await pause(15)
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

/** Takes what rings, and answers, until the server is gone. */
async function answering(server: Server, witness: Witness, agent: string): Promise<void> {
  try {
    for (;;) {
      const { body } = await ask(server, 'GET', `v3/chats?agent=${agent}`)
      for (const { chatid, state } of body.chats) {
        if (state === 'queued') await ask(server, 'POST', `v3/chats/${chatid}/accept`, { agent })
        const message = witness.next()
        const reply = await ask(server, 'POST', `v3/chats/${chatid}/messages`, { agent, message })
        if (reply.status !== 200) continue
        witness.answered.set(message, chatid)
        witness.byAgents++
      }
      await pause(15)
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

async function online(server: Server, agents: readonly string[]): Promise<void> {
  for (const agent of agents) {
    const presets = [{ departmentid: 'default', services: 'T' }]
    expect((await ask(server, 'PUT', `v3/agents/${agent}/presets`, { presets })).status).toBe(200)
    expect((await ask(server, 'POST', 'v3/presence', { agent, seconds: 3_600 })).status).toBe(200)
  }
}

test('a killed process leaves chats, what was said in them and the queue as they were', {
  timeout: 120_000,
}, async () => {
  place = await newPlace('started')
  const witness = new Witness()
  let server = await start(place)
  const agents: string[] = []
  for (let n = 0; n < AGENTS; n++) {
    const draft = {
      email: `chat-${n}@desk.test`,
      firstname: 'Ada',
      lastname: `${n}`,
      role: 'A',
      departments: ['default'],
    }
    agents.push(
      (await ask(server, 'POST', 'v3/agents', { ...draft, gender: 'F', password: 'agent-password' })).body.userid,
    )
  }
  await online(server, agents)
  // More visitors than the agents can take: some of them wait.
  await ask(server, 'PATCH', 'v3/departments/default/routing', { chats: { capacity: 2 } })
  const visitors: Visitor[] = []
  for (let n = 0; n < VISITORS; n++)
    visitors.push({ token: (await ask(server, 'POST', 'widget/visitors', {}, 'x')).body.token, chat: undefined })
  for (let round = 0; round < ROUNDS; round++) {
    const before = { all: witness.answered.size, byAgents: witness.byAgents }
    const clients = [
      ...visitors.map((visitor) => chatter(server, witness, visitor)),
      ...agents.map((agent) => answering(server, witness, agent)),
    ]
    await until(() => witness.answered.size > before.all + 40 && witness.byAgents > before.byAgents + 5)
    await pause(Math.random() * 300)
    server.kill('SIGKILL')
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' })
    await Promise.all(clients)
    await untilDeserted(place)
    await assertWhole(witness)
    server = await start(place)
    const { chats } = (await ask(server, 'GET', 'v3/chats')).body
    expect(chats).toHaveLength(VISITORS)
    expect(chats.filter(({ state }: { state: string }) => state === 'running').length).toBeGreaterThan(0)
    expect(chats.filter(({ state }: { state: string }) => state === 'queued').length).toBeGreaterThan(0)
  }
  // Life goes on: everybody says goodbye, and those who waited are asked for in turn.
  for (const { token, chat } of visitors)
    expect((await ask(server, 'POST', `widget/chats/${chat}/end`, undefined, token)).body.state).toBe('ended')
  expect((await ask(server, 'GET', 'v3/chats')).body.chats).toEqual([])
  await assertWhole(witness)
  expect(await stop(server)).toEqual({ code: 0, signal: null })
  expect(server.stderr()).toBe('')
})

const FAULTS = {
  'load of chats and chats differ': `
    select department_id, agent_id, sum(n) from (
      select department_id, agent_id, delta as n from load_changes where service = 'chats'
      union all
      select conversations.department_id, case chats.state when 'running' then chats.agent_id else '' end, -1
      from chats join conversations on conversations.id = chats.conversation_id where chats.state <> 'ended') as loads
    group by department_id, agent_id having sum(n) <> 0`,
  'who has a chat and its state differ': `
    select conversation_id from chats where (state = 'running') <> exists (
      select 1 from offers where service = 'chats' and item_id = conversation_id and ended_at is null
        and accepted_at is not null and offers.agent_id = chats.agent_id)`,
  'two who have one chat': `
    select item_id from offers where ended_at is null and accepted_at is not null group by item_id having count(*) > 1`,
  'status of the conversation and state of the chat differ': `
    select id from conversations join chats on conversation_id = id
    where status <> case state when 'queued' then 'I' when 'running' then 'T' else status end
      or (state = 'ended' and status in ('I', 'T'))`,
  'not one fact for each start and each end': `
    select conversation_id from chats where
      (select count(*) from facts where facts.conversation_id = chats.conversation_id and kind = 'chat_started') <> 1
      or (select count(*) from facts where facts.conversation_id = chats.conversation_id and kind = 'chat_ended')
        <> case state when 'ended' then 1 else 0 end`,
  'not a fact for each answer': `
    select conversation_id from chats where
      (select count(*) from facts where facts.conversation_id = chats.conversation_id and kind = 'chat_answer') <>
      (select count(*) from messages join agents on agents.id = messages.user_id
        where messages.group_seq = chats.group_seq and messages.conversation_id = chats.conversation_id and rtype = 'M')`,
}

async function assertWhole(witness: Witness): Promise<void> {
  const { env, folder } = place
  const database = await openDatabase({ dataFolder: folder, url: env.DATABASE_URL, poolSize: 2, mustExist: true })
  try {
    const stored = await database.reader
      .selectFrom('messages')
      .select(['body', 'conversation_id'])
      .where('rtype', '=', 'M')
      .execute()
    const places = new Map(stored.map(({ body, conversation_id }) => [body, conversation_id]))
    expect(places.size, 'stored twice').toBe(stored.length)
    for (const [text, chat] of witness.answered) expect(places.get(text), text).toBe(chat)
    for (const text of places.keys()) expect(witness.asked.has(text), text).toBe(true)
    for (const [what, query] of Object.entries(FAULTS))
      expect((await sql.raw(query).execute(database.reader)).rows, what).toEqual([])
  } finally {
    await database.close()
  }
}
