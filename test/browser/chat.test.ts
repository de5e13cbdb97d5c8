// A chat between two browsers: a visitor on somebody else's site, and an agent on ours. What browsers let sites do to agents.
import type { Socket } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../desk.ts'
import { anAgent } from '../people.ts'
import { missingChromium, openBrowser } from './chromium.ts'
import { openSite, pageText, type Site } from './site.ts'

// biome-ignore lint/suspicious/noExplicitAny: what pages tell is of every shape; each assertion is the check.
type Told = any

describe.skipIf(missingChromium())('in real browsers', () => {
  let desk: TestDesk
  let base: string
  let site: Site
  let browser: Browser
  let isOver = false
  let working: Promise<void>
  const connections = new Set<Socket>()
  beforeAll(async () => {
    desk = await newDesk()
    desk.app.http.server.on('connection', (socket) => {
      connections.add(socket)
      socket.once('close', () => connections.delete(socket))
    })
    await desk.app.http.listen({ host: '127.0.0.1', port: 0 })
    base = desk.app.publicUrl()
    site = await openSite('shop.html')
    browser = await openBrowser()
    working = work()
  })
  afterAll(async () => {
    isOver = true
    await working
    await browser.close()
    site.close()
    await desk.close()
  })

  /** As a worker does: queues are looked at. */
  async function work(): Promise<void> {
    while (!isOver) {
      await desk.drain()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const tell = (page: Page, expression: string): Promise<Told> => page.evaluate(expression)
  const heard = (page: Page, type: string): Promise<Told[]> =>
    tell(page, `heard.filter(({ type }) => type === '${type}')`)
  const hears = (page: Page, type: string, count = 1) => expect.poll(() => heard(page, type)).toHaveLength(count)

  async function shop(context: BrowserContext, host = 'localhost'): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`http://${host}:${site.port}/?desk=${encodeURIComponent(base)}`)
    return page
  }

  async function aPanel(): Promise<{ page: Page; context: BrowserContext; userid: string }> {
    const { userid, email } = await anAgent(desk)
    await desk.v3('PUT', `agents/${userid}/presets`, { presets: [{ departmentid: 'default', services: 'T' }] })
    await desk.v3('PATCH', `agents/${userid}/capacities`, { chats: 1 })
    const context = await browser.newContext()
    await context.route(`${base}/panel`, (route) =>
      route.fulfill({ contentType: 'text/html', body: pageText('panel.html') }),
    )
    const page = await context.newPage()
    await page.goto(`${base}/panel`)
    await tell(page, `call('POST', 'session', { email: '${email}', password: 'agent-password' })`)
    await tell(page, 'connect()')
    await hears(page, 'hello')
    return { page, context, userid }
  }

  const isOnline = async (): Promise<boolean> =>
    (await desk.app.http.inject({ url: '/api/widget/online' })).json().isonline

  test('a visitor on another site and an agent chat, see each other type, and lose no word when lines are cut', async () => {
    expect(await isOnline()).toBe(false)
    const agent = await aPanel()
    expect(await isOnline()).toBe(true)
    const visiting = await browser.newContext()
    const visitor = await shop(visiting)
    await tell(visitor, 'arrive()')
    await hears(visitor, 'hello')

    const {
      chatid: chat,
      state,
      place,
    } = await tell(visitor, `call('POST', 'chats', { name: 'Anna', message: 'Do you ship to Oslo?' })`)
    expect([state, place]).toEqual(['queued', 1])
    const second = await shop(await browser.newContext())
    await tell(second, 'arrive()')
    const later = await tell(second, `call('POST', 'chats', { message: 'Me, too' })`)
    expect([later.state, later.place]).toEqual(['queued', 2])

    await hears(agent.page, 'chat.offered')
    expect(await heard(agent.page, 'chat.offered')).toMatchObject([
      { conversationid: chat, data: { agentid: agent.userid } },
    ])
    await tell(agent.page, `call('POST', 'chats/${chat}/accept', {})`)
    await hears(visitor, 'chat.accepted')
    expect((await heard(visitor, 'chat.accepted'))[0].data.agent.name).not.toBe('')
    expect((await tell(second, `call('GET', 'chats/${later.chatid}')`)).place).toBe(1)

    await tell(agent.page, `call('POST', 'chats/${chat}/typing', {})`)
    await hears(visitor, 'chat.typing')
    await tell(
      agent.page,
      `call('POST', 'chats/${chat}/messages', { message: '<p>We <b>do</b>.</p><img src=x onerror="hacked = 1">', is_html: true })`,
    )
    await hears(visitor, 'chat.message')
    const [answer] = (await heard(visitor, 'chat.message')).at(-1).data.messages
    expect(answer).toMatchObject({ by: 'agent', is_html: true })
    expect(answer.message).toContain('<b>do</b>')
    expect(answer.message).not.toContain('onerror')

    await tell(visitor, `call('POST', 'chats/${chat}/typing')`)
    await tell(visitor, `sendFile('${chat}', 'størrelse.txt', 'size 42')`)
    await expect
      .poll(() => heard(agent.page, 'chat.typing'))
      .toEqual(expect.arrayContaining([expect.objectContaining({ data: expect.objectContaining({ by: 'visitor' }) })]))
    const { messages } = await tell(visitor, `call('GET', 'chats/${chat}/messages')`)
    const { fileid } = messages.find(({ rtype }: Told) => rtype === 'F').file
    const file = await tell(visitor, `readFile('${chat}', '${fileid}')`)
    expect(file.text).toBe('size 42')
    expect(file.disposition).toContain('attachment')

    // Both lines are cut at once, and words are said meanwhile.
    const before = (await heard(visitor, 'chat.message')).length
    await visiting.setOffline(true)
    await agent.context.setOffline(true)
    for (const socket of connections) socket.destroy()
    for (const text of ['one', 'two', 'three'])
      expect((await desk.v3('POST', `chats/${chat}/messages`, { agent: agent.userid, message: text })).status).toBe(200)
    await visiting.setOffline(false)
    await agent.context.setOffline(false)
    await hears(visitor, 'hello', 2)
    await hears(visitor, 'chat.message', before + 3)
    await expect.poll(async () => (await tell(agent.page, 'closings')).length).toBeGreaterThan(0)
    await tell(visitor, `call('POST', 'chats/${chat}/messages', { message: 'Thank you' })`)
    await hears(visitor, 'chat.message', before + 4)
    const said = (await tell(visitor, `call('GET', 'chats/${chat}/messages')`)).messages
    const told = (await heard(visitor, 'chat.message')).flatMap(({ data }) => data.messages)
    // With his first words the chat began.
    expect(told).toEqual(said.slice(1))
    const stored = await desk.app.database.reader
      .selectFrom('events')
      .select('seq')
      .where('conversation_id', '=', chat)
      .where('type', '=', 'chat.message')
      .orderBy('seq')
      .execute()
    await hears(agent.page, 'chat.message', stored.length)
    const numbers = (await heard(agent.page, 'chat.message')).map(({ number }) => number)
    expect(numbers).toEqual(stored.map(({ seq }) => Number(seq)))
    expect(await isOnline()).toBe(true)

    // Another page of the site: it is the same visitor, in the same chat.
    await visitor.reload()
    expect(await tell(visitor, 'arrive()')).toMatchObject({ chatid: chat, chatstate: 'running', name: 'Anna' })
    await hears(visitor, 'hello')
    // Without WebSocket, from the beginning: the browser has to be allowed the header.
    const again: Told[] = await tell(visitor, `eventsAfter(${stored[0]?.seq})`)
    expect(again.filter(({ type }) => type === 'chat.message').map(({ number }) => number)).toEqual(numbers.slice(1))

    await tell(visitor, `call('POST', 'chats/${chat}/end')`)
    await hears(agent.page, 'chat.ended')
    await hears(visitor, 'chat.ended')
    expect(
      await tell(visitor, `call('POST', 'chats/${chat}/rating', { rating: 'good', comment: 'Quick' })`),
    ).toMatchObject({ rating: 'good' })
    await hears(agent.page, 'rating.given')
    // Now the second one rings, and nobody takes it: the agent closes his page.
    await hears(agent.page, 'chat.offered', 2)
    await agent.context.close()
    await expect.poll(isOnline).toBe(false)
    await expect.poll(async () => (await desk.v3('GET', `chats/${later.chatid}`)).body.askedagentids).toEqual([])
    expect(await heard(second, 'chat.accepted')).toEqual([])
  }, 60_000)

  // For cookies, ports are no borders: a page on another port is where the agent's cookie is sent along.
  test.each(['localhost', '127.0.0.1'])(
    'a page of %s in the agent’s browser opens nothing of his, and reads nothing',
    async (host) => {
      const agent = await aPanel()
      const foreign = await shop(agent.context, host)
      const sent: string[] = []
      foreign.on(
        'request',
        (request) =>
          void request
            .allHeaders()
            .then((headers) => sent.push(headers.cookie ?? ''))
            .catch(() => {}),
      )
      expect(await tell(foreign, `listenIn('/api/v3/live')`)).toBe('closed 1006')
      expect(await tell(foreign, `eavesdrop('/api/v3/live/events')`)).toBe('closed')
      for (const path of ['session', 'agents', 'conversations', 'chats', 'live/events'])
        expect([path, await tell(foreign, `steal('/api/v3/${path}')`)]).toEqual([path, 'TypeError'])
      expect(await tell(foreign, `steal('/api/conversations')`)).toBe('TypeError')
      // Without asking first, as forms do.
      const plain = `{ method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: '{}' }`
      for (const path of ['live/tickets', 'presence'])
        expect(await tell(foreign, `steal('/api/v3/${path}', ${plain})`)).toBe('')
      expect(await desk.app.database.reader.selectFrom('live_tickets').selectAll().execute()).toEqual([])
      const json = `{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }`
      expect(await tell(foreign, `steal('/api/v3/live/tickets', ${json})`)).toBe('TypeError')
      // What is open to every site takes no cookie for a token.
      expect(await tell(foreign, `listenIn('/api/widget/live', ['deskhand'])`)).toBe('closed 1006')
      expect(await tell(foreign, `call('GET', 'visitor').catch(({ message }) => message)`)).toMatch(/^401 /)
      // Which is not because he was signed out.
      expect(await tell(agent.page, `call('GET', 'session')`)).toBeTruthy()
      expect(await tell(agent.page, 'closings')).toEqual([])
      if (host === '127.0.0.1') await expect.poll(() => sent.join()).toContain('deskhand=')
      await agent.context.close()
    },
  )
})
