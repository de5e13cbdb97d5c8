import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { TEST_KEY } from '../../test/first-start.ts'
import { aConversation, type OpenedConversation } from '../../test/people.ts'
import { systemActor } from '../desk/actor.ts'
import { addAgent } from '../desk/agents/agents.ts'
import { addDepartment } from '../desk/departments/departments.ts'
import { addApiKey, revokeApiKey } from '../desk/keys/keys.ts'
import { beginSession } from '../desk/sessions/sessions.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

interface Get {
  method?: 'GET' | 'HEAD' | 'POST'
  headers?: Record<string, string>
  payload?: string
}
const get = (query: Record<string, string>, { method = 'GET', ...rest }: Get = {}) =>
  desk.app.http.inject({ method, url: `/scripts/file.php?${new URLSearchParams(query)}`, ...rest })

async function aFile(fields: Record<string, string> = {}): Promise<string> {
  const data = Buffer.from('contents').toString('base64')
  const { body, text } = await desk.v1('POST', 'files', { name: 'a.txt', type: 'text/plain', data, ...fields })
  if (!body.fileid) throw new Error(text)
  return body.fileid
}

/** A file in a conversation: on a message that the customer sees, or on a note. */
async function attached(conversation: OpenedConversation, isNote = false): Promise<string> {
  const file = await aFile()
  const { email } = await desk.app.database.reader
    .selectFrom('agents')
    .select('email')
    .limit(1)
    .executeTakeFirstOrThrow()
  const { status, text } = await desk.v1('POST', `conversations/${conversation.conversationid}/messages`, {
    message: 'See the file',
    useridentifier: email,
    attachments: file,
    ...(isNote ? { type: 'N' } : {}),
  })
  if (status !== 200) throw new Error(text)
  return file
}

/** The cookie of a plain agent in the given departments. */
async function cookieOf(departmentIds: string[]): Promise<string> {
  const { token } = await desk.app.database.write(async (tx) => {
    const agent = await addAgent(tx, systemActor, {
      email: `${Math.random()}@desk.test`,
      firstname: 'Ada',
      lastname: 'Agent',
      role: 'A',
      departmentIds,
    })
    return beginSession(tx, { kind: 'agent', userId: agent.id, address: '', userAgent: '' })
  })
  return `deskhand=${token}`
}

/** The cookie that the customer of a conversation gets for his `authtoken`. */
async function customerCookieOf({ conversationid }: OpenedConversation): Promise<string> {
  const { owneremail } = (await desk.v1('GET', `conversations/${conversationid}`)).body
  const { authtoken } = (await desk.v1('GET', `customers/${owneremail}`)).body
  const { headers } = await desk.app.http.inject({ method: 'POST', url: '/login', payload: { AuthToken: authtoken } })
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

describe('a file is not told of', () => {
  test('without anything, with a wrong key, or with a revoked one', async () => {
    const file = await aFile()
    const key = await desk.app.database.write(async (tx) => {
      const added = await addApiKey(tx, systemActor, { name: 'old', rights: 'full' })
      await revokeApiKey(tx, systemActor, added.id)
      return added.key
    })
    const unknown = await get({ view: 'Y', file: 'f'.repeat(32) })
    for (const query of [{}, { apikey: 'wrong' }, { apikey: key }, { cid: 'x' }, { cid: '' }] as Record<
      string,
      string
    >[]) {
      const reply = await get({ view: 'Y', file, ...query })
      expect(reply.statusCode).toBe(404)
      expect(reply.body.replaceAll(file, '')).toBe(unknown.body.replaceAll('f'.repeat(32), ''))
    }
  })

  test('when the id is none', async () => {
    for (const file of ['', '../../deskhand.db', '%00', "' or 1=1 --"])
      expect((await get({ file, apikey: TEST_KEY })).statusCode).toBe(404)
    expect((await get({ apikey: TEST_KEY })).statusCode).toBe(404)
    expect((await desk.app.http.inject(`/scripts/file.php?file[]=a&apikey=${TEST_KEY}`)).statusCode).toBe(404)
  })

  test('to the holder of another conversation’s public code, or of no public code at all', async () => {
    const [mine, other] = [await aConversation(desk), await aConversation(desk)]
    const file = await attached(mine)
    for (const cid of [other.publicurlcode, mine.conversationid, mine.code, mine.publicurlcode.toLowerCase()])
      expect((await get({ file, cid })).statusCode).toBe(404)
    expect((await get({ file: await aFile(), cid: mine.publicurlcode })).statusCode).toBe(404)
  })

  test('to the customer, when it hangs on a note', async () => {
    const conversation = await aConversation(desk)
    const file = await attached(conversation, true)
    expect((await get({ file, cid: conversation.publicurlcode })).statusCode).toBe(404)
    expect((await get({ file, apikey: TEST_KEY })).statusCode).toBe(200)
  })

  test('to the customer, when the conversation is deleted', async () => {
    const conversation = await aConversation(desk)
    const file = await attached(conversation)
    await desk.v1('DELETE', `conversations/${conversation.conversationid}`)
    expect((await get({ file, cid: conversation.publicurlcode })).statusCode).toBe(404)
  })

  test('to a signed-in customer, when it is another’s, on a note, nobody’s or in a deleted conversation', async () => {
    const mine = await aConversation(desk)
    const cookie = await customerCookieOf(mine)
    const files = [await attached(await aConversation(desk)), await attached(mine, true), await aFile()]
    for (const file of files) expect((await get({ file }, { headers: { cookie } })).statusCode).toBe(404)
    const file = await attached(mine)
    expect((await get({ file }, { headers: { cookie } })).body).toBe('contents')
    expect((await get({ file }, { headers: { cookie: cookie.replace('_customer', '') } })).statusCode).toBe(404)
    await desk.v1('DELETE', `conversations/${mine.conversationid}`)
    expect((await get({ file }, { headers: { cookie } })).statusCode).toBe(404)
  })

  test('to an agent of another department', async () => {
    const department = await desk.app.database.write((tx) => addDepartment(tx, systemActor, { name: 'Elsewhere' }))
    const file = await attached(await aConversation(desk))
    const stranger = await cookieOf([department.id])
    expect((await get({ file }, { headers: { cookie: stranger } })).statusCode).toBe(404)
    expect((await get({ file }, { headers: { cookie: await cookieOf(['default']) } })).statusCode).toBe(200)
    expect((await get({ file: await aFile() }, { headers: { cookie: stranger } })).statusCode).toBe(200)
    expect((await get({ file }, { headers: { cookie: 'deskhand=made-up' } })).statusCode).toBe(404)
  })

  test('when its contents are missing', async () => {
    const file = await aFile()
    await desk.app.files.remove(file)
    expect((await get({ file, apikey: TEST_KEY })).statusCode).toBe(404)
  })
})

describe('a file is given', () => {
  test('for a key in query, body or header, and for the public code of its conversation', async () => {
    const conversation = await aConversation(desk)
    const file = await attached(conversation)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const replies = [
      await get({ view: 'Y', file, apikey: TEST_KEY }),
      await get({ view: 'Y', file }, { headers: { apikey: TEST_KEY } }),
      await get({ view: 'Y', file }, { method: 'POST', headers: form, payload: `apikey=${TEST_KEY}` }),
      await get({}, { method: 'POST', headers: form, payload: `apikey=${TEST_KEY}&file=${file}` }),
      await get({ view: 'Y', file, cid: conversation.publicurlcode }),
      await get({ view: 'Y', file, cid: conversation.publicurlcode, apikey: 'wrong' }),
    ]
    for (const reply of replies) expect([reply.statusCode, reply.body]).toEqual([200, 'contents'])
    expect((await desk.v1('GET', `files/${file}`)).body.downloads).toBe('6')
  })

  test('in its length only for HEAD, which counts as no download', async () => {
    const file = await aFile()
    const reply = await get({ file, apikey: TEST_KEY }, { method: 'HEAD' })
    expect([reply.statusCode, reply.body, reply.headers['content-length']]).toEqual([200, '', '8'])
    expect((await desk.v1('GET', `files/${file}`)).body.downloads).toBe('0')
  })

  test('as large as it is', async () => {
    const bytes = Buffer.alloc(1_300_000, 'abcdefg')
    const file = await aFile({ data: bytes.toString('base64') })
    expect((await get({ file, apikey: TEST_KEY })).rawPayload.equals(bytes)).toBe(true)
  })

  test.each([
    ['text/html', 'application/octet-stream', 'attachment'],
    ['image/svg+xml', 'application/octet-stream', 'attachment'],
    ['application/xhtml+xml', 'application/octet-stream', 'attachment'],
    ['text/xml', 'application/octet-stream', 'attachment'],
    ['text/javascript', 'application/octet-stream', 'attachment'],
    ['message/rfc822', 'application/octet-stream', 'attachment'],
    ['multipart/related', 'application/octet-stream', 'attachment'],
    ['application/x-mimearchive', 'application/octet-stream', 'attachment'],
    ['application/x-shockwave-flash', 'application/octet-stream', 'attachment'],
    ['application/hta', 'application/octet-stream', 'attachment'],
    ['application/wasm', 'application/octet-stream', 'attachment'],
    ['application/manifest+json', 'application/octet-stream', 'attachment'],
    ['application/ecmascript', 'application/octet-stream', 'attachment'],
    ['application/rss+xml', 'application/octet-stream', 'attachment'],
    ['text/css', 'application/octet-stream', 'attachment'],
    ['text/plain', 'text/plain', 'attachment'],
    ['text/calendar', 'text/calendar', 'attachment'],
    ['application/x-nobody-knows', 'application/x-nobody-knows', 'attachment'],
    ['video/mp4', 'video/mp4', 'attachment'],
    ['audio/mpeg', 'audio/mpeg', 'inline'],
    ['application/pdf', 'application/pdf', 'attachment'],
    ['image/png', 'image/png', 'inline'],
    ['image/jpg', 'image/jpg', 'inline'],
  ])('%s as %s, %s', async (type, served, disposition) => {
    const file = await aFile({ type })
    const { headers } = await get({ view: 'Y', file, apikey: TEST_KEY })
    expect(headers['content-type']).toBe(served)
    expect(headers['content-disposition']).toMatch(new RegExp(`^${disposition};`))
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toContain('sandbox')
    expect(headers['content-security-policy']).not.toContain('allow-')
    const download = await get({ file, apikey: TEST_KEY })
    expect(download.headers['content-disposition']).toMatch(/^attachment;/)
  })

  test('under its name, however odd that is', async () => {
    const file = await aFile({ name: 'Größe "5"\\; (ü)\'.txt', type: 'text/plain' })
    const { headers } = await get({ file, apikey: TEST_KEY })
    expect(headers['content-disposition']).toBe(
      "attachment; filename=\"; (_)'.txt\"; filename*=UTF-8''%3B%20%28%C3%BC%29%27.txt",
    )
    const quoted = await aFile({ name: 'Größe "5".txt' })
    expect((await get({ file: quoted, apikey: TEST_KEY })).headers['content-disposition']).toBe(
      'attachment; filename="Gr__e _5_.txt"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe%20%225%22.txt',
    )
  })
})
