// What is promised to whoever waits in a chat or a call: when his clock runs, and how it ends.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCall, aCallAgent } from '../../../test/calls.ts'
import { aChat, aChatter, aDepartment, type Chatter } from '../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { systemActor } from '../actor.ts'
import { addLevel, changeLevel } from '../sla/levels.ts'
import { tellClocks } from '../sla/notices.ts'
import { addRule } from '../sla/rules.ts'

const MINUTE = 60_000
const week = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' }))
const hours = { zone: 'GMT', week, holidays: [] }
const targets = {
  tickets: { first: 3600, next: 1800 },
  chats: { first: 60, next: 30 },
  calls: { first: 20 },
}

let desk: TestDesk
let level: string
let department: string
let agent: Chatter
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  department = await aDepartment(desk)
  level = await aLevel('Gold', department, targets)
  agent = await aChatter(desk, [department])
})

const write = <T>(work: Parameters<typeof desk.app.database.write<T>>[0]): Promise<T> => desk.app.database.write(work)
const aLevel = async (name: string, of: string, promised: Parameters<typeof addLevel>[2]['targets']): Promise<string> =>
  write(async (tx) => {
    const { id } = await addLevel(tx, systemActor, { name, hours, targets: promised })
    await addRule(tx, systemActor, { level_id: id, conditions: { departments: [of] } })
    return id
  })

const clocksOf = (id: string) =>
  desk.app.database.reader
    .selectFrom('sla_clocks')
    .selectAll()
    .where('conversation_id', '=', id)
    .orderBy('seq')
    .execute()
const rowOf = (id: string) =>
  desk.app.database.reader.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const ok = async (reply: Promise<{ status: number; text: string }>) => {
  const { status, text } = await reply
  expect(status, text).toBe(200)
}
const say = (id: string) => ok(agent.v3('POST', `chats/${id}/messages`, { message: 'Yes.' }))
/** As if everything of it had happened so much earlier. */
const longAgo = (id: string, by: number) =>
  write(async (tx) => {
    await tx
      .updateTable('conversations')
      .set((eb) => ({ waiting_since: eb('waiting_since', '-', by), due_at: eb('due_at', '-', by) }))
      .where('id', '=', id)
      .execute()
    await tx
      .updateTable('sla_clocks')
      .set((eb) => ({
        started_at: eb('started_at', '-', by),
        due_at: eb('due_at', '-', by),
        created_at: eb('created_at', '-', by),
        notice_at: eb('notice_at', '-', by),
      }))
      .where('conversation_id', '=', id)
      .execute()
  })

describe('a chat', () => {
  test('starts its clock when it comes; accepting does not answer it, the first words do', async () => {
    const { id } = await aChat(desk, { department })
    const { created_at, due_at } = await rowOf(id)
    expect(due_at).toBe(Math.floor(created_at / 1000) * 1000 + MINUTE)
    await ok(agent.v3('POST', `chats/${id}/accept`, {}))
    expect(await clocksOf(id)).toMatchObject([
      { service: 'chats', kind: 'first', level_id: level, started_at: created_at, closed_at: null, due_at },
    ])
    await say(id)
    expect(await clocksOf(id)).toMatchObject([
      { service: 'chats', kind: 'first', outcome: 'met', agent_id: agent.userid },
    ])
    expect((await rowOf(id)).due_at).toBeNull()
  })

  test('is late when the first words come late, and what is asked then is promised a next answer', async () => {
    const { id, visitor } = await aChat(desk, { department })
    await longAgo(id, 61_000)
    await ok(agent.v3('POST', `chats/${id}/accept`, {}))
    await say(id)
    await ok(visitor.call('POST', `chats/${id}/messages`, { message: 'And to Rome?' }))
    await ok(visitor.call('POST', `chats/${id}/messages`, { message: 'And to Bonn?' }))
    const [first, next] = await clocksOf(id)
    expect(first).toMatchObject({ kind: 'first', outcome: 'late' })
    expect(first?.seconds).toBeGreaterThanOrEqual(61)
    expect(next).toMatchObject({ kind: 'next', service: 'chats', target: 30, closed_at: null })
    await say(id)
    expect(await clocksOf(id)).toMatchObject([{ outcome: 'late' }, { kind: 'next', outcome: 'met' }])
    const { body } = await desk.v1('GET', 'reports/chats/slalog', { departmentid: department })
    expect(body.slalogs).toHaveLength(2)
    expect((await desk.v1('GET', 'reports/tickets/slalog', { departmentid: department })).body.slalogs).toEqual([])
  })

  test('that ends without an answer goes on waiting as a ticket, from the same start', async () => {
    const { id, visitor } = await aChat(desk, { department })
    const { created_at } = await rowOf(id)
    await ok(visitor.call('POST', `chats/${id}/end`, {}))
    const due = Math.floor(created_at / 1000) * 1000 + 3_600_000
    expect(await rowOf(id)).toMatchObject({ status: 'N', waiting_since: created_at, due_at: due })
    expect(await clocksOf(id)).toMatchObject([
      { service: 'tickets', kind: 'first', started_at: created_at, due_at: due, closed_at: null, target: 3600 },
    ])
  })

  test('whose last words are the visitor’s goes on waiting for a next answer, and an answered one for none', async () => {
    const { id, visitor } = await aChat(desk, { department })
    await ok(agent.v3('POST', `chats/${id}/accept`, {}))
    await say(id)
    await ok(visitor.call('POST', `chats/${id}/messages`, { message: 'And to Rome?' }))
    const { waiting_since } = await rowOf(id)
    await ok(visitor.call('POST', `chats/${id}/end`, {}))
    expect((await clocksOf(id)).at(-1)).toMatchObject({
      service: 'tickets',
      kind: 'next',
      started_at: waiting_since,
      closed_at: null,
    })

    const answered = await aChat(desk, { department })
    await ok(agent.v3('POST', `chats/${answered.id}/accept`, {}))
    await say(answered.id)
    await ok(answered.visitor.call('POST', `chats/${answered.id}/end`, {}))
    expect((await clocksOf(answered.id)).filter(({ closed_at }) => closed_at === null)).toEqual([])
  })

  test('that is handed to a department with another level is promised what that one says, from the same start', async () => {
    const other = await aDepartment(desk)
    const silver = await aLevel('Silver', other, { ...targets, chats: { first: 300, next: null } })
    await aChatter(desk, [other])
    const { id } = await aChat(desk, { department })
    const { created_at } = await rowOf(id)
    await ok(agent.v3('POST', `chats/${id}/accept`, {}))
    await ok(agent.v3('POST', `chats/${id}/transfer`, { department: other }))
    expect(await clocksOf(id)).toMatchObject([
      {
        level_id: silver,
        department_id: other,
        started_at: created_at,
        due_at: Math.floor(created_at / 1000) * 1000 + 300_000,
        closed_at: null,
      },
    ])
  })

  test('follows a level that changes while it waits', async () => {
    const { id } = await aChat(desk, { department })
    const { created_at } = await rowOf(id)
    await write((tx) =>
      changeLevel(tx, systemActor, level, { targets: { ...targets, chats: { first: 10, next: null } } }),
    )
    await desk.drain()
    expect((await rowOf(id)).due_at).toBe(Math.floor(created_at / 1000) * 1000 + 10_000)
    await write((tx) => changeLevel(tx, systemActor, level, { hours: { zone: 'GMT', week: [], holidays: [] } }))
    await desk.drain()
    expect((await rowOf(id)).due_at).toBeNull()
    expect(await clocksOf(id)).toMatchObject([{ due_at: null, closed_at: null }])
  })

  test('a breach of the chat and one of the ticket that it becomes are two, each said once', async () => {
    const breaches = async (id: string) =>
      (await desk.app.database.reader.selectFrom('events').selectAll().where('conversation_id', '=', id).execute())
        .filter(({ type }) => type === 'sla.breached')
        .map(({ data }) => JSON.parse(data).service)
        .sort()
    const { id, visitor } = await aChat(desk, { department })
    await longAgo(id, 2 * MINUTE)
    await write((tx) => tellClocks(tx, Date.now()))
    expect(await breaches(id)).toEqual(['chats'])
    await ok(visitor.call('POST', `chats/${id}/end`, {}))
    await write((tx) => tellClocks(tx, Date.now() + 120 * MINUTE))
    await write((tx) => tellClocks(tx, Date.now() + 121 * MINUTE))
    expect(await breaches(id)).toEqual(['chats', 'tickets'])
  })
})

describe('a call', () => {
  test('is answered by being picked up', async () => {
    const { userid } = await aCallAgent(desk, { departments: [department] })
    const call = await aCall(desk, { department })
    const id = call.conversationid
    expect(await clocksOf(id)).toMatchObject([{ service: 'calls', kind: 'first', target: 20, closed_at: null }])
    await ok(desk.v3('POST', `calls/${call.callid}/answer`, { agent: userid }))
    expect(await clocksOf(id)).toMatchObject([{ service: 'calls', outcome: 'met', agent_id: userid }])
    await ok(desk.v3('POST', `calls/${call.callid}/stop`, {}))
    expect((await clocksOf(id)).filter(({ closed_at }) => closed_at === null)).toEqual([])
  })

  test('that nobody picks up goes on waiting as a ticket, from the same start', async () => {
    await aCallAgent(desk, { departments: [department] })
    const call = await aCall(desk, { department })
    const id = call.conversationid
    const { created_at } = await rowOf(id)
    await ok(desk.v3('POST', `calls/${call.callid}/stop`, {}))
    expect(await rowOf(id)).toMatchObject({ status: 'N' })
    expect(await clocksOf(id)).toMatchObject([
      { service: 'tickets', kind: 'first', started_at: created_at, closed_at: null },
    ])
  })
})
