import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { departmentCounts, historyOf, stateOf as lookAt, textsOf } from '../../../test/moves.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let agent: SignedIn
beforeAll(async () => {
  desk = await newDesk()
  agent = await signIn(desk, (await anAgent(desk)).email)
})
afterAll(() => desk.close())

const anna = { useridentifier: 'anna@example.com' }

const read = async (id: string) => (await desk.v3('GET', `conversations/${id}`)).body
const history = (id: string) => historyOf(desk, id)
const texts = (id: string) => textsOf(desk, id)
const stateOf = (id: string) => lookAt(desk, id)
const counts = () => departmentCounts(desk)
const merge = (from: string, into: string) => desk.v3('POST', `conversations/${from}/merge`, { into })
const undo = (id: string, moveid: string) => desk.v3('POST', `conversations/${id}/moves/${moveid}/undo`, {})
const answer = (id: string, message = 'An answer') => agent.v3('POST', `conversations/${id}/messages`, { message })
const ask = (id: string, message: string, who = 'anna@example.com') =>
  desk.v1('POST', `conversations/${id}/messages`, { message, useridentifier: who })
const put = (id: string, status: string) => desk.v3('PUT', `conversations/${id}/status`, { status })

describe('what cannot be merged', () => {
  test('without a key or a session nothing is done', async () => {
    const { conversationid } = await aConversation(desk)
    const reply = await desk.v3('POST', `conversations/${conversationid}/merge`, { into: 'x' }, { key: null })
    expect(reply.status).toBe(401)
  })

  test.each([
    ['into', {}],
    ['into', { into: '' }],
    ['into', { into: 7 }],
    ['into', { into: 'nul\0' }],
    ['to', { to: 'abc', into: 'abcdefgh' }],
  ])('a wrong %s is refused by name: %j', async (field, body) => {
    const { conversationid } = await aConversation(desk)
    const reply = await desk.v3('POST', `conversations/${conversationid}/merge`, body)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
  })

  test('a conversation into itself, by whatever name', async () => {
    const { conversationid, code, publicurlcode } = await aConversation(desk)
    for (const into of [conversationid, code, publicurlcode]) {
      const reply = await merge(conversationid, into)
      expect([reply.status, reply.body.error.field]).toEqual([400, 'into'])
    }
  })

  test('into one that is not there, or that the agent may not see', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Hidden' })).body
    const hidden = await aConversation(desk, { department: departmentid })
    const own = await aConversation(desk)
    for (const into of ['zzzzzzzz', hidden.conversationid]) {
      const reply = await agent.v3('POST', `conversations/${own.conversationid}/merge`, { into })
      expect([reply.status, reply.body.error.message]).toEqual([404, `Conversation '${into}' not found`])
    }
    expect((await agent.v3('POST', `conversations/${hidden.conversationid}/merge`, { into: own.code })).status).toBe(
      404,
    )
    expect((await read(hidden.conversationid)).mergedinto).toBeNull()
  })

  test('with a key that may only read', async () => {
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    const { body } = await desk.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })
    const reply = await desk.v3('POST', `conversations/${a.conversationid}/merge`, { into: b.code }, { key: body.key })
    expect(reply.status).toBe(403)
  })

  test.each([
    ['X', 'deleted'],
    ['B', 'spam'],
  ])('one in status %s, on either side', async (status, word) => {
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    await put(a.conversationid, status)
    for (const reply of [await merge(a.conversationid, b.code), await merge(b.conversationid, a.code)]) {
      expect(reply.status).toBe(409)
      expect(reply.body.error.message).toContain(word)
    }
  })

  test('a running chat', async () => {
    const [a, b] = [await aConversation(desk, { status: 'T' }), await aConversation(desk)]
    expect((await merge(a.conversationid, b.code)).body.error.message).toContain('not ended')
  })

  test('one that was merged already, nor anything into it: neither chains nor circles come to be', async () => {
    const [a, b, c] = [await aConversation(desk), await aConversation(desk), await aConversation(desk)]
    expect((await merge(a.conversationid, b.conversationid)).status).toBe(200)
    for (const [from, into] of [
      [a, c],
      [c, a],
      [b, a],
      [a, b],
    ] as const) {
      const reply = await merge(from.conversationid, into.conversationid)
      expect(reply.status).toBe(409)
      expect(reply.body.error.message).toBe(`Conversation ${a.code} was merged into ${b.code} already.`)
    }
  })
})

test('a merge that would make too many custom fields is refused, and nothing of it is stored', async () => {
  const fields = (from: number) =>
    JSON.stringify(Array.from({ length: 150 }, (_, n) => ({ code: 'serial', value: String(from + n) })))
  const a = await aConversation(desk, { customfields: fields(0) })
  const b = await aConversation(desk, { customfields: fields(1_000) })
  const before = [await stateOf(a.conversationid), await stateOf(b.conversationid)]
  const reply = await merge(a.conversationid, b.code)
  expect([reply.status, reply.body.error.field]).toEqual([400, 'into'])
  expect([await stateOf(a.conversationid), await stateOf(b.conversationid)]).toEqual(before)
})

describe('a merge', () => {
  test('brings messages, tags, fields, copies and the other requester along, and leaves an empty conversation', async () => {
    const a = await aConversation(desk, {
      ...anna,
      subject: 'Again',
      message: 'Second question',
      cc: 'both@example.com,Copy@example.com',
      mail_messsage_id: '<told-a@example.com>',
      customfields: JSON.stringify([
        { code: 'order', value: '17' },
        { code: 'colour', value: 'red' },
      ]),
    })
    const b = await aConversation(desk, {
      useridentifier: 'berta@example.com',
      message: 'First question',
      cc: 'BOTH@example.com',
      customfields: JSON.stringify([{ code: 'order', value: '17' }]),
    })
    for (const [id, name] of [
      [a.conversationid, 'shared'],
      [a.conversationid, 'fresh'],
      [b.conversationid, 'shared'],
    ] as const)
      await desk.v3('POST', `conversations/${id}/tags`, { name })
    const before = await read(a.conversationid)
    const { status, body } = await merge(a.conversationid, b.code)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      kind: 'merge',
      from: { conversationid: a.conversationid, code: a.code },
      into: { conversationid: b.conversationid, code: b.code },
      dateundone: null,
    })
    const target = await read(b.conversationid)
    expect(target).toMatchObject({
      status: 'N',
      cc: ['BOTH@example.com', 'anna@example.com', 'Copy@example.com'],
      customfields: [
        { code: 'order', value: '17' },
        { code: 'colour', value: 'red' },
      ],
      messagegroupsin: 2,
      messagegroupsout: 0,
      mergedinto: null,
      owner: { email: 'berta@example.com' },
    })
    expect(target.tags).toHaveLength(2)
    expect(await texts(b.conversationid)).toEqual(
      expect.arrayContaining(['First question', 'Second question', `${a.code} was merged into this conversation`]),
    )
    const source = await read(a.conversationid)
    expect(source).toMatchObject({
      status: 'L',
      mergedinto: b.conversationid,
      messagegroupsin: 0,
      waitingsince: null,
      subject: 'Again',
      preview: before.preview,
      tags: before.tags,
    })
    expect(await texts(a.conversationid)).toEqual([`Merged into ${b.code}`])
    const [group] = await history(a.conversationid)
    expect(group).toMatchObject({ rtype: '2', rstatus: 'M' })
    expect((await stateOf(b.conversationid)).threads).toMatchObject([{ message_id: 'told-a@example.com' }])
    const { kept, counted } = await counts()
    expect(kept).toEqual(counted)
  })

  test('is shown by API v1 in its letters, and both stay readable', async () => {
    const [a, b] = [await aConversation(desk, { ...anna, message: 'By v1' }), await aConversation(desk)]
    await merge(a.conversationid, b.code)
    const row = (await desk.v1('GET', `conversations/${a.conversationid}`)).body
    expect(row).toMatchObject({ code: a.code, status: 'L', messagegroupsin: '0' })
    const [trace, ...others] = (await desk.v1('GET', `conversations/${a.code}/messages`)).body.groups
    expect(others).toEqual([])
    expect(trace).toMatchObject({
      rtype: '2',
      rstatus: 'M',
      messages: [{ rtype: '2', message: `Merged into ${b.code}` }],
    })
    expect((await desk.v1('GET', `conversations/${b.code}/messages`)).text).toContain('By v1')
  })

  test('opens what was settled if the customer of the other still waits, from when he began to wait', async () => {
    const a = await aConversation(desk, anna)
    const b = await aConversation(desk, anna)
    await answer(b.conversationid)
    await merge(a.conversationid, b.code)
    const { datecreated } = await read(a.conversationid)
    expect(await read(b.conversationid)).toMatchObject({ status: 'C', waitingsince: datecreated })
  })

  test('of something settled leaves the other as it is', async () => {
    const a = await aConversation(desk, anna)
    await put(a.conversationid, 'R')
    const b = await aConversation(desk, anna)
    await answer(b.conversationid)
    await merge(a.conversationid, b.code)
    expect(await read(b.conversationid)).toMatchObject({ status: 'A', waitingsince: null })
  })

  test('shows the newest message of both as preview', async () => {
    const a = await aConversation(desk, { ...anna, message: 'Older' })
    const b = await aConversation(desk, { ...anna, message: '<p>Newer &amp; bold</p>', is_html_message: 'Y' })
    const [c, d] = [await aConversation(desk, { message: 'Newest' }), b]
    await merge(a.conversationid, b.code)
    expect((await read(b.conversationid)).preview).toBe('Newer & bold')
    await merge(c.conversationid, d.code)
    expect((await read(b.conversationid)).preview).toBe('Newest')
  })

  test('is told to those who follow either', async () => {
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    const { moveid } = (await merge(a.conversationid, b.code)).body
    const rows = await desk.app.database.reader
      .selectFrom('events')
      .select(['conversation_id', 'data'])
      .where('type', '=', 'conversation.merged')
      .where('conversation_id', 'in', [a.conversationid, b.conversationid])
      .execute()
    expect(rows.map(({ conversation_id }) => conversation_id).sort()).toEqual(
      [a.conversationid, b.conversationid].sort(),
    )
    expect(JSON.parse(rows[0]?.data ?? '')).toMatchObject({ moveid, from: a.conversationid, into: b.conversationid })
  })

  test('brings files along: whoever may read the other conversation may have them', async () => {
    const upload = await desk.app.database.write(async (tx) => {
      const id = 'f'.repeat(32)
      await tx
        .insertInto('files')
        .values({ id, name: 'a.txt', type: 'text/plain', size: 0, downloads: 0, conversation_id: null, created_at: 1 })
        .execute()
      return id
    })
    const a = await aConversation(desk, { attachments: upload })
    const b = await aConversation(desk)
    const before = [await stateOf(a.conversationid), await stateOf(b.conversationid)]
    const { moveid } = (await merge(a.conversationid, b.code)).body
    expect((await stateOf(b.conversationid)).files).toEqual([{ id: upload }])
    await undo(a.conversationid, moveid)
    expect([await stateOf(a.conversationid), await stateOf(b.conversationid)]).toEqual(before)
  })

  test('leads messages for the old one to the new one, and keeps its status from being changed', async () => {
    const a = await aConversation(desk, anna)
    const b = await aConversation(desk, anna)
    const c = await aConversation(desk, anna)
    await merge(a.conversationid, b.code)
    await merge(b.conversationid, c.code)
    expect((await ask(a.conversationid, 'By the old id')).status).toBe(200)
    expect(await texts(c.conversationid)).toContain('By the old id')
    expect((await put(a.conversationid, 'C')).status).toBe(409)
    expect((await desk.v1('DELETE', `conversations/${a.conversationid}`)).text).toContain('merged')
    expect((await read(a.conversationid)).status).toBe('L')
  })
})

describe('a merge undone', () => {
  test('leaves both exactly as they were', async () => {
    const a = await aConversation(desk, {
      ...anna,
      cc: 'copy@example.com',
      mail_messsage_id: '<undone-a@example.com>',
      customfields: JSON.stringify([{ code: 'order', value: '18' }]),
    })
    await desk.v3('POST', `conversations/${a.conversationid}/tags`, { name: 'undone' })
    await desk.v3('POST', `conversations/${a.conversationid}/messages`, { message: 'A note', type: 'N' })
    const b = await aConversation(desk, { useridentifier: 'berta@example.com', message: 'Other' })
    await answer(b.conversationid)
    await put(b.conversationid, 'R')
    const before = [await stateOf(a.conversationid), await stateOf(b.conversationid)]
    const { moveid } = (await merge(a.conversationid, b.code)).body
    expect((await stateOf(b.conversationid)).row.status).toBe('C')
    const { status, body } = await undo(b.conversationid, moveid)
    expect(status).toBe(200)
    expect(body.dateundone).not.toBeNull()
    expect([await stateOf(a.conversationid), await stateOf(b.conversationid)]).toEqual(before)
    const { kept, counted } = await counts()
    expect(kept).toEqual(counted)
  })

  test('keeps what was written since where it was written', async () => {
    const a = await aConversation(desk, { ...anna, message: 'Moved' })
    const b = await aConversation(desk, { ...anna, message: 'Own' })
    await answer(b.conversationid)
    const { moveid } = (await merge(a.conversationid, b.code)).body
    await ask(b.conversationid, 'Later')
    await undo(a.conversationid, moveid)
    const later = (await history(b.conversationid)).find(({ messages }) =>
      messages.some(({ message }) => message === 'Later'),
    )
    expect(await read(a.conversationid)).toMatchObject({ status: 'N', preview: 'Moved', messagegroupsin: 1 })
    expect(await read(b.conversationid)).toMatchObject({
      status: 'C',
      preview: 'Later',
      messagegroupsin: 2,
      waitingsince: later?.datecreated,
    })
  })

  test('cannot be undone twice', async () => {
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    const { moveid } = (await merge(a.conversationid, b.code)).body
    expect((await undo(a.conversationid, moveid)).status).toBe(200)
    const again = await undo(a.conversationid, moveid)
    expect([again.status, again.body.error.message]).toEqual([409, 'This has been undone already.'])
    const [{ moves }] = [(await desk.v3('GET', `conversations/${a.conversationid}/moves`)).body]
    expect(moves).toHaveLength(1)
  })

  test('waits for later moves to be undone first', async () => {
    const [a, b, c] = [await aConversation(desk), await aConversation(desk), await aConversation(desk)]
    const first = (await merge(a.conversationid, b.code)).body
    const second = (await merge(b.conversationid, c.code)).body
    expect((await undo(a.conversationid, first.moveid)).body.error.message).toContain(`${b.code} was merged into`)
    expect((await undo(b.conversationid, second.moveid)).status).toBe(200)
    expect((await undo(a.conversationid, first.moveid)).status).toBe(200)
  })

  test('is refused where the other was deleted meanwhile, and by whoever may not see both', async () => {
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    const { moveid } = (await merge(a.conversationid, b.code)).body
    await put(b.conversationid, 'X')
    expect((await undo(a.conversationid, moveid)).body.error.message).toContain('deleted')
    await put(b.conversationid, 'C')
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Elsewhere' })).body
    await desk.v3('PUT', `conversations/${b.conversationid}/attendants`, { department: departmentid })
    expect((await agent.v3('POST', `conversations/${a.conversationid}/moves/${moveid}/undo`, {})).status).toBe(404)
  })

  test('is not found under a conversation that it does not concern', async () => {
    const [a, b, c] = [await aConversation(desk), await aConversation(desk), await aConversation(desk)]
    const { moveid } = (await merge(a.conversationid, b.code)).body
    for (const id of [moveid, 'zzzzzzzz', '1', "'", '99999999999999999999'])
      expect((await undo(c.conversationid, id)).status).toBe(404)
    expect((await read(a.conversationid)).status).toBe('L')
  })
})

describe('two at once', () => {
  test('of the same pair, crosswise: one merges, the other is told', async () => {
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    const replies = await Promise.all([
      merge(a.conversationid, b.code),
      merge(b.conversationid, a.code),
      merge(a.conversationid, b.code),
    ])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const { kept, counted } = await counts()
    expect(kept).toEqual(counted)
  })

  test('undo one merge once', async () => {
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    const { moveid } = (await merge(a.conversationid, b.code)).body
    const replies = await Promise.all([1, 2, 3].map(() => undo(a.conversationid, moveid)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(await read(b.conversationid)).toMatchObject({ messagegroupsin: 1 })
  })
})
