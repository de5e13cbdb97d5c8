import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { findByThreadIds } from '../../desk/conversations/thread-ids.ts'
import { newId } from '../../lib/ids.ts'

let desk: TestDesk
let agent: { userid: string; email: string }
beforeAll(async () => {
  desk = await newDesk()
  agent = await anAgent(desk, { email: 'ada@desk.test' })
})
afterAll(() => desk.close())

const get = async (id: string) => (await desk.v1('GET', `conversations/${id}`)).body
const groups = async (id: string) => (await desk.v1('GET', `conversations/${id}/messages`)).body.groups
const count = async (): Promise<number> =>
  (await desk.app.database.reader.selectFrom('conversations').select('id').execute()).length
const draft = (over: Record<string, string> = {}) => ({
  message: 'Hello, this is my first ticket',
  useridentifier: `c-${newId()}@example.com`,
  department: 'default',
  subject: 'My first ticket',
  recipient: 'support@desk.test',
  ...over,
})

describe('opening a conversation', () => {
  test.each(['message', 'useridentifier', 'department', 'subject', 'recipient'])(
    'without %s names it and stores nothing',
    async (name) => {
      const before = await count()
      const reply = await desk.v1('POST', 'conversations', draft({ [name]: '' }))
      expect(reply.status).toBe(500)
      expect(reply.body.errormessage).toBe(`Parameter '${name}' is missing`)
      expect(await count()).toBe(before)
    },
  )

  test.each([
    ['department', 'nowhere0', 404],
    ['useridentifier', 'nobody00', 404],
    ['recipient', 'not an address', 500],
    ['cc', 'a@b.de,broken', 500],
    ['status', 'Q', 500],
    ['customfields', '{"code":1', 500],
    ['customfields', '[{"value":"no code"}]', 500],
    ['attachments', 'ffffffffffffffffffffffffffffffff', 500],
    ['is_html_message', 'maybe', 500],
    ['subject', 'a\0b', 500],
  ])('with a bad %s (%s) is refused and stores nothing', async (name, value, status) => {
    const before = await count()
    const reply = await desk.v1('POST', 'conversations', draft({ [name]: value }))
    expect(reply.status).toBe(status)
    expect(reply.body.errormessage.toLowerCase()).toContain(name)
    expect(await count()).toBe(before)
  })

  test('with half of a surrogate pair is refused', async () => {
    const reply = await desk.app.http.inject({
      method: 'POST',
      url: '/api/conversations?apikey=test-key-with-full-rights',
      headers: { 'content-type': 'application/json' },
      payload:
        '{"message":"\\ud800","useridentifier":"a@b.de","department":"default","subject":"s","recipient":"c@d.de"}',
    })
    expect(reply.statusCode).toBe(500)
    expect(reply.body).toContain("Parameter 'message' is not valid Unicode")
  })

  test('by a customer makes him its owner, and him a customer if he was none', async () => {
    const email = `New.Person+tag@Example.com`
    const opened = await aConversation(desk, { useridentifier: email })
    expect(opened.conversationid).toMatch(/^[a-z0-9]{8}$/)
    expect(opened.code).toMatch(/^[A-Z]{3}-[A-Z]{5}-\d{3}$/)
    expect(opened.publicurlcode).toMatch(/^[A-Za-z0-9]{16}$/)
    const info = await get(opened.conversationid)
    expect(info).toMatchObject({
      owneremail: email,
      status: 'N',
      departmentid: 'default',
      departmentname: 'General',
      subject: 'Printer',
      preview: 'My printer is on fire.',
      channel_type: 'E',
      messagegroupsin: '1',
      messagegroupsout: '0',
      assignedto: null,
      tags: null,
      datedue: null,
      customfields: [],
    })
    const again = await aConversation(desk, { useridentifier: email.toLowerCase() })
    expect((await get(again.conversationid)).owneremail).toBe(email)
  })

  test('by an agent makes the recipient its owner, under the name given', async () => {
    const { conversationid } = await aConversation(desk, {
      useridentifier: agent.email,
      recipient: 'maria@example.com',
      recipient_name: 'Maria da Silva',
      status: 'A',
    })
    expect(await get(conversationid)).toMatchObject({
      owneremail: 'maria@example.com',
      ownername: 'Maria da Silva',
      status: 'A',
      messagegroupsin: '0',
      messagegroupsout: '1',
    })
    const [group] = await groups(conversationid)
    expect(group).toMatchObject({ rtype: '4', rstatus: 'V', userid: agent.userid })
    expect(group.messages[0]).toMatchObject({ rtype: 'M', userid: agent.userid, message: 'My printer is on fire.' })
  })

  test('leaves an event and the facts that the reports count', async () => {
    const { conversationid } = await aConversation(desk)
    const db = desk.app.database.reader
    const events = await db.selectFrom('events').select('type').where('conversation_id', '=', conversationid).execute()
    expect(events.map(({ type }) => type)).toEqual(['conversation.opened'])
    const facts = await db
      .selectFrom('facts')
      .select('kind')
      .where('conversation_id', '=', conversationid)
      .orderBy('seq')
      .execute()
    expect(facts.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['created', 'message_in']))
  })

  test('keeps custom fields in order, repeats included, and the id of the mail', async () => {
    const fields = [
      { code: 'order', value: '1' },
      { code: 'order', value: '2' },
    ]
    const { conversationid } = await aConversation(desk, {
      customfields: JSON.stringify(fields),
      mail_messsage_id: '<m1@mail.example>',
    })
    expect((await get(conversationid)).customfields).toEqual(fields)
    expect(await findByThreadIds(desk.app.database.reader, ['<m1@mail.example>'])).toMatchObject([
      { conversationId: conversationid, origin: 'told' },
    ])
  })

  test('in HTML stores it clean, and its text as preview', async () => {
    const { conversationid } = await aConversation(desk, {
      is_html_message: 'Y',
      message: '<p onclick="x()">Hello <b>you</b><script>alert(1)</script><img src="javascript:x"></p>',
    })
    const [group] = await groups(conversationid)
    expect(group.messages[0].message).not.toMatch(/script|onclick|javascript/)
    expect(group.messages[0].message).toContain('<b>you</b>')
    expect((await get(conversationid)).preview).toBe('Hello you')
  })

  test('drops NUL from the text of the message', async () => {
    const { conversationid } = await aConversation(desk, { message: 'a\0b' })
    expect((await groups(conversationid))[0].messages[0].message).toBe('ab')
  })
})

describe('a conversation', () => {
  test('is found by id, by code in any case, and by public code; nothing else finds it', async () => {
    const { conversationid, code, publicurlcode } = await aConversation(desk)
    for (const id of [conversationid, code, code.toLowerCase(), publicurlcode])
      expect((await get(id)).conversationid).toBe(conversationid)
    for (const id of [
      'zzzzzzzz',
      'AAA-AAAAA-000',
      'A'.repeat(16),
      '%',
      "' or 1=1 --",
      '..%2F..%2Fetc',
      publicurlcode.toLowerCase() === publicurlcode ? 'x' : publicurlcode.toLowerCase(),
    ])
      expect((await desk.v1('GET', `conversations/${encodeURIComponent(id)}`)).status).toBe(404)
  })

  test('that was deleted has status X, keeps its remark, and is still readable', async () => {
    const { conversationid } = await aConversation(desk)
    expect(
      (await desk.v1('DELETE', `conversations/${conversationid}`, { note: 'Wrong desk', useridentifier: agent.email }))
        .body,
    ).toEqual({ status: 'OK', statuscode: 0 })
    expect((await get(conversationid)).status).toBe('X')
    const last = (await groups(conversationid)).at(-1)
    expect(last).toMatchObject({ rtype: 'X', userid: agent.userid })
    expect(last.messages.map((message: { message: string }) => message.message)).toContain('Wrong desk')
  })
})

describe('a message', () => {
  test('of an agent answers, of the customer opens again, and resolving says who did it', async () => {
    const email = `c-${newId()}@example.com`
    const { conversationid } = await aConversation(desk, { useridentifier: email })
    const post = (params: Record<string, string>) => desk.v1('POST', `conversations/${conversationid}/messages`, params)
    expect((await post({ message: 'Try turning it off.', useridentifier: agent.userid })).body).toEqual({
      status: 'OK',
      statuscode: 0,
    })
    expect((await get(conversationid)).status).toBe('A')
    await post({ message: 'It is off. It burns.', useridentifier: email })
    expect(await get(conversationid)).toMatchObject({
      status: 'C',
      preview: 'It is off. It burns.',
      messagegroupsin: '2',
      messagegroupsout: '1',
    })
    await desk.v1('PUT', `conversations/${conversationid}/status`, {
      status: 'R',
      useridentifier: agent.email,
      note: 'Sent water',
    })
    expect((await get(conversationid)).status).toBe('R')
    await post({ message: 'Thank you!', useridentifier: email })
    expect((await get(conversationid)).status).toBe('C')
    const history = await groups(conversationid)
    expect(history.map((group: { rtype: string }) => group.rtype)).toEqual(['3', '4', '3', 'R', '3'])
    expect(history[3]).toMatchObject({ userid: agent.userid })
    const facts = await desk.app.database.reader
      .selectFrom('facts')
      .select('kind')
      .where('conversation_id', '=', conversationid)
      .execute()
    expect(facts.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['answer_new', 'resolved', 'first_resolved', 'note']),
    )
  })

  test('without a user is a note by the system, even as type M, and changes no status', async () => {
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, { message: 'Paid yesterday', type: 'M' })
    const last = (await groups(conversationid)).at(-1)
    expect(last).toMatchObject({ rtype: 'I', userid: 'system00' })
    expect(last.messages[0]).toMatchObject({ rtype: 'N', userid: 'system00', message: 'Paid yesterday' })
    expect(await get(conversationid)).toMatchObject({
      status: 'N',
      messagegroupsout: '0',
      preview: 'My printer is on fire.',
    })
  })

  test('of type N by an agent is a note; by a customer it is refused', async () => {
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'Ask Bob',
      type: 'N',
      useridentifier: agent.email,
    })
    expect((await groups(conversationid)).at(-1)).toMatchObject({ rtype: 'I', userid: agent.userid })
    const reply = await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'x',
      type: 'N',
      useridentifier: 'someone@example.com',
    })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain("'type'")
  })

  test('from an address never seen creates the customer', async () => {
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'Me too',
      useridentifier: 'colleague@example.com',
    })
    expect(
      (
        await desk.app.database.reader
          .selectFrom('customers')
          .select('email')
          .where('email_key', '=', 'colleague@example.com')
          .execute()
      ).length,
    ).toBe(1)
  })

  test('to a conversation that does not exist is 404, in the format asked for', async () => {
    const reply = await desk.v1('POST', 'conversations/zzzzzzzz/messages.xml', { message: 'x' })
    expect(reply.status).toBe(404)
    expect(reply.text).toContain('<statuscode>404</statuscode>')
  })

  test('is listed by date, both bounds inclusive', async () => {
    const { conversationid } = await aConversation(desk)
    const read = async (params: Record<string, string>) =>
      (await desk.v1('GET', `conversations/${conversationid}/messages`, params)).body.groups.length
    expect(await read({ datefrom: '2020-01-01' })).toBe(1)
    expect(await read({ dateto: '2020-01-01' })).toBe(0)
    const [group] = await groups(conversationid)
    expect(await read({ datefrom: group.datecreated, dateto: group.datecreated })).toBe(1)
    expect(
      (await desk.v1('GET', `conversations/${conversationid}/messages`, { datefrom: 'soon' })).body.errormessage,
    ).toContain("'datefrom'")
  })
})

describe('a transfer', () => {
  test('to nobody and nowhere is refused', async () => {
    const { conversationid } = await aConversation(desk)
    expect((await desk.v1('PUT', `conversations/${conversationid}/attendants`, {})).status).toBe(500)
    expect(
      (await desk.v1('PUT', `conversations/${conversationid}/attendants`, { agentidentifier: 'ghost@desk.test' }))
        .status,
    ).toBe(404)
    expect(
      (await desk.v1('PUT', `conversations/${conversationid}/attendants`, { department: 'nowhere0' })).status,
    ).toBe(404)
  })

  test('assigns an agent, leaves its group and remark, and one to another department frees it again', async () => {
    const { body: sales } = await desk.v3('POST', 'departments', { name: 'Sales' })
    const { conversationid } = await aConversation(desk)
    await desk.v1('PUT', `conversations/${conversationid}/attendants`, {
      agentidentifier: agent.email,
      messages: 'Yours',
    })
    expect((await get(conversationid)).assignedto).toBe(agent.userid)
    const last = (await groups(conversationid)).at(-1)
    expect(last).toMatchObject({ rtype: 'T', userid: 'system00' })
    expect(last.messages.map((message: { rtype: string }) => message.rtype)).toEqual(['R', 'N'])
    await desk.v1('PUT', `conversations/${conversationid}/attendants`, {
      department: sales.departmentid,
      useridentifier: agent.email,
    })
    expect(await get(conversationid)).toMatchObject({
      assignedto: null,
      departmentid: sales.departmentid,
      departmentname: 'Sales',
    })
    const reply = await desk.v1('PUT', `conversations/${conversationid}/attendants`, { agentidentifier: agent.email })
    expect(reply.body.errormessage).toContain('does not work in the department')
  })
})

describe('tags on a conversation', () => {
  test('are put on by name or id, leave their groups, and come off again', async () => {
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}/tags`
    expect((await desk.v1('POST', path, {})).body.errormessage).toContain("'id'")
    await desk.v1('POST', path, { name: 'Urgent' })
    await desk.v1('POST', path, { name: 'urgent' })
    const { tags } = (await desk.v1('GET', path)).body
    expect(tags).toEqual([{ id: expect.stringMatching(/^[a-z0-9]{8}$/), name: 'Urgent' }])
    expect((await get(conversationid)).tags).toBe(tags[0].id)
    await desk.v1('DELETE', path, { id: tags[0].id })
    expect((await get(conversationid)).tags).toBeNull()
    expect((await desk.v1('DELETE', path, { id: tags[0].id })).status).toBe(404)
    expect((await groups(conversationid)).map((group: { rtype: string }) => group.rtype)).toEqual(['3', 'G', 'G'])
  })
})

describe('custom fields of a conversation', () => {
  test('are added behind what is there; one code goes, or all', async () => {
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}/fields`
    const add = (fields: object[]) => desk.v1('POST', path, { customfields: JSON.stringify(fields) })
    expect((await desk.v1('POST', path, {})).body.errormessage).toContain("'customfields'")
    await add([
      { code: 'a', value: '1' },
      { code: 'b', value: '2' },
    ])
    await add([{ code: 'a', value: '3' }])
    expect((await get(conversationid)).customfields).toHaveLength(3)
    await desk.v1('DELETE', path, { code: 'a' })
    expect((await get(conversationid)).customfields).toEqual([{ code: 'b', value: '2' }])
    await desk.v1('DELETE', path)
    expect((await get(conversationid)).customfields).toEqual([])
  })
})
