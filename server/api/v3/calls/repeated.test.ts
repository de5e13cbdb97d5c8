// A telephone system repeats what it got no answer to, and says things late.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCall, aCallAgent, callLoad, factsOf, goOffline } from '../../../../test/calls.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { routeCalls } from '../../../desk/calls/route.ts'

let desk: TestDesk
let ada: string
let bob: string
beforeAll(async () => {
  desk = await newDesk()
  ada = (await aCallAgent(desk)).userid
  bob = (await aCallAgent(desk)).userid
})
afterAll(() => desk.close())
beforeEach(async () => {
  const live = (await desk.v3('GET', 'calls?state=queued,ringing,talking,offline')).body.calls
  for (const { callid } of live) await post(callid, 'stop')
  expect(await callLoad(desk)).toEqual({})
})

const post = (id: string, what: string, body: unknown = {}) => desk.v3('POST', `calls/${id}/${what}`, body)
const agentOf = (call: { offers: { agentid: string; state: string }[] }): string =>
  call.offers.find(({ state }) => state === 'ringing')?.agentid ?? ''
const eventsOf = async (call: { conversationid: string }): Promise<string[]> => {
  const rows = await desk.app.database.reader
    .selectFrom('events')
    .select('type')
    .where('conversation_id', '=', call.conversationid)
    .orderBy('seq')
    .execute()
  return rows.map(({ type }) => type)
}

/** Everything that is stored about a call, but for when it was last heard of. */
async function all(call: { callid: string; conversationid: string }) {
  const { reader } = desk.app.database
  const {
    heard_at: _,
    expires_at: __,
    ...row
  } = await reader.selectFrom('calls').selectAll().where('id', '=', call.callid).executeTakeFirstOrThrow()
  return {
    row,
    offers: await reader.selectFrom('offers').selectAll().where('item_id', '=', call.callid).orderBy('seq').execute(),
    facts: await factsOf(desk, call.conversationid),
    events: await eventsOf(call),
    history: (await desk.v3('GET', `conversations/${call.conversationid}/messages`)).body,
    conversation: (await desk.v3('GET', `conversations/${call.conversationid}`)).body,
  }
}

const draft = { direction: 'incoming', caller: '+1 555 0100', reference: 'again-1' }

describe('said twice', () => {
  test('a start is one call, whatever else is said about it', async () => {
    const one = await aCall(desk, draft)
    const stored = await all(one)
    expect(await aCall(desk, draft)).toEqual(one)
    expect(await aCall(desk, { ...draft, caller: 'other' })).toEqual(one)
    expect(await all(one)).toEqual(stored)
    const other = await desk.v3('POST', 'calls', {
      direction: 'outgoing',
      reference: 'again-1',
      agent: ada,
      callee: '1',
    })
    expect([other.status, other.body.error.code]).toEqual([409, 'conflict'])
    expect((await desk.v3('GET', 'calls?reference=again-1')).body.calls).toEqual([one])
  })

  test('by many at once, a start is one call', async () => {
    const replies = await Promise.all(
      Array.from({ length: 12 }, () =>
        desk.v3('POST', 'calls', { ...draft, reference: 'again-2', caller: '+1 555 0101' }),
      ),
    )
    expect(new Set(replies.map(({ body }) => body.callid)).size).toBe(1)
    expect(
      await desk.app.database.reader.selectFrom('customer_phones').selectAll().where('tail', '=', '5550101').execute(),
    ).toHaveLength(1)
  })

  test('each step changes nothing more', async () => {
    const call = await aCall(desk)
    const first = agentOf(call)
    const other = first === ada ? bob : ada
    const twice = async (what: string, body: unknown) => {
      const once = await post(call.callid, what, body)
      expect(once.status, once.text).toBe(200)
      const stored = await all(call)
      const again = await post(call.callid, what, body)
      expect(again.status, again.text).toBe(200)
      expect(await all(call)).toEqual(stored)
      return again.body
    }
    await twice('ring', {})
    await twice('ring', { agent: first })
    expect((await twice('ring', { agent: other })).offers).toHaveLength(2)
    await twice('decline', { agent: other })
    await twice('status', { seconds: 60 })
    await twice('answer', { agent: first })
    await twice('transfer', { agent: other, attended: true })
    await twice('decline', { agent: other, outcome: 'rung-out' })
    await twice('transfer', { agent: other })
    await twice('answer', { agent: other })
    await twice('transfer', { department: 'default' })
    await twice('stop', { by: 'caller' })
    await twice('status', {})
    const recording = { name: 'call.wav', type: 'audio/wav', data: 'AAAA', reference: 'rec-1' }
    await twice('recordings', recording)
    const files = await desk.app.database.reader.selectFrom('files').select('id').execute()
    expect(files).toHaveLength(1)
  })

  test('by many at once, a recording is one, and leaves no file behind', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'stop')
    const before = await desk.app.database.reader.selectFrom('files').select('id').execute()
    const recording = { name: 'call.wav', type: 'audio/wav', data: 'AAAA' }
    const replies = await Promise.all(Array.from({ length: 6 }, () => post(call.callid, 'recordings', recording)))
    expect(new Set(replies.map(({ status, body }) => `${status} ${body.fileid}`)).size).toBe(1)
    const after = await desk.app.database.reader.selectFrom('files').select('id').execute()
    expect(after).toHaveLength(before.length + 1)
  })
})

describe('said too late', () => {
  test('after the end, an answer, a ring, a refusal or a transfer is a conflict, and changes nothing', async () => {
    const call = await aCall(desk)
    const agent = agentOf(call)
    await post(call.callid, 'stop', { by: 'caller' })
    const stored = await all(call)
    for (const [what, body] of [
      ['answer', { agent }],
      ['ring', { agent }],
      ['ring', {}],
      ['transfer', { agent }],
    ] as const) {
      const reply = await post(call.callid, what, body)
      expect([reply.status, reply.body.error?.message]).toEqual([409, `Call ${call.callid} has ended.`])
    }
    // He was asked, and does not have it: that is so.
    expect((await post(call.callid, 'decline', { agent })).status).toBe(200)
    expect(await all(call)).toEqual(stored)
  })

  test('an answer by one is a conflict once another has it', async () => {
    const call = await aCall(desk)
    const first = agentOf(call)
    const other = first === ada ? bob : ada
    await post(call.callid, 'ring', { agent: other })
    expect((await post(call.callid, 'answer', { agent: first })).status).toBe(200)
    const late = await post(call.callid, 'answer', { agent: other })
    expect([late.status, late.body.error.code]).toEqual([409, 'conflict'])
    expect((await post(call.callid, 'decline', { agent: first })).status).toBe(409)
    const { body } = await desk.v3('GET', `calls/${call.callid}`)
    expect(body.offers).toMatchObject([
      { agentid: first, state: 'talking' },
      { agentid: other, outcome: 'taken' },
    ])
    await post(call.callid, 'stop')
    expect(await factsOf(desk, call.conversationid)).not.toContainEqual(expect.stringMatching(/missed/))
  })

  test('a refusal by somebody who was never asked is a conflict', async () => {
    const call = await aCall(desk)
    const other = agentOf(call) === ada ? bob : ada
    expect((await post(call.callid, 'decline', { agent: other })).status).toBe(409)
  })

  test('an end names when it really was, within what is known', async () => {
    const call = await aCall(desk)
    const { body } = await post(call.callid, 'answer', { agent: agentOf(call) })
    const early = new Date(Date.parse(body.dateanswered) - 1).toISOString()
    for (const at of [early, '2999-01-01T00:00:00Z', 'yesterday']) {
      const reply = await post(call.callid, 'stop', { at })
      expect([reply.status, reply.body.error.field]).toEqual([400, 'at'])
    }
    const ended = await post(call.callid, 'stop', { at: body.dateanswered })
    expect(ended.body).toMatchObject({ state: 'ended', dateended: body.dateanswered, seconds: 0 })
  })

  test('an end is told in any time zone, and what is no instant is refused with an example', async () => {
    const call = await aCall(desk)
    const { error } = (await post(call.callid, 'stop', { at: '2026-01-31 09:30' })).body
    expect([error.field, error.message]).toEqual(['at', expect.stringContaining('such as 2026-01-31T09:30:00Z')])
    // The same instant, as a clock shows it that is two hours ahead.
    const local = new Date(Date.parse(call.datestarted) + 7_200_000).toISOString().replace('Z', '+02:00')
    expect((await post(call.callid, 'stop', { at: local })).body.dateended).toBe(call.datestarted)
  })

  test('a call of which nothing is heard ends when it was last heard of', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: agentOf(call) })
    await post(call.callid, 'status', { seconds: 30 })
    const back = 3_600_000
    await desk.app.database.write((tx) =>
      tx
        .updateTable('calls')
        .set((eb) => ({
          answered_at: eb('answered_at', '-', back),
          taken_at: eb('taken_at', '-', back),
          heard_at: eb('heard_at', '-', back - 120_000),
          expires_at: eb('expires_at', '-', back - 120_000),
        }))
        .where('id', '=', call.callid)
        .execute(),
    )
    await desk.app.database.write((tx) => routeCalls(tx))
    const { body } = await desk.v3('GET', `calls/${call.callid}`)
    expect(body).toMatchObject({ state: 'ended', endedby: 'system' })
    expect([120, 121]).toContain(body.seconds)
  })
})

test('a queue that nobody is there for any more goes on until who waits hangs up', async () => {
  const call = await aCall(desk)
  for (const agent of [ada, bob]) await goOffline(desk, agent)
  const { body } = await post(call.callid, 'decline', { agent: agentOf(call) })
  expect(body.state).toBe('queued')
  await desk.drain()
  await post(call.callid, 'stop')
  expect((await factsOf(desk, call.conversationid)).slice(-1)).toEqual(['call_unanswered'])
})
