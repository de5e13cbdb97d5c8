// Twenty clients at once, on two connections as two processes would have them: nobody has more than he can take, everybody
// gets as much as the others, nothing is with two, and nobody waits for somebody who waits for him.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCallAgent } from '../../../test/calls.ts'
import { aChatter, aDepartment, aVisitor } from '../../../test/chats.ts'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { type Database, openDatabase } from '../../db/open.ts'
import type { Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { getAgent } from '../agents/agents.ts'
import { answerCall } from '../calls/answer.ts'
import { stopCall } from '../calls/end.ts'
import { routeCalls } from '../calls/route.ts'
import { startIncoming } from '../calls/start.ts'
import { acceptChat } from '../chats/accept.ts'
import { holdChat } from '../chats/chat.ts'
import { endChat } from '../chats/end.ts'
import { routeChats } from '../chats/route.ts'
import { startChat } from '../chats/start.ts'
import { strategies } from './settings.ts'

const CLIENTS = 20
const AGENTS = 4

let desk: TestDesk
let databases: Database[]
beforeAll(async () => {
  desk = await newDesk()
  const open = () => openDatabase({ dataFolder: desk.dataFolder, url: desk.app.config.databaseUrl, poolSize: 10 })
  databases = [await open(), await open()]
})
afterAll(async () => {
  await closeAll()
  await desk.close()
})

const closeAll = () => Promise.all(databases.splice(0).map((database) => database.close()))

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

/** All that fail do so because they may not, and not because the database had to end them. */
async function atOnce<T>(works: readonly ((tx: Tx) => Promise<T>)[]): Promise<(T | undefined)[]> {
  const results = await Promise.allSettled(works.map((work, n) => databases[n % 2]?.write(work)))
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
  return results.map((result) => (result.status === 'fulfilled' ? result.value : undefined))
}

const openOffers = (departmentId: string) =>
  desk.app.database.reader
    .selectFrom('offers')
    .select(['item_id', 'agent_id', 'accepted_at'])
    .where('department_id', '=', departmentId)
    .where('ended_at', 'is', null)
    .execute()

type Offers = Awaited<ReturnType<typeof openOffers>>

/** How many each agent is asked to take, or has. */
const counts = (offers: Offers): number[] =>
  [...Map.groupBy(offers, ({ agent_id }) => agent_id).values()].map(({ length }) => length)
const itemsOf = (offers: Offers): string[] => offers.map(({ item_id }) => item_id)

/** Of whom each item is; nothing is with two. */
function assertShared(offers: Offers, capacity: number): void {
  expect(new Set(itemsOf(offers)).size).toBe(offers.length)
  expect(Math.max(0, ...counts(offers))).toBeLessThanOrEqual(capacity)
}

async function loadOf(departmentId: string): Promise<number> {
  const { sum } = await desk.app.database.reader
    .selectFrom('load_changes')
    .select(({ fn }) => fn.sum<number | null>('delta').as('sum'))
    .where('department_id', '=', departmentId)
    .where('service', '<>', 'tickets')
    .executeTakeFirstOrThrow()
  return Number(sum)
}

describe.each(strategies)('of what is given out %s', (strategy) => {
  test('chats that start, are accepted and end at once are with one agent each, and with all alike', async () => {
    const capacity = 4
    const department = await aDepartment(desk, { strategy, capacity, offer_seconds: 600 })
    const agents = await Promise.all(many(AGENTS, () => aChatter(desk, [department])))
    const visitors = await Promise.all(many(CLIENTS, () => aVisitor(desk)))
    const draft = { departmentId: department, message: 'Do you ship to Oslo?' }
    const chats = await atOnce(
      visitors.map(
        ({ id }) =>
          (tx) =>
            startChat(tx, id, draft),
      ),
    )
    expect(chats.every((chat) => chat !== undefined)).toBe(true)
    const asked = await openOffers(department)
    assertShared(asked, capacity)
    // More came than they can take.
    expect(counts(asked)).toEqual(many(AGENTS, () => capacity))

    const accepting = (id: string, agentId: string) => async (tx: Tx) =>
      acceptChat(tx, systemActor, id, await getAgent(tx, agentId))
    // A colleague wants each of them, too.
    const rival = (n: number): string => agents[n % AGENTS]?.userid ?? ''
    await atOnce<unknown>([
      ...asked.flatMap(({ item_id, agent_id }, n) => [accepting(item_id, agent_id), accepting(item_id, rival(n))]),
      (tx) => routeChats(tx),
    ])
    const taken = await openOffers(department)
    assertShared(taken, capacity)
    expect(itemsOf(taken).sort()).toEqual(itemsOf(asked).sort())
    expect(taken.filter(({ accepted_at }) => accepted_at === null)).toEqual([])

    const ending = (id: string) => async (tx: Tx) => {
      const held = await holdChat(tx, systemActor, id)
      await endChat(tx, held, { by: 'visitor', at: Date.now() })
    }
    await atOnce([...itemsOf(taken).map(ending), (tx) => routeChats(tx), (tx) => routeChats(tx)])
    await desk.drain()
    // Whoever waited is asked for now.
    const after = await openOffers(department)
    assertShared(after, capacity)
    expect(after).toHaveLength(CLIENTS - capacity * AGENTS)
    expect(await loadOf(department)).toBe(after.length)
  })

  test('calls that come, are answered and stopped at once are with one agent each', async () => {
    const department = await aDepartment(desk)
    const routing = { calls: { strategy, capacity: 1, offer_seconds: 600 } }
    await desk.v3('PATCH', `departments/${department}/routing`, routing)
    await Promise.all(many(AGENTS, () => aCallAgent(desk, { departments: [department] })))
    const incoming = (n: number) => (tx: Tx) =>
      startIncoming(tx, systemActor, { caller: `+1 555 ${strategy.length}00 ${1_000 + (n >> 1)}`, department })
    const calls = await atOnce(many(CLIENTS, incoming))
    expect(calls.every((call) => call !== undefined)).toBe(true)
    const asked = await openOffers(department)
    assertShared(asked, 1)
    expect(asked).toHaveLength(AGENTS)
    // Two calls of each stranger, who is one customer.
    const callers = await desk.app.database.reader
      .selectFrom('conversations')
      .select('customer_id')
      .distinct()
      .where('department_id', '=', department)
      .execute()
    expect(callers).toHaveLength(CLIENTS / 2)

    const answering = (id: string, agent: string) => (tx: Tx) => answerCall(tx, systemActor, id, { agent })
    await atOnce<unknown>([
      ...asked.flatMap(({ item_id, agent_id }) => [answering(item_id, agent_id), answering(item_id, agent_id)]),
      (tx) => routeCalls(tx),
    ])
    const taken = await openOffers(department)
    assertShared(taken, 1)
    expect(taken.filter(({ accepted_at }) => accepted_at === null)).toEqual([])

    const stopping = (id: string) => (tx: Tx) => stopCall(tx, systemActor, id, {})
    await atOnce<unknown>([...itemsOf(taken).flatMap((id) => [stopping(id), stopping(id)]), (tx) => routeCalls(tx)])
    await desk.drain()
    const after = await openOffers(department)
    assertShared(after, 1)
    expect(after).toHaveLength(AGENTS)
    expect(await loadOf(department)).toBe(CLIENTS - AGENTS)
  })
})

if (engine === 'postgres')
  test('PostgreSQL has never had to end one of two that wait for each other', async () => {
    // With their connections, they leave what they have counted.
    await closeAll()
    const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(desk.app.database.reader)
    expect(rows).toEqual([{ deadlocks: 0 }])
  })
