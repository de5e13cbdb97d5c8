import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCall, aCallAgent, callLoad, factsOf, goOffline, goOnline } from '../../../test/calls.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { departmentCounts } from '../../../test/moves.ts'
import { aConversation } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let ada: string
let bob: string
let asAda: SignedIn
let asBob: SignedIn
const names: Record<string, string> = {}
beforeAll(async () => {
  desk = await newDesk()
  const [one, other] = [await aCallAgent(desk), await aCallAgent(desk)]
  ada = one.userid
  bob = other.userid
  names[ada] = 'Ada'
  names[bob] = 'Bob'
  asAda = await signIn(desk, one.email)
  asBob = await signIn(desk, other.email)
})
afterAll(() => desk.close())

beforeEach(async () => {
  for (const agent of [ada, bob]) await goOnline(desk, agent)
  // Ada is next.
  await desk.app.database.write(async (tx) => {
    await tx.deleteFrom('agent_turns').execute()
    const turn = { department_id: 'default', service: 'calls', agent_id: bob, at: 1 }
    await tx.insertInto('agent_turns').values(turn).execute()
  })
})
afterEach(async () => {
  const live = (await desk.v3('GET', 'calls?state=queued,ringing,talking,offline')).body.calls
  for (const { callid } of live) await stop(callid)
  expect(await callLoad(desk)).toEqual({})
  const { kept, counted } = await departmentCounts(desk)
  expect(kept).toEqual(counted)
})

const post = (id: string, what: string, body: unknown = {}) => desk.v3('POST', `calls/${id}/${what}`, body)
const stop = (id: string, body: unknown = { by: 'caller' }) => post(id, 'stop', body)
const read = async (id: string) => (await desk.v3('GET', `calls/${id}`)).body
const conversationOf = async (id: string) => (await desk.v3('GET', `conversations/${id}`)).body
const facts = (call: { conversationid: string }) => factsOf(desk, call.conversationid, names)
const texts = async (id: string): Promise<string[]> =>
  (await desk.v3('GET', `conversations/${id}/messages`)).body.groups.flatMap(
    ({ rtype, messages }: { rtype: string; messages: { rtype: string; message: string }[] }) =>
      messages.map((message) => `${rtype}${message.rtype} ${message.message}`),
  )
/** Sets the instants of a call back, as if so many seconds had passed. */
const age = async (call: { callid: string; conversationid: string }, seconds: number) => {
  const ms = seconds * 1_000
  await desk.app.database.write(async (tx) => {
    const row = await tx.selectFrom('calls').selectAll().where('id', '=', call.callid).executeTakeFirstOrThrow()
    const back = (at: number | null) => (at === null ? null : at - ms)
    await tx
      .updateTable('calls')
      .set({
        started_at: row.started_at - ms,
        queued_at: row.queued_at - ms,
        round_at: row.round_at - ms,
        answered_at: back(row.answered_at),
        taken_at: back(row.taken_at),
        heard_at: row.heard_at - ms,
        expires_at: row.expires_at - ms,
      })
      .where('id', '=', call.callid)
      .execute()
    for (const offer of await tx.selectFrom('offers').selectAll().where('item_id', '=', call.callid).execute())
      await tx
        .updateTable('offers')
        .set({
          offered_at: offer.offered_at - ms,
          expires_at: offer.expires_at - ms,
          ended_at: back(offer.ended_at),
        })
        .where('seq', '=', offer.seq)
        .execute()
    await tx
      .updateTable('conversations')
      .set((eb) => ({ created_at: eb('created_at', '-', ms), waiting_since: eb('waiting_since', '-', ms) }))
      .where('id', '=', call.conversationid)
      .execute()
  })
}
/** About so many seconds: the clock of the test goes on, too. */
const about = (kind: string, seconds: number) =>
  expect.stringMatching(new RegExp(`^${kind} (${[0, 1, 2, 3].map((late) => seconds + late).join('|')})$`))
const reports = async () =>
  (await desk.v1('GET', 'reports/departments', { date_from: '2020-01-01', date_to: '2099-01-01' })).body.departments[0]

describe('an incoming call', () => {
  test('without a key or a session nothing is told or done', async () => {
    const { callid } = await aCall(desk)
    for (const [method, path] of [
      ['GET', 'calls'],
      ['POST', 'calls'],
      ['GET', `calls/${callid}`],
      ['POST', `calls/${callid}/answer`],
      ['POST', `calls/${callid}/stop`],
      ['POST', `calls/${callid}/recordings`],
    ] as const)
      expect((await desk.v3(method, path, method === 'GET' ? undefined : {}, { key: null })).status).toBe(401)
  })

  test('rings at whoever is next, is answered, talked and ended', async () => {
    const before = await reports()
    const call = await aCall(desk, { reference: 'pbx-1', name: 'Anna Berg', callee: '+1 555 0100' })
    expect(call).toMatchObject({
      state: 'ringing',
      direction: 'incoming',
      agentid: null,
      reference: 'pbx-1',
      departmentid: 'default',
    })
    expect(call.offers).toMatchObject([{ agentid: ada, state: 'ringing', outcome: null }])
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'I', channel_type: 'C', agentid: null })
    expect(await callLoad(desk)).toEqual({ 'default waits': 1 })
    expect((await desk.v1('GET', 'calls/overview')).body.callsOverview).toEqual([
      { running: '0', ringing: '1', inqueue: '0' },
    ])

    await age(call, 10)
    const answered = await asAda.v3('POST', `calls/${call.callid}/answer`, {})
    expect(answered.body).toMatchObject({ state: 'talking', agentid: ada })
    expect(answered.body.offers).toMatchObject([{ agentid: ada, state: 'talking' }])
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'P', agentid: ada, waitingsince: null })
    expect(await callLoad(desk)).toEqual({ [`default ${ada}`]: 1 })
    expect((await desk.v1('GET', 'calls/overview')).body.callsOverview).toEqual([
      { running: '1', ringing: '0', inqueue: '0' },
    ])

    await age(call, 90)
    const ended = await stop(call.callid)
    expect(ended.body).toMatchObject({ state: 'ended', endedby: 'caller', agentid: ada })
    expect(ended.body.offers).toMatchObject([{ agentid: ada, state: 'ended', outcome: 'done' }])
    expect(await conversationOf(call.conversationid)).toMatchObject({
      status: 'A',
      agentid: ada,
      owner: { firstname: 'Anna', lastname: 'Berg' },
    })
    expect(await facts(call)).toEqual([
      'created',
      'call_started',
      about('call_answered Ada', 10),
      about('first_assigned Ada', 10),
      about('call_ended Ada', 90),
    ])
    expect(await texts(call.conversationid)).toEqual([
      `PM Call from Anna Berg, ${call.caller}`,
      'PS Answered by Ada Agent',
      expect.stringMatching(/^PE Ended after 1:3[0-3]$/),
    ])
    const after = await reports()
    const grown = (figure: string): number => Number(after[figure]) - Number(before[figure])
    expect(['i_calls', 'calls', 'f_calls', 'u_calls', 'o_calls', 'missed_calls', 'created_tickets'].map(grown)).toEqual(
      [1, 1, 1, 0, 0, 0, 1],
    )
  })

  test('that nobody answers is new, so that somebody calls back', async () => {
    const call = await aCall(desk)
    const { body } = await stop(call.callid)
    expect(body.offers).toMatchObject([{ agentid: ada, state: 'ended', outcome: 'left' }])
    const conversation = await conversationOf(call.conversationid)
    expect(conversation).toMatchObject({ status: 'N', agentid: null, waitingsince: call.datestarted })
    expect(await facts(call)).toEqual(['created', 'call_started', 'call_offer_missed Ada', 'call_unanswered'])
    expect((await texts(call.conversationid)).at(-1)).toBe('PE Ended without an answer')
  })

  test('goes to the next one when declined or rung out, and around again after a rest', async () => {
    const call = await aCall(desk)
    const declined = await asAda.v3('POST', `calls/${call.callid}/decline`, {})
    expect(declined.body.offers).toMatchObject([
      { agentid: ada, outcome: 'declined' },
      { agentid: bob, state: 'ringing' },
    ])
    await age(call, 30)
    await desk.drain()
    // Both were asked: for some seconds, nobody is.
    expect(await read(call.callid)).toMatchObject({
      state: 'queued',
      offers: [{}, { agentid: bob, outcome: 'rung-out' }],
    })
    expect((await desk.v1('GET', 'calls/overview')).body.callsOverview).toEqual([
      { running: '0', ringing: '0', inqueue: '1' },
    ])
    await age(call, 30)
    await desk.v3('POST', `calls/${call.callid}/ring`, {})
    expect((await read(call.callid)).offers).toMatchObject([{}, {}, { agentid: ada, state: 'ringing' }])
    await stop(call.callid)
    expect((await facts(call)).filter((fact) => fact.startsWith('call_offer'))).toEqual([
      'call_offer_missed Ada',
      'call_offer_missed Bob',
      'call_offer_missed Ada',
    ])
  })

  test('is missed by who goes offline while it rings at him, and rings at the next one at once', async () => {
    const call = await aCall(desk)
    await goOffline(desk, ada)
    await desk.drain()
    expect((await read(call.callid)).offers).toMatchObject([
      { agentid: ada, state: 'ended', outcome: 'rung-out' },
      { agentid: bob, state: 'ringing' },
    ])
    await desk.v3('PUT', `agents/${bob}/presets`, { presets: [{ departmentid: 'default', services: 'T' }] })
    await desk.drain()
    expect(await read(call.callid)).toMatchObject({ state: 'queued', offers: [{}, { outcome: 'rung-out' }] })
    expect((await facts(call)).filter((fact) => fact.startsWith('call_offer'))).toEqual([
      'call_offer_missed Ada',
      'call_offer_missed Bob',
    ])
  })

  test('rings on at whom the telephony side names, also where he is not online', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'decline', { agent: ada })
    await goOffline(desk, ada)
    await post(call.callid, 'ring', { agent: ada })
    await goOffline(desk, bob)
    await desk.drain()
    expect((await read(call.callid)).offers).toMatchObject([
      { agentid: ada, outcome: 'declined' },
      { agentid: bob, outcome: 'rung-out' },
      { agentid: ada, state: 'ringing' },
    ])
  })

  test('waits while everybody talks, and rings when somebody is free or comes online', async () => {
    const [one, two] = [await aCall(desk), await aCall(desk)]
    await post(one.callid, 'answer', { agent: ada })
    await post(two.callid, 'answer', { agent: bob })
    const third = await aCall(desk)
    expect(third).toMatchObject({ state: 'queued', offers: [] })
    await desk.drain()
    expect((await read(third.callid)).state).toBe('queued')
    await stop(one.callid)
    await desk.drain()
    expect((await read(third.callid)).offers).toMatchObject([{ agentid: ada, state: 'ringing' }])
    const fourth = await aCall(desk)
    const { userid } = await aCallAgent(desk)
    await desk.drain()
    const { offers } = await read(fourth.callid)
    await goOffline(desk, userid)
    expect(offers).toMatchObject([{ agentid: userid, state: 'ringing' }])
  })

  test('while nobody is online can only leave a voicemail, and counts as nothing else', async () => {
    for (const agent of [ada, bob]) await goOffline(desk, agent)
    const call = await aCall(desk, { reference: 'off' })
    expect(call).toMatchObject({ state: 'offline', offers: [] })
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'N', waitingsince: call.datestarted })
    expect(await callLoad(desk)).toEqual({})
    for (const agent of [ada, bob]) await goOnline(desk, agent)
    await desk.drain()
    for (const what of ['answer', 'ring', 'transfer'])
      expect((await post(call.callid, what, { agent: ada })).status).toBe(409)
    expect((await post(call.callid, 'ring')).status).toBe(409)
    const voicemail = { kind: 'voicemail', name: 'message.mp3', type: 'audio/mpeg', data: 'AAAA' }
    const added = await post(call.callid, 'recordings', voicemail)
    expect(added.body).toMatchObject({ kind: 'voicemail', name: 'message.mp3', size: 3, reference: 'message.mp3' })
    expect((await stop(call.callid)).body).toMatchObject({ state: 'ended', recordings: [added.body] })
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'N' })
    expect(await facts(call)).toEqual(['created', 'call_started', 'call_offline'])
    expect((await texts(call.conversationid))[1]).toContain(`PV {"fileid":"${added.body.fileid}"`)
  })

  test('of a known number belongs to its customer, and its words are plain', async () => {
    const name = '<img src=x onerror=alert(1)> & Söhne'
    const one = await aCall(desk, { caller: '+49 30 555-0199', name })
    await stop(one.callid)
    const two = await aCall(desk, { caller: '0049305550199', name: 'Somebody else' })
    const owner = async (call: { conversationid: string }) => (await conversationOf(call.conversationid)).owner
    expect(await owner(two)).toEqual(await owner(one))
    const { body } = await desk.v3('GET', `conversations/${one.conversationid}/messages`)
    expect(body.groups[0].messages[0]).toMatchObject({ is_html: false, message: `Call from ${name}, +49 30 555-0199` })
    expect((await aCall(desk, { caller: 'anonymous' })).caller).toBe('anonymous')
  })
})

describe('a transfer', () => {
  test('to a colleague lets go at once: who has called waits again, and the time between is no talk', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: ada })
    await age(call, 60)
    const { body } = await asAda.v3('POST', `calls/${call.callid}/transfer`, { agent: bob, note: 'Wants a refund' })
    expect(body).toMatchObject({ state: 'ringing', agentid: ada })
    expect(body.offers).toMatchObject([
      { agentid: ada, outcome: 'handed-on' },
      { agentid: bob, state: 'ringing' },
    ])
    const waiting = await conversationOf(call.conversationid)
    expect(waiting).toMatchObject({ status: 'I', agentid: null, waitingsince: body.datequeued })
    expect(await callLoad(desk)).toEqual({ 'default waits': 1 })
    await age(call, 20)
    await asBob.v3('POST', `calls/${call.callid}/answer`, {})
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'P', agentid: bob, waitingsince: null })
    await age(call, 30)
    await stop(call.callid)
    expect((await facts(call)).slice(2)).toEqual([
      about('call_answered Ada', 0),
      about('first_assigned Ada', 0),
      'note Ada',
      about('call_ended Bob', 90),
    ])
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'A', agentid: bob })
    expect((await texts(call.conversationid)).slice(2, 5)).toEqual([
      'PN Wants a refund',
      'PR General / Ada Agent',
      'PS Answered by Ada Agent',
    ])
  })

  test('that nobody takes leaves an open conversation, for the last words are the customer’s', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: ada })
    const { body } = await post(call.callid, 'transfer', { agent: bob })
    await stop(call.callid)
    expect(await conversationOf(call.conversationid)).toMatchObject({
      status: 'C',
      agentid: null,
      waitingsince: body.datequeued,
    })
    expect((await facts(call)).slice(2)).toEqual([
      about('call_answered Ada', 0),
      about('first_assigned Ada', 0),
      'call_offer_missed Bob',
      about('call_ended Ada', 0),
    ])
  })

  test('that a colleague does not take goes to the next one in the department', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: ada })
    await post(call.callid, 'transfer', { agent: bob })
    const { body } = await post(call.callid, 'decline', { agent: bob, outcome: 'rung-out' })
    expect(body).toMatchObject({ state: 'queued' })
    await age(call, 10)
    expect((await post(call.callid, 'ring')).body.offers).toMatchObject([{}, {}, { agentid: ada, state: 'ringing' }])
  })

  test('to a department takes the conversation along', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Sales' })).body
    const { userid } = await aCallAgent(desk, { departments: [departmentid] })
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: ada })
    const { body } = await post(call.callid, 'transfer', { department: departmentid })
    expect(body).toMatchObject({ departmentid, state: 'ringing' })
    expect(body.offers).toMatchObject([{ agentid: ada }, { agentid: userid, state: 'ringing' }])
    expect(await callLoad(desk)).toEqual({ [`${departmentid} waits`]: 1 })
    expect(await conversationOf(call.conversationid)).toMatchObject({ departmentid, status: 'I' })
    // Who was told to take it may not see the department, and the call is his no more.
    expect((await asBob.v3('GET', `calls/${call.callid}`)).status).toBe(404)
    await post(call.callid, 'answer', { agent: userid })
    await stop(call.callid)
    const rows = await desk.app.database.reader
      .selectFrom('facts')
      .selectAll()
      .where('kind', '=', 'call_ended')
      .where('conversation_id', '=', call.conversationid)
      .execute()
    expect(rows).toMatchObject([{ department_id: departmentid, agent_id: userid }])
  })

  test('that is attended keeps the call until the colleague picks up', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: ada })
    const asked = await post(call.callid, 'transfer', { agent: bob, attended: true })
    expect(asked.body).toMatchObject({ state: 'talking', agentid: ada })
    expect(asked.body.offers).toMatchObject([
      { agentid: ada, state: 'talking' },
      { agentid: bob, state: 'ringing' },
    ])
    await post(call.callid, 'decline', { agent: bob })
    expect(await read(call.callid)).toMatchObject({ state: 'talking', agentid: ada })
    await post(call.callid, 'transfer', { agent: bob, attended: true })
    await age(call, 40)
    const taken = await post(call.callid, 'answer', { agent: bob })
    expect(taken.body).toMatchObject({ state: 'talking', agentid: bob })
    expect(await callLoad(desk)).toEqual({ [`default ${bob}`]: 1 })
    await age(call, 20)
    await stop(call.callid)
    expect((await facts(call)).slice(3)).toEqual(
      [about('first_assigned Ada', 0), 'call_offer_missed Bob', about('call_ended Bob', 60)].slice(0),
    )
  })

  test.each([
    [{}, 400],
    [{ agent: 'nobody@desk.test' }, 404],
    [{ department: 'zzzzzzzz' }, 404],
    [{ attended: true }, 400],
    [{ attended: true, department: 'default' }, 400],
  ])('to %j is answered with %i', async (body, status) => {
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: ada })
    expect((await post(call.callid, 'transfer', body)).status).toBe(status)
  })
})

describe('a call that an agent makes', () => {
  test('to a customer opens a conversation that is his', async () => {
    const { body: call } = await asAda.v3('POST', 'calls', {
      direction: 'outgoing',
      callee: '+1 555 0300',
      name: 'Carl',
    })
    expect(call).toMatchObject({ state: 'ringing', agentid: ada, caller: 'Ada Agent', callee: '+1 555 0300' })
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'P', agentid: ada, channel_type: 'C' })
    expect(await callLoad(desk)).toEqual({})
    expect((await asAda.v3('POST', 'calls', { direction: 'outgoing', callee: '1' })).status).toBe(409)
    // Who calls is asked to take nothing else.
    expect((await aCall(desk)).offers).toMatchObject([{ agentid: bob }])
    await post(call.callid, 'answer')
    expect(await callLoad(desk)).toMatchObject({ [`default ${ada}`]: 1 })
    await age(call, 33)
    await stop(call.callid, { by: 'callee' })
    expect(await facts(call)).toEqual(['created Ada', about('first_assigned Ada', 0), about('call_out Ada', 33)])
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'A', agentid: ada, waitingsince: null })
    expect(await texts(call.conversationid)).toEqual([
      'VM Call to +1 555 0300, Carl',
      'VS Answered',
      expect.stringMatching(/^VE Ended after 0:3[3-6]$/),
    ])
  })

  test('and nobody picks up counts nothing, and nobody has to do anything', async () => {
    const { body: call } = await asAda.v3('POST', 'calls', { direction: 'outgoing', callee: '+1 555 0301' })
    await asAda.v3('POST', `calls/${call.callid}/stop`, { by: 'agent' })
    expect(await facts(call)).toEqual(['created Ada', about('first_assigned Ada', 0)])
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'A', waitingsince: null })
  })

  test('from a ticket answers it if somebody picks up, else leaves it as it was', async () => {
    const { conversationid } = await aConversation(desk)
    const before = await conversationOf(conversationid)
    const draft = { direction: 'outgoing', conversationid, callee: '+1 555 0302' }
    const { body: first } = await asAda.v3('POST', 'calls', draft)
    expect(first.conversationid).toBe(conversationid)
    expect(await conversationOf(conversationid)).toMatchObject({ status: 'P' })
    expect((await asBob.v3('POST', 'calls', draft)).status).toBe(409)
    await stop(first.callid)
    const { datechanged: _, ...after } = await conversationOf(conversationid)
    expect(before).toMatchObject(after)
    const { body: second } = await asAda.v3('POST', 'calls', draft)
    await post(second.callid, 'answer')
    await stop(second.callid)
    expect(await conversationOf(conversationid)).toMatchObject({
      status: 'A',
      agentid: ada,
      waitingsince: null,
      messagegroupsout: 1,
    })
    expect(await facts(first)).toEqual([
      'created',
      'message_in',
      about('first_assigned Ada', 0),
      about('call_out Ada', 0),
    ])
    expect((await texts(conversationid)).map((text) => text.slice(0, 2))).toEqual(['3M', 'VS', 'VE', 'VS', 'VS', 'VE'])
  })

  test('from a ticket whose customer writes meanwhile leaves it open', async () => {
    const { conversationid } = await aConversation(desk)
    await asAda.v3('POST', `conversations/${conversationid}/messages`, { message: 'Hello' })
    const { body: call } = await asAda.v3('POST', 'calls', {
      direction: 'outgoing',
      conversationid,
      callee: '+1 555 0303',
    })
    const { owner } = await conversationOf(conversationid)
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'Still there?',
      useridentifier: owner.contactid,
    })
    await stop(call.callid)
    expect(await conversationOf(conversationid)).toMatchObject({ status: 'C' })
    expect((await conversationOf(conversationid)).waitingsince).not.toBeNull()
  })

  test('to a colleague rings at him alone, and is closed when it has ended', async () => {
    const { body: call } = await asAda.v3('POST', 'calls', { direction: 'internal', callee: bob })
    expect(call).toMatchObject({ state: 'ringing', agentid: ada, direction: 'internal' })
    expect(call.offers).toMatchObject([
      { agentid: ada, state: 'talking' },
      { agentid: bob, state: 'ringing' },
    ])
    expect((await asAda.v3('POST', `calls/${call.callid}/answer`, {})).status).toBe(409)
    expect((await asBob.v3('POST', `calls/${call.callid}/answer`, {})).body.state).toBe('talking')
    expect((await asBob.v3('POST', `calls/${call.callid}/answer`, {})).status).toBe(200)
    expect((await aCall(desk)).state).toBe('queued')
    await age(call, 12)
    expect((await asBob.v3('POST', `calls/${call.callid}/stop`, { by: 'callee' })).status).toBe(200)
    expect(await facts(call)).toEqual(['created Ada', about('call_internal Ada', 12)])
    expect(await conversationOf(call.conversationid)).toMatchObject({ status: 'L', waitingsince: null })
    expect((await texts(call.conversationid)).map((text) => text.slice(0, 2))).toEqual(['1M', '1S', '1E'])
  })

  test('to a colleague who does not want it has ended, and nobody has missed anything', async () => {
    const { body: call } = await asAda.v3('POST', 'calls', { direction: 'internal', callee: bob })
    expect((await asBob.v3('POST', `calls/${call.callid}/decline`, {})).body).toMatchObject({
      state: 'ended',
      endedby: 'callee',
    })
    expect(await facts(call)).toEqual(['created Ada'])
  })

  test('to a colleague rings on though he goes offline: it is his telephone that rings', async () => {
    const { body: call } = await asAda.v3('POST', 'calls', { direction: 'internal', callee: bob })
    await goOffline(desk, bob)
    await desk.drain()
    expect((await read(call.callid)).offers).toMatchObject([{ agentid: ada }, { agentid: bob, state: 'ringing' }])
  })

  test('to a colleague about a ticket stands in the ticket and changes nothing about it', async () => {
    const { conversationid } = await aConversation(desk)
    const { body: call } = await asAda.v3('POST', 'calls', { direction: 'internal', callee: bob, conversationid })
    await asBob.v3('POST', `calls/${call.callid}/answer`, {})
    expect(await conversationOf(conversationid)).toMatchObject({ status: 'N', agentid: null })
    await stop(call.callid)
    expect(await conversationOf(conversationid)).toMatchObject({ status: 'N', agentid: null })
    expect(await facts(call)).toEqual(['created', 'message_in', about('call_internal Ada', 0)])
  })
})
