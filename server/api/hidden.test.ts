// What an agent of one department can learn of, or do to, a conversation of another: nothing, by any name, on any call.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { aConversation, anAgent, type OpenedConversation } from '../../test/people.ts'
import { type SignedIn, signIn } from '../../test/session.ts'

let desk: TestDesk
let agent: SignedIn
let agentId: string
let hidden: OpenedConversation
let visible: OpenedConversation
let elsewhere: string
let tagId: string
let fileId: string

beforeAll(async () => {
  desk = await newDesk()
  elsewhere = (await desk.v3('POST', 'departments', { name: 'Elsewhere' })).body.departmentid
  const { userid, email } = await anAgent(desk, { departments: ['default'] })
  agentId = userid
  agent = await signIn(desk, email)
  fileId = (await desk.v1('POST', 'files', { name: 'secret.txt', type: 'text/plain', data: 'c2VjcmV0' })).body.fileid
  const from = { useridentifier: 'anna@example.com', subject: 'Top secret' }
  hidden = await aConversation(desk, { ...from, department: elsewhere, attachments: fileId })
  visible = await aConversation(desk, from)
  await desk.v1('POST', `conversations/${hidden.conversationid}/tags`, { name: 'Known' })
  tagId = (await desk.v1('GET', 'tags')).body.tags[0].id
})
afterAll(() => desk.close())

/** All that there is to know of the hidden conversation: the same after every attempt. */
const stateOfHidden = async () => {
  const path = `conversations/${hidden.conversationid}`
  return [(await desk.v1('GET', path)).text, (await desk.v1('GET', `${path}/messages`)).text]
}

const v1Calls: [string, string, Record<string, string>][] = [
  ['GET', '', {}],
  ['DELETE', '', { note: 'gone' }],
  ['GET', '/messages', {}],
  ['POST', '/messages', { message: 'Hello' }],
  ['POST', '/messages', { message: 'Hello', useridentifier: 'anna@example.com' }],
  ['PUT', '/status', { status: 'R' }],
  ['PUT', '/attendants', { department: 'default' }],
  ['GET', '/tags', {}],
  ['POST', '/tags', { name: 'Mine' }],
  ['DELETE', '/tags', { name: 'Known' }],
  ['POST', '/fields', { customfields: '[{"code":"a","value":"b"}]' }],
  ['DELETE', '/fields', {}],
]

const v3Calls: [string, string, unknown][] = [
  ['GET', '', undefined],
  ['GET', '/messages', undefined],
  ['POST', '/messages', { message: 'Hello' }],
  ['POST', '/messages', { message: 'Hello', type: 'N' }],
  ['PUT', '/status', { status: 'X' }],
  ['PUT', '/attendants', { department: 'default' }],
  ['POST', '/tags', { name: 'Mine' }],
  ['DELETE', '/tags/TAG', undefined],
]

describe("a conversation in a department that is not the agent's", () => {
  test('answers on API v1 as if it did not exist, by id, code and public code', async () => {
    const before = await stateOfHidden()
    for (const [method, suffix, params] of v1Calls) {
      for (const identifier of [hidden.conversationid, hidden.code, hidden.publicurlcode]) {
        const reply = await agent.v1(method, `conversations/${identifier}${suffix}`, params)
        const unknown = await agent.v1(method, `conversations/zzzzzzzz${suffix}`, params)
        expect([method, suffix, reply.status]).toEqual([method, suffix, 404])
        expect(reply.text).toBe(unknown.text.replace('zzzzzzzz', identifier))
      }
    }
    expect(await stateOfHidden()).toEqual(before)
  })

  test('answers on our own API as if it did not exist, by id, code and public code', async () => {
    const before = await stateOfHidden()
    for (const [method, suffix, body] of v3Calls) {
      for (const identifier of [hidden.conversationid, hidden.code, hidden.publicurlcode]) {
        const path = `conversations/${identifier}${suffix.replace('TAG', tagId)}`
        const reply = await agent.v3(method, path, body)
        expect([method, path, reply.status]).toEqual([method, path, 404])
        const unknown = await agent.v3(method, path.replace(identifier, 'zzzzzzzz'), body)
        expect(reply.text).toBe(unknown.text.replace('zzzzzzzz', identifier))
      }
    }
    expect(await stateOfHidden()).toEqual(before)
  })

  test('is in no list, whatever is asked for', async () => {
    const filters: Record<string, string>[] = [
      {},
      { department: elsewhere },
      { owneridentifier: 'anna@example.com' },
      { subject: 'Top secret' },
      { status: 'N,C,A,W,R,L,T,P,I,B,X' },
      { agent: agentId },
      { channel_type: 'E' },
      { owneridentifier: 'anna@example.com', department: elsewhere, status: 'N' },
      { subject: 'Top secret', department: elsewhere },
    ]
    for (const filter of filters) {
      const query = new URLSearchParams(filter)
      const replies = [await agent.v1('GET', 'conversations', filter), await agent.v3('GET', `conversations?${query}`)]
      for (const reply of replies) {
        expect(reply.status).toBe(200)
        expect(reply.text).not.toContain(hidden.conversationid)
      }
    }
    const { body } = await agent.v3('GET', 'conversations?subject=Top%20secret')
    expect(body.conversations.map((row: OpenedConversation) => row.conversationid)).toEqual([visible.conversationid])
  })

  test('does not show the files that hang on it, nor lets them hang elsewhere', async () => {
    expect((await agent.v1('GET', `files/${fileId}`)).status).toBe(404)
    expect((await agent.v1('DELETE', `files/${fileId}`)).status).toBe(404)
    const draft = { message: 'Look', attachments: [fileId] }
    expect((await agent.v3('POST', `conversations/${visible.conversationid}/messages`, draft)).status).toBe(400)
    const { headers } = { headers: { cookie: agent.cookie } }
    const download = await desk.app.http.inject({ url: `/scripts/file.php?view=Y&file=${fileId}`, headers })
    expect(download.statusCode).toBe(404)
    expect((await desk.v1('GET', `files/${fileId}`)).status).toBe(200)
  })

  test('is there once the agent works in that department, and for an agent of no department nothing is', async () => {
    await desk.v3('PATCH', `agents/${agentId}`, { departments: [elsewhere] })
    expect((await agent.v3('GET', `conversations/${hidden.conversationid}`)).status).toBe(200)
    expect((await agent.v3('GET', `conversations/${visible.conversationid}`)).status).toBe(404)
    await desk.v3('PATCH', `agents/${agentId}`, { departments: [] })
    expect((await agent.v3('GET', 'conversations')).body).toEqual({ conversations: [], next_cursor: null })
    expect((await agent.v1('GET', 'conversations')).body).toEqual({ conversations: [] })
  })

  test('is seen by administrators and owners, whatever departments they work in', async () => {
    for (const role of ['D', 'O']) {
      const { email } = await anAgent(desk, { role, departments: [] })
      const boss = await signIn(desk, email)
      expect((await boss.v3('GET', `conversations/${hidden.code}`)).status).toBe(200)
      expect((await boss.v1('GET', `conversations/${hidden.code}`)).status).toBe(200)
    }
  })
})
