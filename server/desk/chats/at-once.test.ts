// Two agents who want the same chat, on two connections as two processes would have them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aChat, aChatter, aDepartment, aVisitor } from '../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { type Database, openDatabase } from '../../db/open.ts'
import type { Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { getAgent } from '../agents/agents.ts'
import { acceptChat, takeOverChat } from './accept.ts'
import { holdForRouting } from './chat.ts'
import { endChat } from './end.ts'
import { routeChats } from './route.ts'
import { startChat } from './start.ts'

let desk: TestDesk
let other: Database
beforeAll(async () => {
  desk = await newDesk()
  other = await openDatabase({ dataFolder: desk.dataFolder, url: desk.app.config.databaseUrl, poolSize: 4 })
})
afterAll(async () => {
  await other.close()
  await desk.close()
})

const accepting = (id: string, agentId: string) => async (tx: Tx) =>
  acceptChat(tx, systemActor, id, await getAgent(tx, agentId))

const openOffers = (id: string) =>
  desk.app.database.reader
    .selectFrom('offers')
    .select(['agent_id', 'accepted_at'])
    .where('item_id', '=', id)
    .where('ended_at', 'is', null)
    .execute()

/** One at a time is what SQLite does with them; PostgreSQL has them wait for each other. */
const race = (...works: ((tx: Tx) => Promise<unknown>)[]) =>
  Promise.allSettled(works.map((work, n) => (n % 2 === 0 ? desk.app.database : other).write(work)))

describe('of agents who accept a chat at once', () => {
  test('exactly one gets it, and the others are told', async () => {
    const department = await aDepartment(desk, { capacity: 100 })
    const agents = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    for (let n = 0; n < 25; n++) {
      const { id } = await aChat(desk, { department })
      const turns = [0, 1, 0, 1, 1, 0].map((who) => agents[(who + n) % 2]?.userid ?? '')
      const results = await race(...turns.map((agent) => accepting(id, agent)))
      const [has, ...more] = await openOffers(id)
      expect(more).toEqual([])
      expect(has?.accepted_at).not.toBeNull()
      for (const [place, agent] of turns.entries())
        expect(results[place]).toMatchObject(
          agent === has?.agent_id
            ? { status: 'fulfilled' }
            : {
                status: 'rejected',
                reason: { code: 'conflict', message: 'Another agent has taken this chat already.' },
              },
        )
      const facts = desk.app.database.reader.selectFrom('facts').select('agent_id').where('conversation_id', '=', id)
      expect(await facts.where('kind', '=', 'chat_accepted').execute()).toEqual([{ agent_id: has?.agent_id }])
    }
  })

  test('by the API, one hears 200 and the other 409', async () => {
    const department = await aDepartment(desk)
    const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    const { id } = await aChat(desk, { department })
    const replies = await Promise.all([ada, ben].map((agent) => agent.v3('POST', `chats/${id}/accept`, {})))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409])
  })
})

test('an agent with room for one gets one of many that he accepts at once', async () => {
  const department = await aDepartment(desk, { capacity: 1 })
  const ada = await aChatter(desk, [department])
  const chats = [
    await aChat(desk, { department }),
    await aChat(desk, { department }),
    await aChat(desk, { department }),
  ]
  const results = await race(...chats.map(({ id }) => accepting(id, ada.userid)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a visitor who asks twice at once is in one chat', async () => {
  const department = await aDepartment(desk)
  await aChatter(desk, [department])
  const { id } = await aVisitor(desk)
  const draft = { departmentId: department, message: 'Hello' }
  const results = await race(...[1, 2, 3, 4].map(() => (tx: Tx) => startChat(tx, id, draft)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('accepting, ending, taking over and routing at once never leave a chat that ended with somebody', async () => {
  const department = await aDepartment(desk, { capacity: 50 })
  const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
  for (let n = 0; n < 10; n++) {
    const { id } = await aChat(desk, { department })
    await race(
      accepting(id, ada.userid),
      async (tx) => takeOverChat(tx, systemActor, id, await getAgent(tx, ben.userid)),
      async (tx) => {
        const held = await holdForRouting(tx, systemActor, id)
        if (held.chat.state !== 'ended') await endChat(tx, held, { by: 'visitor', at: Date.now() })
      },
      (tx) => routeChats(tx, Date.now() + 60_000),
      accepting(id, ben.userid),
    )
    expect(await openOffers(id)).toEqual([])
    const load = await desk.app.database.reader
      .selectFrom('load_changes')
      .select(({ fn }) => fn.sum<number>('delta').as('sum'))
      .where('department_id', '=', department)
      .where('service', '=', 'chats')
      .executeTakeFirstOrThrow()
    expect(Number(load.sum)).toBe(0)
  }
})
