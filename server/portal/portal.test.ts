import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { OWNER_EMAIL } from '../../test/first-start.ts'
import { expectHarmless } from '../../test/harmless-html.ts'
import { aConversation, type OpenedConversation } from '../../test/people.ts'
import { planOf, wholeTableReads } from '../../test/plan.ts'
import { queriesOf } from '../../test/queries.ts'
import { systemActor } from '../desk/actor.ts'
import { type AgentDraft, addAgent } from '../desk/agents/agents.ts'
import { getPublicFile } from '../desk/conversations/attachments.ts'
import { getConversation } from '../desk/conversations/conversation.ts'
import { postMessage } from '../desk/conversations/messages.ts'
import { changeSettings } from '../desk/settings/settings.ts'
import { conversationPage } from './pages/conversation.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.test', DESKHAND_TIMEZONE: 'Asia/Tokyo' })
})
afterAll(() => desk.close())

const get = (url: string, method: 'GET' | 'HEAD' = 'GET') => desk.app.http.inject({ method, url })
const page = async (url: string): Promise<string> => (await get(url)).body
const publicPage = (conversation: OpenedConversation) =>
  page(`/index.php?type=my_tickets&cid=${conversation.publicurlcode}`)

const XSS = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`
let agents = 0
const anAgentCalled = (fields: Partial<AgentDraft>) =>
  desk.app.database.write((tx) =>
    addAgent(tx, systemActor, {
      email: `secret-agent-${++agents}@inside.test`,
      firstname: 'Ada',
      lastname: 'Berg',
      role: 'A',
      departmentIds: ['default'],
      ...fields,
    }),
  )

const say = async (conversation: OpenedConversation, fields: Record<string, string>): Promise<void> => {
  const reply = await desk.v1('POST', `conversations/${conversation.conversationid}/messages`, fields)
  if (reply.status !== 200) throw new Error(reply.text)
}

const upload = async (name: string): Promise<string> =>
  (await desk.v1('POST', 'files', { name, type: 'text/plain', data: 'aGVsbG8=' })).body.fileid

describe('the public page of a conversation', () => {
  test('is not there for codes that are none', async () => {
    const conversation = await aConversation(desk)
    const { publicurlcode, code, conversationid } = conversation
    const changed = publicurlcode.slice(0, 15) + (publicurlcode.endsWith('A') ? 'B' : 'A')
    for (const cid of [
      '',
      'x',
      code,
      conversationid,
      changed,
      publicurlcode.slice(0, 15),
      `${publicurlcode}A`,
      "' or '1'='1",
      '%00',
      XSS,
    ]) {
      const reply = await get(`/index.php?type=my_tickets&cid=${encodeURIComponent(cid)}`)
      expect(reply.statusCode).toBe(404)
      expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(reply.body).toContain('Page not found')
      expectHarmless(reply.body)
    }
    expect((await get('/index.php?type=my_tickets')).statusCode).toBe(404)
    expect((await get(`/index.php?type=my_tickets&cid[]=${publicurlcode}`)).statusCode).toBe(404)
  })

  test('is not there any more when the conversation is deleted', async () => {
    const conversation = await aConversation(desk)
    await desk.v1('DELETE', `conversations/${conversation.conversationid}`)
    expect((await get(`/index.php?type=my_tickets&cid=${conversation.publicurlcode}`)).statusCode).toBe(404)
  })

  test('shows what customer and agents said, by name and in the account’s time zone, and the status in words', async () => {
    const agent = await anAgentCalled({})
    const conversation = await aConversation(desk, {
      useridentifier: 'anna@example.com',
      subject: 'Broken printer',
      message: 'It <b>burns</b>: see https://example.com/a?b=1&c=2.',
    })
    await say(conversation, {
      message: '<p>Use <strong>water</strong></p>',
      is_html_message: 'Y',
      useridentifier: agent.email,
    })
    const body = await publicPage(conversation)
    expect(body).toContain('<h1>Broken printer</h1>')
    expect(body).toContain('Answered')
    expect(body).toContain(conversation.code)
    expect(body).toContain('It &lt;b&gt;burns&lt;/b&gt;: see <a href="https://example.com/a?b=1&amp;c=2"')
    expect(body).toContain('<p>Use <strong>water</strong></p>')
    expect(body).toContain('Ada Berg <span class="role">Support</span>')
    expect(body).toContain('Asia/Tokyo')
    const { created_at } = await desk.app.database.reader
      .selectFrom('conversations')
      .select('created_at')
      .where('id', '=', conversation.conversationid)
      .executeTakeFirstOrThrow()
    expect(body).toContain(new Date(created_at + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' '))
  })

  test('shows nothing internal: notes, tags, transfers, files on notes, addresses', async () => {
    const agent = await anAgentCalled({})
    const nameless = await anAgentCalled({ firstname: 'leak@inside.test', lastname: '' })
    const conversation = await aConversation(desk, { useridentifier: 'secret-customer@example.com' })
    const [shown, hidden] = [await upload('shown.txt'), await upload('hidden.txt')]
    await say(conversation, { message: 'SECRET-NOTE', type: 'N', useridentifier: agent.email, attachments: hidden })
    await say(conversation, { message: 'SECRET-SYSTEM-NOTE' })
    await say(conversation, { message: 'Here it is', useridentifier: nameless.email, attachments: shown })
    await desk.v1('POST', `conversations/${conversation.conversationid}/tags`, { name: 'SECRET-TAG' })
    await desk.v1('PUT', `conversations/${conversation.conversationid}/status`, { status: 'R', note: 'SECRET-REASON' })
    const body = await publicPage(conversation)
    expect(body).toContain('Here it is')
    expect(body).toContain('Resolved')
    expect(body).toContain('shown.txt')
    expect(body).not.toContain('SECRET')
    expect(body).not.toContain('hidden.txt')
    expect(body).not.toContain('inside.test')
    expect(body).not.toContain('secret-customer')
    expect(body).not.toContain(conversation.conversationid)
    expect(body).not.toContain(agent.id)
  })

  test('links attachments so that they can be read with the same code', async () => {
    const conversation = await aConversation(desk)
    await say(conversation, { message: 'See', useridentifier: OWNER_EMAIL, attachments: await upload('a&b.txt') })
    const body = await publicPage(conversation)
    expect(body).toContain('a&amp;b.txt')
    const link = /href="(\/scripts\/file\.php[^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect((await get(link)).body).toBe('hello')
  })

  test('folds away quotes and signatures, in a way that needs no script', async () => {
    const conversation = await aConversation(desk)
    await desk.app.database.write(async (tx) =>
      postMessage(tx, await getConversation(tx, systemActor, conversation.conversationid), {
        author: { kind: 'customer', userId: 'somebody' },
        isNote: false,
        message: {
          body: '<p>My answer</p>',
          isHtml: true,
          text: 'My answer',
          quoted: [
            { kind: 'signature', body: 'Ada Berg', isHtml: false },
            {
              kind: 'quote',
              body: '<blockquote>What you said</blockquote><img src="https://track.test/a">',
              isHtml: true,
            },
          ],
        },
      }),
    )
    const body = await publicPage(conversation)
    expect(body).toMatch(
      /<p>My answer<\/p><\/div>\s*<details class="folded"><summary>Signature<\/summary><p class="plain">Ada/,
    )
    expect(body).toContain('<summary>Quoted text</summary><div class="rich"><blockquote>What you said</blockquote>')
    expect(body).not.toContain('<details open')
    expect(body).not.toContain('track.test')
    expectHarmless(body)
  })

  test('shows pictures that came with a message, and none from elsewhere', async () => {
    const agent = await anAgentCalled({})
    const conversation = await aConversation(desk)
    const file = await upload('a.png')
    await say(conversation, {
      message: `<img src="scripts/file.php?view=Y&amp;file=${file}"><img src="http://track.test/1.gif" width="1"><img src="https://track.test/2.gif" alt="A chart"><img src="/api/v3/session">`,
      is_html_message: 'Y',
      useridentifier: agent.email,
      attachments: file,
    })
    const body = await publicPage(conversation)
    const pictures = [...body.matchAll(/<img src="([^"]*)"/g)].map(([, src = '']) => src.replaceAll('&amp;', '&'))
    expect(pictures).toEqual([`/scripts/file.php?view=Y&file=${file}&cid=${conversation.publicurlcode}`])
    expect((await get(pictures[0] ?? '')).statusCode).toBe(200)
    expect(body).toContain('<span class="picture">A chart</span>')
    expect(body).not.toMatch(/track\.test|api\/v3/)
  })

  test('says "closed" to senders of spam', async () => {
    const conversation = await aConversation(desk)
    await desk.v1('PUT', `conversations/${conversation.conversationid}/status`, { status: 'B' })
    expect(await publicPage(conversation)).not.toMatch(/spam/i)
  })

  test('is harmless whatever subject, names, file names and bodies hold', async () => {
    const agent = await anAgentCalled({ firstname: XSS, lastname: XSS })
    const conversation = await aConversation(desk, {
      subject: XSS,
      message: XSS,
      recipient_name: XSS,
      useridentifier: 'x@example.com',
    })
    const bodies = [
      XSS,
      '<a href="javascript:alert(1)">x</a><a href=" java&#10;script:alert(1)">y</a>',
      '<svg onload=alert(1)><style>*{display:none}</style><iframe src="//evil.test"></iframe><form action=//evil.test><input>',
      '<div style="position:fixed;inset:0;background:url(//evil.test)">over everything</div></div></article></li></ol></main>',
      '<meta http-equiv="refresh" content="0;url=//evil.test"><base href="//evil.test/"><link rel=stylesheet href=//evil.test>',
    ]
    for (const message of bodies)
      await say(conversation, { message, is_html_message: 'Y', useridentifier: agent.email })
    await say(conversation, {
      message: `https://evil.test/"onmouseover="alert(1) javascript:alert(1) ${XSS}`,
      useridentifier: agent.email,
      attachments: await upload(XSS),
    })
    const body = await publicPage(conversation)
    expectHarmless(body)
    expect(body).not.toMatch(/position\s*:/)
    expect(body).not.toContain('url(')
    expect(body.match(/<\/main>/g)).toHaveLength(1)
  })

  test('runs nothing, loads nothing from elsewhere, is not framed, listed, stored or told of to others', async () => {
    const { publicurlcode } = await aConversation(desk)
    const { headers, body } = await get(`/index.php?type=my_tickets&cid=${publicurlcode}`)
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'self'; .*img-src 'self' data:; /,
    )
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).not.toMatch(/script-src|https:/)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    expect(headers['x-robots-tag']).toContain('noindex')
    expect(body).toContain('<meta name="robots" content="noindex, nofollow">')
  })

  test('shows the newest hundred messages first and leads to the earlier ones', async () => {
    const conversation = await aConversation(desk, { message: 'message 0.' })
    for (let n = 1; n <= 100; n++) await say(conversation, { message: `message ${n}.`, useridentifier: OWNER_EMAIL })
    const newest = await publicPage(conversation)
    expect(newest).toContain('message 100.')
    expect(newest).toContain('message 1.')
    expect(newest).not.toContain('message 0.')
    expect(newest.indexOf('message 1.')).toBeLessThan(newest.indexOf('message 100.'))
    const earlier = /href="([^"]+)">Earlier messages/.exec(newest)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const first = await page(earlier)
    expect(first).toContain('message 0.')
    expect(first).not.toContain('message 1.')
    expect(first).toContain('Newer messages')
    for (const odd of ['-1', 'x', '1e9', '99999999999999999999'])
      expect(
        (await get(`/index.php?type=my_tickets&cid=${conversation.publicurlcode}&earlier=${odd}`)).statusCode,
      ).toBe(200)
  })
})

test('neither the page nor a file on it is looked for in a whole table', async () => {
  const conversation = await aConversation(desk)
  const file = await upload('a.txt')
  await say(conversation, { message: 'See', useridentifier: OWNER_EMAIL, attachments: file })
  const site = { name: 'x', zone: 'GMT', publicUrl: '' }
  const queries = await queriesOf(desk, async (db) => {
    await conversationPage(db, site, conversation.publicurlcode, 0)
    await getPublicFile(db, conversation.publicurlcode, file)
  })
  expect(queries.length).toBeGreaterThan(6)
  for (const query of queries) expect(wholeTableReads(await planOf(desk, query))).toEqual([])
})

describe('public pages in general', () => {
  test('answer unknown addresses with a page, and calls of the API with what those speak', async () => {
    for (const url of [
      '/nowhere',
      '/index.php?type=nothing',
      '/123456-Nothing',
      '/12345',
      `/${encodeURIComponent(XSS)}`,
      '/%ff',
      '/search?q=%ff',
    ]) {
      const reply = await get(url)
      expect([400, 404]).toContain(reply.statusCode)
      expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(reply.headers['content-security-policy']).toContain("default-src 'none'")
      expectHarmless(reply.body)
    }
    expect((await get('/api/nowhere')).headers['content-type']).toContain('json')
    expect((await get('/api/v3/nowhere')).headers['content-type']).toContain('json')
  })

  test('show the company’s name as text', async () => {
    await desk.app.database.write((tx) => changeSettings(tx, systemActor, { company_name: XSS }))
    await expect.poll(() => page('/')).toContain('&lt;script&gt;')
    expectHarmless(await page('/'))
  })

  test('bring their own stylesheet, which may be kept', async () => {
    const address = /rel="stylesheet" href="([^"]+)"/.exec(await page('/'))?.[1] ?? ''
    const { headers, statusCode } = await get(address)
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/css; charset=utf-8'])
    expect(headers['cache-control']).toContain('immutable')
  })
})
