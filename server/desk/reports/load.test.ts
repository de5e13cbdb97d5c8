import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import type { Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { type Agent, addAgent, removeAgent } from '../agents/agents.ts'
import { transfer } from '../conversations/assignment.ts'
import { getConversationForChange, openConversation } from '../conversations/conversation.ts'
import { loadSteps } from '../conversations/load-steps.ts'
import { postMessage } from '../conversations/messages.ts'
import { changeStatus } from '../conversations/status.ts'
import { findOrAddCustomer } from '../customers/customers.ts'
import { loadChangeRow } from '../metrics/load.ts'
import { loadReport } from './load.ts'
import type { Scope } from './scope.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const noon = Date.UTC(2025, 5, 11, 12)
const ALL: Scope = { departmentIds: undefined, agentId: undefined }
const MESSAGE = { body: 'Hello', isHtml: false, text: 'Hello' }

const desks: TestDesk[] = []
let desk: TestDesk
let agent: Agent
beforeEach(async () => {
  desk = await newDesk()
  desks.push(desk)
  agent = await desk.app.database.write((tx) =>
    addAgent(tx, systemActor, { email: 'ada@desk.test', firstname: 'Ada', lastname: 'Agent', role: 'D' }),
  )
})
afterAll(async () => {
  for (const each of desks) await each.close()
})

async function opened(tx: Tx, at: number): Promise<string> {
  const customer = await findOrAddCustomer(tx, 'customer@example.com')
  const { id } = await openConversation(tx, {
    author: { kind: 'customer', userId: customer.user_id },
    customerId: customer.id,
    departmentId: 'default',
    subject: 'Printer',
    channel: 'E',
    message: MESSAGE,
    at,
  })
  return id
}

const rowOf = (tx: Tx, id: string) => getConversationForChange(tx, systemActor, id)
const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => desk.app.database.write(work)
const resolve = async (tx: Tx, id: string, at: number) =>
  changeStatus(tx, await rowOf(tx, id), { status: 'R', userId: 'system00', agentId: null, at })
const assign = async (tx: Tx, id: string, at: number) =>
  transfer(tx, await rowOf(tx, id), { agent, userId: 'system00', at })

async function load(from: number, hours: number, now: number, scope = ALL) {
  const range = { from, before: from + hours * HOUR, zone: 'GMT' }
  const rows = await loadReport(desk.app.database.reader, 'tickets', scope, range, { offset: 0, limit: 100 }, now)
  return rows.map(({ waiting, inService }) => ({ waiting, inService }))
}
const level = (min: number, max: number, avg: number) => ({ min, max, avg })
const still = (n: number) => level(n, n, n)

describe('the load of tickets', () => {
  test('is left as it was by a write that fails', async () => {
    const id = await write((tx) => opened(tx, noon))
    const attempt = write(async (tx) => {
      await resolve(tx, id, noon + MINUTE)
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect(await load(noon, 1, noon + HOUR)).toEqual([{ waiting: still(1), inService: still(0) }])
  })

  test('moves from waiting to service when somebody is assigned, and ends with the answer', async () => {
    const id = await write((tx) => opened(tx, noon + 15 * MINUTE))
    await write((tx) => assign(tx, id, noon + 30 * MINUTE))
    await write(async (tx) =>
      postMessage(tx, await rowOf(tx, id), {
        author: { kind: 'agent', userId: agent.id },
        message: MESSAGE,
        isNote: false,
        at: noon + HOUR + 20 * MINUTE,
      }),
    )
    expect(await load(noon - HOUR, 4, noon + 5 * HOUR)).toEqual([
      { waiting: still(0), inService: still(0) },
      { waiting: level(0, 1, 0.25), inService: level(0, 1, 0.5) },
      { waiting: still(0), inService: level(0, 1, 0.33) },
      { waiting: still(0), inService: still(0) },
    ])
  })

  test('of the hour in progress counts up to now, and hours to come have none', async () => {
    await write((tx) => opened(tx, noon))
    const id = await write((tx) => opened(tx, noon + 10 * MINUTE))
    await write((tx) => resolve(tx, id, noon + 15 * MINUTE))
    const now = noon + 20 * MINUTE - 1
    expect(await load(noon, 3, now)).toEqual([
      { waiting: level(1, 2, 1.25), inService: still(0) },
      { waiting: still(0), inService: still(0) },
      { waiting: still(0), inService: still(0) },
    ])
  })

  test('is of whole hours where the range begins within one', async () => {
    await write((tx) => opened(tx, noon + 30 * MINUTE))
    expect(await load(noon + 45 * MINUTE, 1, noon + 5 * HOUR)).toEqual([
      { waiting: level(0, 1, 0.5), inService: still(0) },
      { waiting: still(1), inService: still(0) },
    ])
  })

  test('goes on from what there was months before', async () => {
    const before = noon - 100 * 24 * HOUR
    const [id] = await write(async (tx) => [await opened(tx, before), await opened(tx, before + HOUR)])
    await write((tx) => assign(tx, id ?? '', before + 3 * HOUR))
    expect(await load(noon, 1, noon + HOUR)).toEqual([{ waiting: still(1), inService: still(1) }])
    expect(await load(noon, 1, noon + HOUR, { departmentIds: ['other000'], agentId: undefined })).toEqual([
      { waiting: still(0), inService: still(0) },
    ])
    expect(await load(noon, 1, noon + HOUR, { departmentIds: undefined, agentId: agent.id })).toEqual([
      { waiting: still(0), inService: still(1) },
    ])
  })

  test('never falls below what is there when a late mail is older than what happened since', async () => {
    const id = await write((tx) => opened(tx, noon + 30 * MINUTE))
    await write((tx) => resolve(tx, id, noon + 10 * MINUTE))
    expect(await load(noon, 2, noon + 5 * HOUR)).toEqual([
      { waiting: still(0), inService: still(0) },
      { waiting: still(0), inService: still(0) },
    ])
  })

  test('waits again when the agent is deleted', async () => {
    const id = await write((tx) => opened(tx, noon))
    await write((tx) => assign(tx, id, noon + MINUTE))
    await write((tx) => removeAgent(tx, systemActor, agent.id))
    await desk.drain()
    const now = Date.now()
    const [row] = await load(now + HOUR, 1, now + 3 * HOUR)
    expect(row).toEqual({ waiting: still(1), inService: still(0) })
  })

  test('can be written in bulk from the same functions', async () => {
    const conversation = (status: string, agent_id: string | null) => ({
      id: 'conv0000',
      status,
      department_id: 'default',
      agent_id,
      changed_at: 0,
    })
    const changes = [
      ...loadSteps(undefined, conversation('C', null), 0),
      ...loadSteps(undefined, conversation('N', null), noon),
      ...loadSteps(conversation('N', null), conversation('N', agent.id), noon + 30 * MINUTE),
      ...loadSteps(conversation('N', agent.id), conversation('A', agent.id), noon + HOUR),
    ]
    await write((tx) => tx.insertInto('load_changes').values(changes.map(loadChangeRow)).execute())
    expect(await load(noon, 2, noon + 5 * HOUR)).toEqual([
      { waiting: level(1, 2, 1.5), inService: level(0, 1, 0.5) },
      { waiting: still(1), inService: still(0) },
    ])
  })
})

test('a message that is imported after its agent was deleted takes no load away before that', async () => {
  const id = await write((tx) => opened(tx, noon))
  await write((tx) => assign(tx, id, noon + MINUTE))
  await write((tx) => removeAgent(tx, systemActor, agent.id))
  await desk.drain()
  const [owner] = await desk.app.database.reader.selectFrom('agents').select('id').where('role', '=', 'O').execute()
  await write(async (tx) =>
    postMessage(tx, await rowOf(tx, id), {
      author: { kind: 'agent', userId: owner?.id ?? '' },
      message: MESSAGE,
      isNote: false,
      at: noon + 5 * MINUTE,
    }),
  )
  // From the assignment until the deletion, which is now, it was the agent's.
  expect(await load(noon, 2, noon + 2 * HOUR)).toMatchObject([
    { waiting: { min: 0, max: 1 }, inService: { min: 0, max: 1 } },
    { waiting: { min: 0, max: 0 }, inService: { min: 1, max: 1 } },
  ])
})
