// What reports and promised answers say of calls whose instants are known.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import type { Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { addAgent } from '../agents/agents.ts'
import { setPresets } from '../agents/presets.ts'
import { goOffline, stayOnline } from '../presence/connections.ts'
import { answerCall } from './answer.ts'
import { stopCall } from './end.ts'
import { startInternal, startOutgoing } from './make.ts'
import { declineCall } from './ring.ts'
import { startIncoming } from './start.ts'
import { transferCall } from './transfer.ts'

const TEN = Date.UTC(2025, 5, 11, 10)
/** So many minutes after ten. */
const at = (minutes: number): number => TEN + minutes * 60_000

let desk: TestDesk
let ada: string
let bob: string
const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => desk.app.database.write(work)
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_TIMEZONE: 'UTC' })
  const hours = {
    zone: 'UTC',
    holidays: [],
    week: Array.from({ length: 7 }, (_, n) => ({ day: n + 1, from: '00:00', to: '24:00' })),
  }
  const targets = { calls: { first: 600, next: 300 }, tickets: { first: 3_600, next: 3_600 } }
  const level = await desk.v3('POST', 'slalevels', { name: 'Gold', hours, targets })
  expect(level.status, level.text).toBe(200)
  await desk.v3('POST', 'slarules', { position: 1, slalevelid: level.body.slalevelid, conditions: {} })
  await write(async (tx) => {
    const draft = { firstname: 'Ada', lastname: 'Agent', role: 'A', departmentIds: ['default'] }
    ada = (await addAgent(tx, systemActor, { ...draft, email: 'ada@desk.test' })).id
    bob = (await addAgent(tx, systemActor, { ...draft, email: 'bob@desk.test' })).id
    for (const id of [ada, bob]) await setPresets(tx, systemActor, id, [{ departmentId: 'default', services: 'P' }])
    for (const id of [ada, bob]) await stayOnline(tx, id, 4 * 3_600, at(-60))
  })
})
afterAll(() => desk.close())

const range = { date_from: '2025-06-11 00:00:00', date_to: '2025-06-11 23:59:59' }
const clocksOf = (conversationId: string) =>
  desk.app.database.reader
    .selectFrom('sla_clocks')
    .select(['service', 'kind', 'outcome', 'seconds', 'agent_id'])
    .where('conversation_id', '=', conversationId)
    .orderBy('seq')
    .execute()

test('a day of calls is counted to the second', async () => {
  const draft = { caller: '+1 555 0500' }
  const [answered, handedOn, left, offline] = await write(async (tx) => {
    // Waits from 10:00 to 10:15, first at Ada, then at Bob, and is talked until 10:45.
    const one = await startIncoming(tx, systemActor, { ...draft, agent: ada, now: at(0) })
    await declineCall(tx, systemActor, one.id, { agent: ada, now: at(5) })
    await answerCall(tx, systemActor, one.id, { agent: bob, now: at(15) })
    await stopCall(tx, systemActor, one.id, { now: at(45) })
    // Waits a minute, is talked for 5, waits 2 again, is talked for 10.
    const two = await startIncoming(tx, systemActor, { ...draft, agent: ada, now: at(60) })
    await answerCall(tx, systemActor, two.id, { agent: ada, now: at(61) })
    await transferCall(tx, systemActor, two.id, { agent: bob, now: at(66) })
    await answerCall(tx, systemActor, two.id, { agent: bob, now: at(68) })
    await stopCall(tx, systemActor, two.id, { now: at(78) })
    const three = await startIncoming(tx, systemActor, { ...draft, agent: ada, now: at(80) })
    await stopCall(tx, systemActor, three.id, { now: at(83) })
    const out = await startOutgoing(tx, systemActor, { callee: draft.caller, agent: ada, now: at(90) })
    await answerCall(tx, systemActor, out.id, { now: at(91) })
    await stopCall(tx, systemActor, out.id, { now: at(98) })
    const internal = await startInternal(tx, systemActor, { agent: ada, target: bob, now: at(100) })
    await answerCall(tx, systemActor, internal.id, { agent: bob, now: at(101) })
    await stopCall(tx, systemActor, internal.id, { now: at(104) })
    for (const id of [ada, bob]) await goOffline(tx, id, at(110))
    const four = await startIncoming(tx, systemActor, { ...draft, now: at(115) })
    await stopCall(tx, systemActor, four.id, { now: at(116) })
    return [one, two, three, four]
  })

  const [department] = (await desk.v1('GET', 'reports/departments', range)).body.departments
  expect(department).toMatchObject({
    i_calls: '4',
    calls: '2',
    f_calls: '2',
    u_calls: '1',
    o_calls: '1',
    // Ada declined the first, and nobody waited for her in the third.
    missed_calls: '2',
    call_seconds: String(30 * 60 + 15 * 60),
    call_avg_time: String((45 * 60) / 2),
    call_pickup_avg_time: String((15 * 60 + 60) / 2),
    calls_outgoing: '1',
    call_outgoing_seconds: '420',
    calls_internal: '1',
    call_internal_seconds: '180',
    created_tickets: '6',
  })
  const { agents } = (await desk.v1('GET', 'reports/agents', range)).body
  const of = (id: string) => agents.find((row: { id: string }) => row.id === id)
  expect(of(ada)).toMatchObject({
    calls: '1',
    missed_calls: '2',
    call_seconds: '0',
    calls_outgoing: '1',
    calls_internal: '1',
  })
  expect(of(bob)).toMatchObject({ calls: '1', missed_calls: '0', call_seconds: '2700' })

  const { loads } = (await desk.v1('GET', 'reports/calls/load', { ...range, date_from: '2025-06-11 10:00:00' })).body
  expect(loads.slice(0, 3)).toMatchObject([
    { avgQueue: '0.25', maxQueue: '1', minQueue: '0', avgService: '0.50', maxService: '1', avgSlots: '2.00' },
    // 1 + 2 + 3 minutes wait; 5 + 10 + 7 + 3 are talked.
    { avgQueue: '0.10', maxQueue: '1', avgService: '0.42', maxService: '1', minSlots: '0' },
    { avgQueue: '0.00', maxQueue: '0', avgService: '0.00', maxService: '0' },
  ])

  const conversation = (call: { conversation_id: string } | undefined): string => call?.conversation_id ?? ''
  expect(await clocksOf(conversation(answered))).toEqual([
    { service: 'calls', kind: 'first', outcome: 'late', seconds: 900, agent_id: bob },
  ])
  expect(await clocksOf(conversation(handedOn))).toEqual([
    { service: 'calls', kind: 'first', outcome: 'met', seconds: 60, agent_id: ada },
    { service: 'calls', kind: 'next', outcome: 'met', seconds: 120, agent_id: bob },
  ])
  // Nobody has answered: from then on it is a ticket that waits.
  for (const call of [left, offline])
    expect(await clocksOf(conversation(call))).toMatchObject([{ service: 'tickets', kind: 'first', outcome: null }])
  const { slalogs = [], ...rest } = (await desk.v1('GET', 'reports/calls/slacompliance', range)).body
  expect(JSON.stringify({ slalogs, rest })).toContain('"fulfilled":"2"')
})

test('a ticket that is called back from is answered by the call, and its clock with it', async () => {
  const { body } = await desk.v1('POST', 'conversations', {
    message: 'Please call me',
    useridentifier: 'anna@example.com',
    department: 'default',
    subject: 'Call',
    recipient: 'help@example.com',
  })
  const id: string = body.conversationid
  const draft = { callee: '+1 555 0501', agent: ada, conversation: id }
  const call = await write((tx) => startOutgoing(tx, systemActor, draft))
  await write((tx) => stopCall(tx, systemActor, call.id, {}))
  expect(await clocksOf(id)).toMatchObject([{ service: 'tickets', kind: 'first', outcome: null }])
  const again = await write((tx) => startOutgoing(tx, systemActor, draft))
  await write((tx) => answerCall(tx, systemActor, again.id, {}))
  await write((tx) => stopCall(tx, systemActor, again.id, {}))
  expect(await clocksOf(id)).toMatchObject([{ service: 'tickets', kind: 'first', outcome: 'met', agent_id: ada }])
})

test('what a customer writes while he is called back, and a tag, change nothing about the clock of his ticket', async () => {
  const tag: string = (await desk.v1('POST', 'tags', { name: 'Callback' })).body.id
  const { body } = await desk.v1('POST', 'conversations', {
    message: 'Please call me back',
    useridentifier: 'carl@example.com',
    department: 'default',
    subject: 'Call',
    recipient: 'help@example.com',
  })
  const id: string = body.conversationid
  const call = await write((tx) =>
    startOutgoing(tx, systemActor, { callee: '+1 555 0502', agent: ada, conversation: id }),
  )
  const said = { message: 'Anybody there?', useridentifier: 'carl@example.com' }
  expect((await desk.v1('POST', `conversations/${id}/messages`, said)).status).toBe(200)
  expect((await desk.v1('POST', `conversations/${id}/tags`, { name: 'Callback' })).status, tag).toBe(200)
  expect(await clocksOf(id)).toMatchObject([{ service: 'tickets', kind: 'first', outcome: null }])
  await write((tx) => stopCall(tx, systemActor, call.id, {}))
  expect(await clocksOf(id)).toMatchObject([{ service: 'tickets', kind: 'first', outcome: null }])
})

test('who is handed on waits again, also in a conversation that somebody has opened by hand meanwhile', async () => {
  for (const id of [ada, bob]) await write((tx) => stayOnline(tx, id, 3_600, at(200)))
  const call = await write((tx) => startIncoming(tx, systemActor, { caller: '+1 555 0503', agent: ada, now: at(201) }))
  await write((tx) => answerCall(tx, systemActor, call.id, { agent: ada, now: at(202) }))
  const opened = await desk.v1('PUT', `conversations/${call.conversation_id}/status`, { status: 'C' })
  expect(opened.status, opened.text).toBe(200)
  await write((tx) => transferCall(tx, systemActor, call.id, { agent: bob, now: at(203) }))
  const [, waiting] = await clocksOf(call.conversation_id)
  expect(waiting ?? 'no clock').not.toBe('no clock')
})
