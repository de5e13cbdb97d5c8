// Who may do what to a call, and what strangers send.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCall, aCallAgent, callLoad, factsOf } from '../../../../test/calls.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aConversation } from '../../../../test/people.ts'
import { type SignedIn, signIn } from '../../../../test/session.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
let bob: { userid: string; email: string }
let stranger: { userid: string; email: string }
let asAda: SignedIn
let asBob: SignedIn
let asStranger: SignedIn
let readKey: string
let sales: string
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_FILE_LIMIT: '1000' })
  sales = (await desk.v3('POST', 'departments', { name: 'Sales' })).body.departmentid
  ada = await aCallAgent(desk)
  bob = await aCallAgent(desk)
  stranger = await aCallAgent(desk, { departments: [sales] })
  asAda = await signIn(desk, ada.email)
  asBob = await signIn(desk, bob.email)
  asStranger = await signIn(desk, stranger.email)
  readKey = (await desk.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })).body.key
})
afterAll(() => desk.close())

const post = (id: string, what: string, body: unknown = {}) => desk.v3('POST', `calls/${id}/${what}`, body)
const actions = ['ring', 'answer', 'decline', 'transfer', 'stop', 'status', 'recordings'] as const
const bodies: Record<(typeof actions)[number], unknown> = {
  ring: {},
  answer: {},
  decline: {},
  transfer: { department: 'default' },
  stop: {},
  status: {},
  recordings: { name: 'x.mp3', type: 'audio/mpeg', data: 'AAAA' },
}
const read = async (id: string) => (await desk.v3('GET', `calls/${id}`)).body
/** A call that rings at Ada. */
async function ringing() {
  const call = await aCall(desk)
  const { body } = await post(call.callid, 'ring', { agent: ada.userid })
  for (const { agentid, state } of body.offers)
    if (agentid !== ada.userid && state === 'ringing') await post(call.callid, 'decline', { agent: agentid })
  return call
}

describe('a plain agent', () => {
  test('of another department sees nothing of a call, and can do nothing about it', async () => {
    const call = await ringing()
    expect((await asStranger.v3('GET', `calls/${call.callid}`)).status).toBe(404)
    for (const query of ['', 'state=ringing', `department=default`, `agent=${ada.userid}`]) {
      expect((await asStranger.v3('GET', `calls?${query}`)).body).toEqual({ calls: [], next_cursor: null })
    }
    expect((await asStranger.v3('GET', `calls?conversationid=${call.conversationid}`)).status).toBe(404)
    for (const what of ['answer', 'decline', 'transfer', 'stop'] as const) {
      const reply = await asStranger.v3('POST', `calls/${call.callid}/${what}`, bodies[what])
      const absent = await asStranger.v3('POST', `calls/zzzzzzzz/${what}`, bodies[what])
      expect(reply.status).toBe(404)
      expect(reply.body.error.message.replaceAll(call.callid, 'zzzzzzzz')).toBe(absent.body.error.message)
    }
    expect((await asStranger.v1('GET', 'calls/overview')).body.callsOverview[0].ringing).toBe('0')
    expect(await read(call.callid)).toMatchObject({ state: 'ringing' })
    await post(call.callid, 'stop')
  })

  test('takes only what rings at him, and neither in the name of another', async () => {
    const call = await ringing()
    expect((await asBob.v3('POST', `calls/${call.callid}/answer`, {})).status).toBe(403)
    expect((await asBob.v3('POST', `calls/${call.callid}/answer`, { agent: ada.userid })).status).toBe(403)
    expect((await asBob.v3('POST', `calls/${call.callid}/decline`, { agent: ada.userid })).status).toBe(403)
    for (const what of ['transfer', 'stop'] as const)
      expect((await asBob.v3('POST', `calls/${call.callid}/${what}`, bodies[what])).status).toBe(403)
    expect((await asAda.v3('POST', `calls/${call.callid}/answer`, {})).status).toBe(200)
    for (const what of ['transfer', 'stop'] as const)
      expect(
        (await asBob.v3('POST', `calls/${call.callid}/${what}`, { ...(what === 'transfer' && { agent: bob.userid }) }))
          .status,
      ).toBe(403)
    expect(await read(call.callid)).toMatchObject({ state: 'talking', agentid: ada.userid })
    expect((await asAda.v3('POST', `calls/${call.callid}/stop`, {})).status).toBe(200)
  })

  test('cannot say what only the telephony side knows', async () => {
    const call = await ringing()
    expect((await asAda.v3('POST', 'calls', { direction: 'incoming', caller: '1' })).status).toBe(403)
    for (const what of ['ring', 'status', 'recordings'] as const)
      expect((await asAda.v3('POST', `calls/${call.callid}/${what}`, bodies[what])).status).toBe(403)
    await post(call.callid, 'stop')
  })

  test('calls only as himself, from tickets that he sees, into his departments', async () => {
    const call = { direction: 'outgoing', callee: '+1 555 0400' }
    expect((await asStranger.v3('POST', 'calls', { ...call, agent: ada.userid })).status).toBe(403)
    expect((await asStranger.v3('POST', 'calls', { ...call, department: 'default' })).status).toBe(403)
    const { conversationid, code } = await aConversation(desk)
    for (const id of [conversationid, code])
      for (const direction of ['outgoing', 'internal'])
        expect(
          (await asStranger.v3('POST', 'calls', { direction, callee: ada.userid, conversationid: id })).status,
        ).toBe(404)
    const { body } = await asStranger.v3('POST', 'calls', call)
    expect(body).toMatchObject({ departmentid: sales, agentid: stranger.userid })
    // Whose call a reference names is told to nobody who may not see it.
    await desk.v3('POST', 'calls', { ...call, agent: ada.userid, reference: 'secret', department: 'default' })
    const guessed = await asStranger.v3('POST', 'calls', { ...call, reference: 'secret' })
    expect([guessed.status, guessed.text.includes('callid')]).toEqual([409, false])
    for (const one of (await desk.v3('GET', 'calls?state=ringing,talking')).body.calls) await post(one.callid, 'stop')
    expect(await callLoad(desk)).toEqual({})
  })
})

test('a key that may only read reads, and changes nothing', async () => {
  const call = await ringing()
  const options = { key: readKey }
  expect((await desk.v3('GET', `calls/${call.callid}`, undefined, options)).status).toBe(200)
  expect((await desk.v3('POST', 'calls', { direction: 'incoming', caller: '1' }, options)).status).toBe(403)
  for (const what of actions)
    expect((await desk.v3('POST', `calls/${call.callid}/${what}`, bodies[what], options)).status).toBe(403)
  expect(await read(call.callid)).toMatchObject({ state: 'ringing', recordings: [] })
  await post(call.callid, 'stop')
})

test.each([
  ['direction', 'calls', {}],
  ['direction', 'calls', { direction: 'sideways' }],
  ['caller', 'calls', { direction: 'incoming', caller: '1'.repeat(101) }],
  ['caller', 'calls', { direction: 'incoming', caller: 'nul\0' }],
  ['caller', 'calls', { direction: 'incoming', caller: 5 }],
  ['name', 'calls', { direction: 'incoming', name: 'half \ud800' }],
  ['reference', 'calls', { direction: 'incoming', reference: '' }],
  ['reference', 'calls', { direction: 'incoming', reference: 'x'.repeat(201) }],
  ['channel_type', 'calls', { direction: 'incoming', channel_type: 'E' }],
  ['state', 'calls', { direction: 'incoming', state: 'talking' }],
  ['callee', 'calls', { direction: 'outgoing', agent: 'ada', callee: ' ' }],
  ['seconds', 'calls/zzzzzzzz/status', { seconds: 1e12 }],
  ['by', 'calls/zzzzzzzz/stop', { by: 'nobody' }],
  ['outcome', 'calls/zzzzzzzz/decline', { outcome: 'taken' }],
  ['kind', 'calls/zzzzzzzz/recordings', { kind: 'video' }],
])('a wrong %s is refused by name: %s %j', async (field, path, body) => {
  const reply = await desk.v3('POST', path, body)
  expect([reply.status, reply.body.error.field]).toEqual([400, field])
})

test.each(['limit=0', 'limit=501', 'cursor=abc', 'state=gone', 'colour=red'])(
  'a list with %s is refused',
  async (query) => {
    expect((await desk.v3('GET', `calls?${query}`)).status).toBe(400)
  },
)

test.each([
  '💥'.repeat(50),
  '+'.repeat(100),
  "'; drop table calls; --",
  '<script>alert(1)</script>',
  '9'.repeat(100),
  '\u202e12345',
])('the odd number %j is kept as it is, and is nobody else’s', async (caller) => {
  const call = await aCall(desk, { caller })
  expect((await read(call.callid)).caller).toBe(caller)
  const { body } = await desk.v3('GET', `conversations/${call.conversationid}/messages`)
  expect(body.groups[0].messages[0].is_html).toBe(false)
  const xml = await desk.v1('GET', `conversations/${call.conversationid}/messages.xml`)
  expect(xml.text).not.toContain('<script>')
  await post(call.callid, 'stop')
})

describe('a recording', () => {
  const sound = { name: 'call.mp3', type: 'audio/mpeg', data: 'AAAA' }

  test.each([
    ['type', { ...sound, type: 'text/html' }],
    ['type', { ...sound, type: 'audio' }],
    ['type', { ...sound, type: 'video/mp4' }],
    ['data', { name: 'call.mp3', type: 'audio/mpeg' }],
    ['data', { ...sound, data: '!' }],
    ['data', { ...sound, data: 'A'.repeat(2_000) }],
    ['downloadUrl', { name: 'call.mp3', type: 'audio/mpeg', downloadUrl: 'http://127.0.0.1/secret' }],
    ['downloadUrl', { name: 'call.mp3', type: 'audio/mpeg', downloadUrl: 'file:///etc/passwd' }],
  ])('with a wrong %s is refused by name, and nothing is kept: %j', async (field, body) => {
    const call = await aCall(desk)
    const files = () => desk.app.database.reader.selectFrom('files').select('id').execute()
    const before = await files()
    const reply = await post(call.callid, 'recordings', body)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
    expect(await files()).toEqual(before)
    await post(call.callid, 'stop')
  })

  test('is read by those who see the conversation, and never by its customer', async () => {
    const call = await aCall(desk)
    await post(call.callid, 'stop')
    const { body } = await post(call.callid, 'recordings', { ...sound, name: '../../etc/<b>call.mp3' })
    expect(body.name).toBe('<b>call.mp3')
    expect((await asAda.v1('GET', `files/${body.fileid}`)).status).toBe(200)
    expect((await asStranger.v1('GET', `files/${body.fileid}`)).status).toBe(404)
    const { publicurlcode } = (await desk.v3('GET', `conversations/${call.conversationid}`)).body
    const url = `/scripts/file.php?file=${body.fileid}&cid=${publicurlcode}`
    expect((await desk.app.http.inject({ method: 'GET', url })).statusCode).toBe(404)
    // Who deletes the file takes the mention along, and it can be handed in again.
    expect((await desk.v1('DELETE', `files/${body.fileid}`)).status).toBe(200)
    expect((await read(call.callid)).recordings).toEqual([])
    expect((await desk.v3('GET', `conversations/${call.conversationid}/messages`)).text).not.toContain(body.fileid)
    expect((await post(call.callid, 'recordings', { ...sound, reference: body.reference })).status).toBe(200)
  })

  test('comes as a form, too; a voicemail only where nobody answered', async () => {
    const call = await ringing()
    await post(call.callid, 'answer', { agent: ada.userid })
    expect((await post(call.callid, 'recordings', { ...sound, kind: 'voicemail' })).status).toBe(409)
    const form = new FormData()
    form.set('reference', 'form-1')
    form.set('data', new Blob([new Uint8Array(7)], { type: 'audio/ogg' }), 'call.ogg')
    const request = new Request('http://desk.test', { method: 'POST', body: form })
    const reply = await desk.app.http.inject({
      method: 'POST',
      url: `/api/v3/calls/${call.callid}/recordings`,
      headers: { apikey: readKey, 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.clone().arrayBuffer()),
    })
    expect(reply.statusCode).toBe(403)
    const { body } = await desk.v3('POST', 'apikeys', { name: 'PBX', rights: 'full' })
    const added = await desk.app.http.inject({
      method: 'POST',
      url: `/api/v3/calls/${call.callid}/recordings`,
      headers: { apikey: body.key, 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.arrayBuffer()),
    })
    expect(added.json()).toMatchObject({ reference: 'form-1', name: 'call.ogg', type: 'audio/ogg', size: 7 })
    await post(call.callid, 'stop')
  })
})

describe('while a call lives', () => {
  test('its conversation cannot be handed on, merged, split or moved: the call is what moves', async () => {
    const call = await ringing()
    await post(call.callid, 'answer', { agent: ada.userid })
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${call.conversationid}`
    expect((await desk.v3('PUT', `${path}/attendants`, { department: sales })).status).toBe(409)
    expect((await desk.v1('PUT', `${path}/attendants`, { agentidentifier: bob.userid })).status).toBe(500)
    expect((await desk.v3('POST', `${path}/merge`, { into: conversationid })).status).toBe(409)
    expect((await desk.v3('POST', `conversations/${conversationid}/merge`, { into: call.conversationid })).status).toBe(
      409,
    )
    expect(await read(call.callid)).toMatchObject({ state: 'talking', agentid: ada.userid, departmentid: 'default' })
    await post(call.callid, 'stop')
    const groupid = (await read(call.callid)).messagegroupid
    expect((await desk.v3('POST', `${path}/merge`, { into: conversationid })).status).toBe(200)
    // The ended call goes along with its history.
    expect(await read(call.callid)).toMatchObject({ conversationid, messagegroupid: groupid })
    expect((await desk.v3('GET', `calls?conversationid=${conversationid}`)).body.calls).toHaveLength(1)
  })

  test.each(['R', 'X', 'B', 'L'])(
    'its conversation can be put into %s, and stays there when it ends',
    async (status) => {
      const call = await ringing()
      const path = `conversations/${call.conversationid}`
      expect((await desk.v3('PUT', `${path}/status`, { status })).status).toBe(200)
      expect((await post(call.callid, 'answer', { agent: ada.userid })).body.state).toBe('talking')
      await post(call.callid, 'stop')
      expect((await desk.v3('GET', path)).body.status).toBe(status)
      expect(await callLoad(desk)).toEqual({})
      expect(
        (await factsOf(desk, call.conversationid)).filter((fact) => /^call_(ended|unanswered)/.test(fact)),
      ).toHaveLength(1)
    },
  )

  test('a mail of its agent answers nothing before it ends', async () => {
    const call = await ringing()
    await post(call.callid, 'answer', { agent: ada.userid })
    await asAda.v3('POST', `conversations/${call.conversationid}/messages`, { message: 'As promised' })
    expect((await desk.v3('GET', `conversations/${call.conversationid}`)).body.status).toBe('P')
    await post(call.callid, 'stop')
    expect((await desk.v3('GET', `conversations/${call.conversationid}`)).body.status).toBe('A')
  })

  test('its department cannot be deleted', async () => {
    const call = await aCall(desk, { department: sales })
    expect((await desk.v3('DELETE', `departments/${sales}`)).status).toBe(409)
    await post(call.callid, 'stop')
  })

  test('an agent who is deleted while it rings at him is asked no longer, and has missed nothing', async () => {
    const gone = await aCallAgent(desk)
    const call = await aCall(desk)
    await post(call.callid, 'ring', { agent: gone.userid })
    expect((await desk.v3('DELETE', `agents/${gone.userid}`)).status).toBe(200)
    await desk.drain()
    const { offers } = await read(call.callid)
    expect(offers.filter(({ agentid }: { agentid: string }) => agentid === gone.userid)).toMatchObject([
      { outcome: 'withdrawn' },
    ])
    expect((await factsOf(desk, call.conversationid)).join()).not.toContain(gone.userid)
    await post(call.callid, 'stop')
  })

  test('an agent who is deleted while he talks has talked until it ends', async () => {
    const gone = await aCallAgent(desk)
    const call = await aCall(desk)
    await post(call.callid, 'answer', { agent: gone.userid })
    expect((await desk.v3('DELETE', `agents/${gone.userid}`)).status).toBe(200)
    await desk.drain()
    await post(call.callid, 'stop')
    expect(await read(call.callid)).toMatchObject({ state: 'ended', agentid: gone.userid })
    expect(await callLoad(desk)).toEqual({})
  })
})
