// A key for a PBX: it does all that a call needs, and nothing else.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aCall, aCallAgent, goOffline, goOnline } from '../../../../test/calls.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { type LiveClient, listening, openEvents, openSocket } from '../../../../test/live.ts'
import { aConversation } from '../../../../test/people.ts'
import { signIn } from '../../../../test/session.ts'
import { loadV1Routes } from '../../v1/register.ts'
import { loadV3Routes } from '../register.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
let pbx: { id: string; key: string }
beforeAll(async () => {
  desk = await newDesk()
  ada = await aCallAgent(desk)
  pbx = (await desk.v3('POST', 'apikeys', { name: 'PBX', rights: 'telephony' })).body
})
afterAll(() => desk.close())

const open = new Set<LiveClient>()
afterEach(async () => {
  for (const client of open) client.close()
  await Promise.all([...open].map(({ closed }) => closed))
  open.clear()
})

const asPbx = (method: string, path: string, body?: unknown) => desk.v3(method, path, body, { key: pbx.key })
const must = async (path: string, body: unknown = {}) => {
  const reply = await asPbx('POST', path, body)
  if (reply.status !== 200) throw new Error(`${path}: ${reply.text}`)
  return reply.body
}

describe('a key for telephone calls', () => {
  test('drives calls from their beginning to their end', async () => {
    await goOnline(desk, ada.userid)
    const agent = ada.email
    const { callid } = await must('calls', { direction: 'incoming', caller: '+49 30 5550199', reference: 'pbx-1' })
    expect((await must(`calls/${callid}/decline`, { agent, outcome: 'rung-out' })).state).toBe('queued')
    await must(`calls/${callid}/ring`, { agent })
    expect((await must(`calls/${callid}/answer`, { agent })).state).toBe('talking')
    await must(`calls/${callid}/transfer`, { department: 'default', note: 'Wants a refund' })
    // Nobody rang at her: the telephony side knows who has picked up.
    await goOffline(desk, ada.userid)
    await must(`calls/${callid}/answer`, { agent })
    await must(`calls/${callid}/status`, { seconds: 90 })
    await must(`calls/${callid}/stop`, { by: 'caller' })
    await must(`calls/${callid}/recordings`, { name: 'call.wav', type: 'audio/wav', data: 'UklGRg==' })
    expect((await asPbx('GET', `calls/${callid}`)).body).toMatchObject({ state: 'ended', recordings: [{}] })
    expect((await asPbx('GET', 'calls?reference=pbx-1')).body.calls).toHaveLength(1)

    const out = await must('calls', { direction: 'outgoing', agent, callee: '+49 30 5550199' })
    await must(`calls/${out.callid}/answer`)
    await must(`calls/${out.callid}/stop`)
    const { email } = await aCallAgent(desk)
    const between = await must('calls', { direction: 'internal', agent, callee: email })
    await must(`calls/${between.callid}/decline`, { agent: email })
  })

  test('opens no other call of either API, nor a file', async () => {
    const at = (url: string) => url.replace(/:\w+/g, 'default')
    const v3 = (await loadV3Routes()).filter(
      ({ url, isPublic, findsActor }) => !isPublic && !findsActor && !/^\/api\/v3\/calls(\/|$)/.test(url),
    )
    expect(v3.length).toBeGreaterThan(100)
    for (const { method, url } of v3) {
      const { status, body } = await asPbx(method, at(url).replace('/api/v3/', ''), method === 'GET' ? undefined : {})
      expect([method, url, status, body.error?.message]).toEqual([
        method,
        url,
        403,
        'This API key is for telephone calls only.',
      ])
    }
    const v1 = await loadV1Routes()
    expect(v1.length).toBeGreaterThanOrEqual(72)
    for (const { method, url } of v1) {
      const { status } = await desk.v1(method, at(url).replace('/api/', ''), {}, { key: pbx.key })
      expect([method, url, status]).toEqual([method, url, 401])
    }
    const call = await aCall(desk)
    await must(`calls/${call.callid}/stop`)
    const recording = { name: 'x.wav', type: 'audio/wav', data: 'AAAA' }
    const { fileid } = await must(`calls/${call.callid}/recordings`, recording)
    for (const url of [`/scripts/file.php?file=${fileid}&apikey=${pbx.key}`, `/scripts/file.php?file=${fileid}`])
      expect((await desk.app.http.inject({ url, headers: { apikey: pbx.key } })).statusCode).toBe(403)
  })

  test.each([
    ['a WebSocket', openSocket],
    ['server-sent events', openEvents],
  ])('hears of calls and of nothing else, by %s', async (_, connect) => {
    const url = await listening(desk)
    const after = (await follow(url, connect)).messages[0].number
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, { message: 'hm', type: 'N' })
    await goOnline(desk, ada.userid)
    await desk.v3('PATCH', 'settings', { language: 'de' })
    const { callid } = await must('calls', { direction: 'incoming', caller: '1' })
    await must(`calls/${callid}/stop`)
    for (const client of [[...open][0], await follow(url, connect, after)]) {
      await client?.seen(({ type, data }) => type === 'call.ended' && data.callid === callid)
      const types = new Set(client?.events().map(({ type }) => type.split('.')[0]))
      expect(types).toEqual(new Set(['call']))
    }
    await goOffline(desk, ada.userid)
  })

  async function follow(url: string, connect: typeof openSocket, after?: number): Promise<LiveClient> {
    const client = await connect(url, {
      headers: { apikey: pbx.key },
      ...(after !== undefined && { query: { after } }),
    })
    open.add(client)
    await client.seen(({ type }) => type === 'hello')
    return client
  }

  test('is given by administrators, and raised to full rights by owners only', async () => {
    const { email } = await aCallAgent(desk, { role: 'D' })
    const { v3 } = await signIn(desk, email)
    const added = await v3('POST', 'apikeys', { name: 'PBX 2', rights: 'telephony' })
    expect([added.status, added.body.rights]).toEqual([200, 'telephony'])
    expect((await v3('PATCH', `apikeys/${added.body.id}`, { rights: 'full' })).status).toBe(403)
    expect((await v3('PATCH', `apikeys/${added.body.id}`, { rights: 'read' })).body.rights).toBe('read')
    const reply = await desk.v3('POST', 'calls', { direction: 'incoming' }, { key: added.body.key })
    expect(reply.status).toBe(403)
  })
})
