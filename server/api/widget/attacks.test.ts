// What strangers try: others' chats, guessed ids, somebody else's identity, markup, floods, and other people's web sites.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aChat, aChatter, aDepartment, aVisitor, type Chatter, callWidget } from '../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation } from '../../../test/people.ts'
import { assertMaySendFile } from '../../desk/chats/files.ts'

let desk: TestDesk
let department: string
let ada: Chatter
beforeAll(async () => {
  desk = await newDesk()
  department = await aDepartment(desk, { capacity: 100 })
  ada = await aChatter(desk, [department])
})
afterAll(() => desk.close())

const running = async (draft: Record<string, unknown> = {}) => {
  const chat = await aChat(desk, { department, ...draft })
  const { status, text } = await ada.v3('POST', `chats/${chat.id}/accept`, {})
  if (status !== 200) throw new Error(text)
  return chat
}
const counts = async () => {
  const { reader } = desk.app.database
  const all = await Promise.all(
    (['messages', 'conversations', 'files', 'events'] as const).map((table) =>
      reader
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    ),
  )
  return all.map(({ count }) => Number(count))
}

describe('another visitor’s chat', () => {
  test('does not exist for a visitor, whatever he asks, and stays as it is', async () => {
    const { id, visitor: owner } = await running()
    await owner.call('POST', `chats/${id}/files`, { name: 'a.txt', type: 'text/plain', data: 'c2VjcmV0' })
    const { messages } = (await owner.call('GET', `chats/${id}/messages`)).body
    const file = messages.at(-1).file.fileid
    const thief = await aVisitor(desk)
    const before = await counts()
    for (const [method, path, body] of [
      ['GET', `chats/${id}`],
      ['GET', `chats/${id}/messages`],
      ['POST', `chats/${id}/messages`, { message: 'Hi' }],
      ['POST', `chats/${id}/typing`],
      ['POST', `chats/${id}/end`],
      ['POST', `chats/${id}/files`, { name: 'a', type: 'text/plain', data: 'aGk=' }],
      ['GET', `chats/${id}/files/${file}`],
    ] as const) {
      const reply = await thief.call(method, path, body)
      expect([path, reply.status]).toEqual([path, 404])
      expect(reply.text).not.toContain('secret')
    }
    expect(await counts()).toEqual(before)
    expect((await owner.call('GET', `chats/${id}/files/${file}`)).text).toBe('secret')
  })

  test.each(['aaaaaaaa', 'ABC-DEFGH-123', 'a'.repeat(16), '%00', "' or 1=1 --"])(
    'is not found by guessing: %s',
    async (guess) => {
      const thief = await aVisitor(desk)
      expect((await thief.call('GET', `chats/${encodeURIComponent(guess)}`)).status).toBe(404)
    },
  )

  test('is not opened by the code of its conversation either, even one’s own', async () => {
    const { id, visitor } = await running()
    const { code, publicurlcode } = (await desk.v3('GET', `conversations/${id}`)).body
    for (const other of [code, publicurlcode].filter(Boolean))
      expect((await visitor.call('GET', `chats/${other}`)).status).toBe(404)
  })
})

describe('a file', () => {
  test('of an agent’s note, or of another conversation, is not served by a chat', async () => {
    const { id, visitor } = await running()
    const upload = async () =>
      (await desk.v1('POST', 'files', { name: 'n.txt', type: 'text/plain', data: 'bm90ZQ==' })).body.fileid
    const noted = await upload()
    await desk.v3('POST', `conversations/${id}/messages`, {
      message: 'Internal',
      type: 'N',
      attachments: [noted],
      useridentifier: ada.userid,
    })
    for (const file of [noted, await upload()])
      expect((await visitor.call('GET', `chats/${id}/files/${file}`)).status).toBe(404)
  })

  test('is refused without contents, with too many bytes, as an address, and in a chat that has ended', async () => {
    const { id, visitor } = await running()
    const send = (body: unknown) => visitor.call('POST', `chats/${id}/files`, body)
    const before = await counts()
    expect((await send({ name: 'a', type: 'text/plain' })).status).toBe(400)
    expect((await send({ name: 'a', type: 'text/plain', data: '***' })).status).toBe(400)
    expect((await send({ name: 'a', downloadUrl: 'http://127.0.0.1/' })).status).toBe(400)
    const large = Buffer.alloc(10_000_001).toString('base64')
    expect((await send({ name: 'a', type: 'text/plain', data: large })).status).toBe(400)
    await visitor.call('POST', `chats/${id}/end`)
    const after = await counts()
    expect((await send({ name: 'a', type: 'text/plain', data: 'aGk=' })).status).toBe(409)
    expect(after[2]).toBe(before[2])
  })

  test('that would run in a browser is handed out as plain bytes', async () => {
    const { id, visitor } = await running()
    await visitor.call('POST', `chats/${id}/files`, { name: 'x.html', type: 'text/html', data: 'PHNjcmlwdD4=' })
    const { messages } = (await visitor.call('GET', `chats/${id}/messages`)).body
    const { headers } = await visitor.call('GET', `chats/${id}/files/${messages.at(-1).file.fileid}`)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toContain('attachment')
    expect(headers['content-security-policy']).toContain('sandbox')
  })
})

describe('who gives somebody else’s address', () => {
  test('gets to see nothing of his, changes nothing of his, and agents read that it was only said', async () => {
    const email = 'victim@example.com'
    const old = await aConversation(desk, { useridentifier: email, subject: 'My divorce', message: 'Very private' })
    const before = (await desk.v3('GET', `customers/${email}`)).body
    const { visitor, id } = await running({ email, name: 'Mallory Impostor' })
    expect((await desk.v3('GET', `customers/${email}`)).body).toEqual(before)
    const seen = await Promise.all(
      ['visitor', `chats/${id}`, `chats/${id}/messages`, `chats/${old.conversationid}`].map((path) =>
        visitor.call('GET', path),
      ),
    )
    for (const { text } of seen) expect(text).not.toMatch(/divorce|private|verified/i)
    expect(seen[3]?.status).toBe(404)
    expect((await ada.v3('GET', `chats/${id}/messages`)).text).toContain(
      `his address is ${email}. Nobody has verified it`,
    )
    expect((await ada.v3('GET', `chats/${id}`)).body.visitor).toMatchObject({ name: 'Mallory Impostor', email })
  })

  test('in the middle of a chat does not either, and there is still one customer with it', async () => {
    const email = 'known@example.com'
    await aConversation(desk, { useridentifier: email })
    const { visitor, id } = await running()
    const reply = await visitor.call('PATCH', 'visitor', { email, name: 'Mallory' })
    expect(reply.body).toMatchObject({ email, name: 'Mallory' })
    const rows = desk.app.database.reader.selectFrom('customers').selectAll().where('email_key', '=', email)
    const customers = await rows.execute()
    expect(customers).toMatchObject([{ firstname: '', lastname: '' }])
    expect((await desk.v3('GET', `chats/${id}`)).body.contactid).toBe(customers[0]?.id)
    expect((await ada.v3('GET', `chats/${id}/messages`)).text).toContain('Nobody has verified it')
    expect((await visitor.call('PATCH', 'visitor', { email: 'no address' })).status).toBe(400)
  })

  test('does not read what its owner answers by mail', async () => {
    const email = 'owner@example.com'
    const { visitor, id } = await running({ email })
    await ada.v3('POST', `chats/${id}/messages`, { message: 'We will write to you.' })
    await visitor.call('POST', `chats/${id}/end`)
    await ada.v3('POST', `chats/${id}/messages`, { message: 'Before the mail' })
    // As a mail comes in.
    await desk.v1('POST', `conversations/${id}/messages`, {
      message: 'I never chatted. My PIN is 1234',
      useridentifier: email,
    })
    await ada.v3('POST', `chats/${id}/messages`, { message: 'Your PIN was 1234' })
    const { text } = await visitor.call('GET', `chats/${id}/messages`)
    expect(text).toContain('Before the mail')
    expect(text).not.toContain('1234')
  })

  test('does not read what is merged into his chat, nor what his chat is merged into', async () => {
    const other = await aConversation(desk, { useridentifier: 'third@example.com', message: 'Third party secret' })
    const { visitor, id } = await running()
    await visitor.call('POST', `chats/${id}/end`)
    const merge = await desk.v3('POST', `conversations/${other.conversationid}/merge`, { into: id })
    expect(merge.status).toBe(200)
    await desk.v1('POST', `conversations/${id}/messages`, { message: 'An answer', useridentifier: ada.userid })
    expect((await visitor.call('GET', `chats/${id}/messages`)).text).not.toContain('secret')

    const target = await aConversation(desk, { message: 'Fourth party secret' })
    const own = await running()
    await own.visitor.call('POST', `chats/${own.id}/end`)
    await desk.v3('POST', `conversations/${own.id}/merge`, { into: target.conversationid })
    const { text } = await own.visitor.call('GET', `chats/${own.id}/messages`)
    expect(text).toContain('Do you ship to Oslo?')
    expect(text).not.toContain('secret')
  })
})

describe('what is written', () => {
  test('by visitors stays plain text, and by agents is cleaned', async () => {
    const { id, visitor } = await running({ message: '<img src=x onerror=alert(1)>' })
    await ada.v3('POST', `chats/${id}/messages`, { message: '<b>ok</b><script>alert(1)</script>', is_html: true })
    const { messages } = (await visitor.call('GET', `chats/${id}/messages`)).body
    expect(messages[0]).toMatchObject({ is_html: false, message: '<img src=x onerror=alert(1)>' })
    expect(messages[1]).toMatchObject({ is_html: true, message: '<b>ok</b>' })
  })

  test.each([
    ['nothing', {}, 'message'],
    ['spaces', { message: '   ' }, 'message'],
    ['too much', { message: 'x'.repeat(20_001) }, 'message'],
    ['a number', { message: 5 }, 'message'],
    ['HTML', { message: 'a', is_html: true }, 'is_html'],
    ['another author', { message: 'a', useridentifier: 'x' }, 'useridentifier'],
    ['a file of somebody', { message: 'a', attachments: ['x'] }, 'attachments'],
  ])('is refused if it is %s', async (_, body, field) => {
    const { id, visitor } = await running()
    const before = await counts()
    const reply = await visitor.call('POST', `chats/${id}/messages`, body)
    expect(reply.status).toBe(400)
    expect(reply.body.error.field).toBe(field)
    expect(await counts()).toEqual(before)
  })

  test('into a chat by an agent of another department finds none', async () => {
    const elsewhere = await aDepartment(desk)
    const eve = await aChatter(desk, [elsewhere])
    const { id } = await running()
    const before = await counts()
    for (const [method, path, body] of [
      ['GET', `chats/${id}`],
      ['GET', `chats/${id}/messages`],
      ['POST', `chats/${id}/messages`, { message: 'x' }],
      ...['accept', 'decline', 'takeover', 'end', 'typing'].map((what) => ['POST', `chats/${id}/${what}`, {}] as const),
      ['POST', `chats/${id}/transfer`, { agentidentifier: eve.userid }],
    ] as const)
      expect([path, (await eve.v3(method, path, body)).status]).toEqual([path, 404])
    expect((await eve.v3('GET', 'chats')).body.chats).toEqual([])
    expect((await eve.v3('POST', `chats/${id}/end`, { agent: ada.userid })).status).toBe(403)
    expect(await counts()).toEqual(before)
  })
})

describe('the page that a visitor says he is on', () => {
  test.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
  ])('is not one that does something to the agent who opens it: %j', async (page) => {
    const visitor = await aVisitor(desk, { page: 'https://shop.example/', referrer: 'android-app://com.example' })
    for (const [method, path, body] of [
      ['POST', 'visitors', { page }],
      ['POST', 'visitors', { referrer: page }],
      ['POST', 'visitor/sign', { page }],
    ] as const) {
      const reply = await visitor.call(method, path, body)
      expect([path, reply.status, reply.body.error?.field]).toEqual([path, 400, Object.keys(body)[0]])
    }
  })
})

describe('events', () => {
  test('of chats carry no token, no address and nothing that was said', async () => {
    const { visitor, id } = await running({ email: 'quiet@example.com', message: 'A secret question' })
    await visitor.call('POST', `chats/${id}/typing`)
    await visitor.call('POST', `chats/${id}/messages`, { message: 'Another secret' })
    const rows = await desk.app.database.reader
      .selectFrom('events')
      .select(['type', 'data'])
      .where('conversation_id', '=', id)
      .execute()
    expect(rows.map(({ type }) => type)).toContain('chat.typing')
    const text = JSON.stringify(rows)
    for (const secret of [visitor.token, 'quiet@example.com', 'secret']) expect(text).not.toContain(secret)
  })
})

describe('other web sites', () => {
  test('may ask from a browser, without cookies', async () => {
    const preflight = await desk.app.http.inject({
      method: 'OPTIONS',
      url: '/api/widget/chats',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      },
    })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, content-type, last-event-id',
    })
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined()
    const refused = await callWidget(desk, 'GET', 'visitor')
    expect(refused.headers['access-control-allow-origin']).toBe('*')
    expect(refused.body.error.code).toBe('not_signed_in')
    expect((await callWidget(desk, 'GET', 'nothing')).headers['access-control-allow-origin']).toBe('*')
    expect((await desk.v3('GET', 'chats')).headers['access-control-allow-origin']).toBeUndefined()
  })

  test('get nothing by an agent’s session', async () => {
    const reply = await desk.app.http.inject({
      method: 'GET',
      url: '/api/widget/visitor',
      headers: { cookie: ada.cookie },
    })
    expect(reply.statusCode).toBe(401)
  })
})

describe('floods', () => {
  test('of bytes from strangers are not read, nor are more of a visitor’s than a call can mean', async () => {
    const visitor = await aVisitor(desk)
    const long = { message: 'x'.repeat(300_000) }
    expect((await callWidget(desk, 'POST', 'chats', long, 'x'.repeat(43))).status).toBe(401)
    expect((await visitor.call('POST', 'chats', long)).status).toBe(413)
    const { id, visitor: chatting } = await running()
    const form = Buffer.concat([
      Buffer.from('--b\r\ncontent-disposition: form-data; name="data"; filename="a.txt"\r\n\r\n'),
      Buffer.alloc(15_000_000, 'x'),
      Buffer.from('\r\n--b--\r\n'),
    ])
    const { statusCode } = await desk.app.http.inject({
      method: 'POST',
      url: `/api/widget/chats/${id}/files`,
      headers: { authorization: `Bearer ${chatting.token}`, 'content-type': 'multipart/form-data; boundary=b' },
      payload: form,
    })
    expect(statusCode).toBe(413)
  })

  test('of files into one chat are stopped, by number and by size', async () => {
    const { id, visitor } = await running()
    await visitor.call('POST', `chats/${id}/files`, { name: 'a.txt', type: 'text/plain', data: 'c2VjcmV0' })
    const mayBe = (bytes?: number) => assertMaySendFile(desk.app.database.reader, visitor, id, bytes)
    await mayBe()
    await mayBe(7)
    await expect(mayBe(6)).rejects.toThrow('A chat takes at most 50 files, and 100 MB')
  })

  test('of chats from one address are stopped, however many visitors it has', async () => {
    const visitors = await Promise.all(Array.from({ length: 7 }, () => aVisitor(desk)))
    const from = '203.0.113.9'
    const asked = await Promise.all(
      Array.from({ length: 70 }, (_, n) =>
        desk.app.http.inject({
          method: 'POST',
          url: '/api/widget/chats',
          remoteAddress: from,
          headers: { authorization: `Bearer ${visitors[n % 7]?.token}` },
          payload: { department, message: 'Me again' },
        }),
      ),
    )
    expect(asked.filter(({ statusCode }) => statusCode === 429)).toHaveLength(10)
  })

  test('of typing, messages and visitors are stopped', async () => {
    const { id, visitor } = await running()
    const typing = await Promise.all(Array.from({ length: 70 }, () => visitor.call('POST', `chats/${id}/typing`)))
    expect(typing.filter(({ status }) => status === 429)).toHaveLength(10)
    expect(typing.at(-1)?.headers['retry-after']).toBeDefined()
    const agent = await Promise.all(Array.from({ length: 70 }, () => ada.v3('POST', `chats/${id}/typing`, {})))
    expect(agent.filter(({ status }) => status === 429)).toHaveLength(10)
    const visitors = await Promise.all(Array.from({ length: 70 }, () => callWidget(desk, 'POST', 'visitors', {})))
    expect(visitors.some(({ status }) => status === 429)).toBe(true)
  })
})
