import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../../test/desk.ts'
import { OWNER_EMAIL, TEST_KEY } from '../../../../../test/first-start.ts'
import { expectHarmless } from '../../../../../test/harmless-html.ts'
import { aConversation, anAgent } from '../../../../../test/people.ts'
import { planOf, wholeTableReads } from '../../../../../test/plan.ts'
import { queriesOf } from '../../../../../test/queries.ts'
import { listFilesIn } from '../../../../desk/conversations/attachments.ts'
import { getMessage } from '../../../../desk/conversations/history.ts'
import { imageAddress } from '../../../../http/image-address.ts'
import { fetchPicture } from '../../../images.ts'

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

let desk: TestDesk
let elsewhere: Server
let port: number
let asked: IncomingMessage[] = []
let answer: RequestListener
beforeAll(async () => {
  elsewhere = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const address = elsewhere.address()
  port = typeof address === 'object' && address ? address.port : 0
  // What administrators allow for downloads of their own is not allowed to pictures of strangers.
  desk = await newDesk({ DESKHAND_URL: 'https://help.test', DESKHAND_FETCH_ALLOW: '127.0.0.0/8' })
})
afterAll(async () => {
  await desk.close()
  elsewhere.closeAllConnections()
  elsewhere.close()
})

const answers =
  (status: number, headers: Record<string, string>, body: Buffer | string = ''): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body)
  }

async function aMessage(message: string, fields: { is_html?: boolean; attachments?: string[] } = {}) {
  const conversation = await aConversation(desk)
  const { body, status, text } = await desk.v3('POST', `conversations/${conversation.conversationid}/messages`, {
    message,
    is_html: true,
    useridentifier: OWNER_EMAIL,
    ...fields,
  })
  if (status !== 200) throw new Error(text)
  return { ...conversation, path: `conversations/${conversation.conversationid}/messages/${body.messageid}/html` }
}

const upload = async (contents: Buffer, type = 'image/gif'): Promise<string> =>
  (await desk.v1('POST', 'files', { name: 'a.gif', type, data: contents.toString('base64') })).body.fileid

const bodyOf = (page: string): string => page.slice(page.indexOf('<body>'))
const imagesOf = (page: string): string[] =>
  [...page.matchAll(/<img[^>]* src="([^"]*)"/g)].map(([, src = '']) => src.replaceAll('&amp;', '&'))
const load = (address: string) => desk.app.http.inject({ method: 'GET', url: address.replace('https://help.test', '') })

describe('a message as a document', () => {
  test('is not given without a key, to agents of other departments, or under another conversation', async () => {
    const { path, conversationid } = await aMessage('<p>secret</p>')
    expect((await desk.v3('GET', path, undefined, { key: null })).status).toBe(401)
    const other = await aConversation(desk)
    const odd = [
      path.replace(conversationid, other.conversationid),
      path.replace(/messages\/\w+/, 'messages/0000000z'),
      path.replace(/messages\/\w+/, 'messages/x'),
      path.replace(/messages\/\w+/, 'messages/zzzzzzzzzz'),
      path.replace(/messages\/\w+/, 'messages/%00'),
    ]
    for (const address of odd) {
      const { status, text } = await desk.v3('GET', address)
      expect([400, 404]).toContain(status)
      expect(text).not.toContain('secret')
    }
    const department = (await desk.v3('POST', 'departments', { name: 'Elsewhere' })).body
    const agent = await anAgent(desk, { departments: [department.departmentid] })
    const signIn = await desk.app.http.inject({
      method: 'POST',
      url: '/api/v3/session',
      payload: { email: agent.email, password: 'agent-password' },
    })
    const cookie = String(signIn.headers['set-cookie']).split(';')[0] ?? ''
    expect((await desk.v3('GET', path, undefined, { key: null, headers: { cookie } })).status).toBe(404)
    expect((await desk.v3('GET', `${path}?images=yes`)).status).toBe(400)
    expect((await desk.v3('GET', `${path}?pictures=Y`)).status).toBe(400)
  })

  test('cannot run, frame, submit, load from elsewhere, or be framed by others', async () => {
    const { path } = await aMessage('<p>Hello</p>')
    const { status, headers } = await desk.v3('GET', path)
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = String(headers['content-security-policy'])
    expect(policy).toBe(
      "default-src 'none'; img-src 'self' https://help.test data:; style-src 'unsafe-inline'; " +
        "sandbox allow-popups allow-popups-to-escape-sandbox; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    )
    expect(policy).not.toMatch(/allow-(scripts|same-origin|forms|top)/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'deskhand-blocked-images': '0',
    })
  })

  test('is cleaned once more, whatever is stored', async () => {
    const { path, conversationid } = await aMessage('<p>Hello</p>')
    await desk.app.database.write((tx) =>
      tx
        .updateTable('messages')
        .set({
          body: '</body><script>alert(1)</script><p onclick="x()" style="position:fixed">Hi<a href="javascript:x" target="_top">a</a><form action="//evil.test"><iframe src="//evil.test">',
        })
        .where('conversation_id', '=', conversationid)
        .where('is_html', '=', 1)
        .execute(),
    )
    const { text } = await desk.v3('GET', path)
    expectHarmless(bodyOf(text))
    expect(bodyOf(text)).not.toMatch(/position|evil|_top/)
    expect(bodyOf(text)).toContain('<p>Hi<a target="_blank" rel="noopener noreferrer nofollow">a</a></p>')
  })

  test('shows plain text as text', async () => {
    const { path } = await aMessage('a <b>&\n  c', { is_html: false })
    expect((await desk.v3('GET', path)).text).toContain('<p class="plain">a &lt;b&gt;&amp;\n  c</p>')
  })

  test('leaves out pictures from elsewhere and counts them, those that nobody sees too', async () => {
    const { path } = await aMessage(
      '<img src="https://track.test/1.gif" width="1" height="1"><img src="http://10.0.0.1/a.png" alt="A &lt;b&gt; chart">' +
        '<img src="cid:gone"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    )
    const { text, headers } = await desk.v3('GET', path)
    expect(headers['deskhand-blocked-images']).toBe('2')
    expect(text).toContain('2 pictures from elsewhere')
    expect(text).not.toMatch(/track\.test|10\.0\.0\.1|cid:/)
    expect(text).toContain('<span class="picture">A &lt;b&gt; chart</span>')
    expect(imagesOf(text)).toEqual(['data:image/gif;base64,R0lGODlhAQABAAAAACw='])
  })

  test('shows them through us if asked to', async () => {
    const { path } = await aMessage('<img src="https://pictures.test/a.png?b=1&amp;c=2" alt="A">')
    const { text, headers } = await desk.v3('GET', `${path}?images=Y`)
    expect(headers['deskhand-blocked-images']).toBe('0')
    const [address = ''] = imagesOf(text)
    expect(address).toMatch(
      /^https:\/\/help\.test\/api\/v3\/images\?address=https%3A%2F%2Fpictures\.test%2Fa\.png%3Fb%3D1%26c%3D2&/,
    )
  })

  test('shows pictures that came with it, without a session, and none of another conversation', async () => {
    const file = await upload(PIXEL)
    const other = await upload(PIXEL)
    await aMessage('<p>x</p>', { attachments: [other] })
    const { path } = await aMessage(
      `<img src="scripts/file.php?view=Y&amp;file=${file}"><img src="https://help.test/scripts/file.php?file=${file}"><img src="/scripts/file.php?file=${other}">`,
      { attachments: [file] },
    )
    const { text } = await desk.v3('GET', path)
    const addresses = imagesOf(text)
    expect(addresses).toHaveLength(2)
    for (const address of addresses) {
      const reply = await load(address)
      expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'image/gif'])
      expect(reply.rawPayload.equals(PIXEL)).toBe(true)
      expect(reply.headers['content-security-policy']).toContain('sandbox')
      expect(reply.headers['x-content-type-options']).toBe('nosniff')
    }
  })
})

describe('a picture is not given', () => {
  const secret = () => desk.app.installation.secret

  test('without our signature, with that of another one, or too late', async () => {
    const file = await upload(PIXEL)
    const address = imageAddress(secret(), '', { kind: 'file', name: file })
    expect((await load(address)).statusCode).toBe(200)
    const other = await upload(PIXEL)
    const old = imageAddress(secret(), '', { kind: 'file', name: file }, Date.now() - 3 * 86_400_000)
    for (const odd of [
      '/api/v3/images',
      address.replace(file, other),
      address.replace(/until=\d/, 'until=9'),
      address.replace('file=', 'address='),
      address.replace(/signature=.*/, 'signature='),
      address.replace(/signature=\w{4}/, 'signature=ffff'),
      `${address}&file=${other}`,
      `${address}&address=https://a.test`,
      address.replace('file=', 'file[]='),
      old,
    ]) {
      const reply = await load(odd)
      expect([odd, reply.statusCode]).toEqual([odd, 404])
    }
    expect((await desk.app.http.inject({ url: address, method: 'POST' })).statusCode).toBe(404)
  })

  test('that is none: SVG and HTML under any name', async () => {
    for (const contents of ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', '<html>', 'GIF8', '']) {
      const file = await upload(Buffer.from(contents || ' '), 'image/png')
      expect((await load(imageAddress(secret(), '', { kind: 'file', name: file }))).statusCode).toBe(404)
    }
  })

  test('from a host that only this server reaches, not even one that downloads may reach', async () => {
    answer = answers(200, { 'content-type': 'image/gif' }, PIXEL)
    asked = []
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '169.254.169.254', '10.0.0.1']) {
      const address = imageAddress(secret(), '', { kind: 'address', name: `http://${host}:${port}/a.gif` })
      const reply = await load(address)
      expect([host, reply.statusCode, reply.json().error.message]).toEqual([host, 404, 'The picture cannot be loaded'])
    }
    expect(asked).toHaveLength(0)
  })
})

describe('a picture from elsewhere', () => {
  const here = (path = '/a.gif') => fetchPicture(`http://127.0.0.1:${port}${path}`, { allow: ['127.0.0.0/8'] })

  test('is asked for without cookies, referrer, and the name of this program', async () => {
    answer = answers(200, { 'content-type': 'text/html', 'set-cookie': 'a=b' }, PIXEL)
    asked = []
    expect((await here()).equals(PIXEL)).toBe(true)
    const headers = asked[0]?.headers ?? {}
    expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent'])
    expect(headers['user-agent']).not.toMatch(/deskhand/i)
  })

  test.each([
    ['that is gone', answers(404, {})],
    ['that leads to an internal host', answers(302, { location: 'http://169.254.169.254/latest/meta-data/' })],
    ['that leads to a file', answers(302, { location: 'file:///etc/passwd' })],
    ['that is too large', answers(200, { 'content-length': '99999999' })],
    ['that is packed', answers(200, { 'content-encoding': 'gzip' }, PIXEL)],
  ] as [string, RequestListener][])('%s is none', async (_name, what) => {
    answer = what
    await expect(here()).rejects.toThrow('The picture cannot be loaded')
  })

  test('is none while its name says one thing and then another', async () => {
    await expect(
      fetchPicture('http://rebind.test/a.gif', { resolve: async () => [{ address: '127.0.0.1', family: 4 }] }),
    ).rejects.toThrow('The picture cannot be loaded')
  })
})

test('neither a message nor its files are looked for in a whole table', async () => {
  const { conversationid } = await aMessage('<p>a</p>')
  const { seq } = await desk.app.database.reader
    .selectFrom('messages')
    .select('seq')
    .where('conversation_id', '=', conversationid)
    .limit(1)
    .executeTakeFirstOrThrow()
  const queries = await queriesOf(desk, async (db) => {
    await getMessage(db, { id: conversationid }, seq.toString(36).padStart(8, '0'))
    await listFilesIn(db, { id: conversationid }, ['a'.repeat(32)])
  })
  expect(queries.length).toBeGreaterThan(1)
  for (const query of queries) expect(wholeTableReads(await planOf(desk, query))).toEqual([])
})

test('the key in a header is enough for the document, and not needed for its pictures', async () => {
  const file = await upload(PIXEL)
  const { path } = await aMessage(`<img src="scripts/file.php?view=Y&amp;file=${file}">`, { attachments: [file] })
  const reply = await desk.app.http.inject({ url: `/api/v3/${path}`, headers: { apikey: TEST_KEY } })
  expect((await load(imagesOf(reply.body)[0] ?? '')).statusCode).toBe(200)
})
