import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { type LiveClient, listening, openEvents, openSocket } from '../../test/live.ts'
import { aConversation, anAgent } from '../../test/people.ts'
import { signIn } from '../../test/session.ts'
import { recordEvent } from '../events/record.ts'

let desk: TestDesk
let url: string
let sales: string
let support: string
beforeAll(async () => {
  desk = await newDesk()
  url = await listening(desk)
  sales = await department('Sales')
  support = await department('Support')
})
afterAll(() => desk.close())

const open = new Set<LiveClient>()
afterEach(async () => {
  for (const client of open) client.close()
  await Promise.all([...open].map(({ closed }) => closed))
  open.clear()
})

const department = async (name: string): Promise<string> =>
  (await desk.v3('POST', 'departments', { name })).body.departmentid

async function ask(method: string, path: string, body?: unknown): Promise<void> {
  const reply = await desk.v3(method, path, body)
  if (reply.status !== 200) throw new Error(reply.text)
}

interface Watching {
  userid: string
  cookie: string
  client: LiveClient
}

async function watch(departments: string[], role = 'A', connect: typeof openSocket = openSocket): Promise<Watching> {
  const { userid, email } = await anAgent(desk, { departments, role })
  const { cookie } = await signIn(desk, email)
  return { userid, cookie, client: await follow({ cookie }, connect) }
}

async function follow(headers: Record<string, string>, connect: typeof openSocket = openSocket): Promise<LiveClient> {
  const client = await connect(url, { headers, query: { presence: 'no' } })
  open.add(client)
  await client.seen(({ type }) => type === 'hello')
  return client
}

/** Something that every agent hears: once it is there, nothing from before it is still to come. */
async function heardAll(...clients: LiveClient[]): Promise<void> {
  const mark = Math.random()
  await desk.app.database.write(async (tx) => recordEvent(tx, { type: 'tag.changed', data: { mark } }))
  for (const client of clients) await client.seen(({ data }) => data?.mark === mark)
}

const typesOf = (client: LiveClient, conversationId: string): string[] =>
  client
    .events()
    .filter(({ conversationid }) => conversationid === conversationId)
    .map(({ type }) => type)

const note = (id: string) => desk.v1('POST', `conversations/${id}/messages`, { message: 'hm', type: 'N' })

describe('an agent who listens', () => {
  test('hears of conversations in his departments only; administrators of all', async () => {
    const seller = await watch([sales])
    const helper = await watch([support])
    const administrator = await watch([], 'D')
    const { conversationid } = await aConversation(desk, { department: sales })
    await note(conversationid)
    await heardAll(seller.client, helper.client, administrator.client)
    const all = ['conversation.opened', 'note.posted']
    expect(typesOf(seller.client, conversationid)).toEqual(expect.arrayContaining(all))
    expect(typesOf(administrator.client, conversationid)).toEqual(typesOf(seller.client, conversationid))
    expect(helper.client.events().filter(({ conversationid: id }) => id)).toEqual([])
  })

  test('hears that a conversation was taken out of his sight, and nothing of it after that', async () => {
    const seller = await watch([sales])
    const helper = await watch([support])
    const { conversationid } = await aConversation(desk, { department: sales })
    await heardAll(seller.client)
    const before = typesOf(seller.client, conversationid)
    await ask('PUT', `conversations/${conversationid}/attendants`, { department: support })
    await note(conversationid)
    await heardAll(seller.client, helper.client)
    expect(typesOf(seller.client, conversationid)).toEqual([...before, 'conversation.transferred'])
    expect(typesOf(helper.client, conversationid)).toEqual(['conversation.transferred', 'note.posted'])
  })

  test('hears that a colleague of another department calls him, and nothing else of that conversation', async () => {
    const seller = await watch([sales])
    const helper = await watch([support])
    const other = await watch([support])
    const draft = { direction: 'internal', agent: seller.userid, callee: helper.userid }
    const { callid, conversationid } = (await desk.v3('POST', 'calls', draft)).body
    await note(conversationid)
    await ask('POST', `calls/${callid}/answer`, { agent: helper.userid })
    await ask('POST', `calls/${callid}/stop`, { by: 'caller' })
    await heardAll(seller.client, helper.client, other.client)
    const heard = ['call.ringing', 'call.answered', 'call.offer.ended', 'call.ended']
    expect(typesOf(helper.client, conversationid)).toEqual(heard)
    expect(typesOf(seller.client, conversationid)).toEqual(
      expect.arrayContaining(['call.started', 'call.ringing', 'note.posted', 'call.answered', 'call.ended']),
    )
    expect(typesOf(other.client, conversationid)).toEqual([])
  })

  test('does not catch up on what has left his sight since', async () => {
    const seller = await watch([sales])
    const { number } = seller.client.messages[0]
    const { conversationid } = await aConversation(desk, { department: sales })
    await ask('PUT', `conversations/${conversationid}/attendants`, { department: support })
    await note(conversationid)
    const again = await openSocket(url, {
      headers: { cookie: seller.cookie },
      query: { after: number, presence: 'no' },
    })
    open.add(again)
    await heardAll(again)
    expect(typesOf(again, conversationid)).toEqual(['conversation.transferred'])
  })

  test('hears nothing more of a department that he is taken out of, and of one that he comes into from then on', async () => {
    const { userid, client } = await watch([sales])
    const ours = await aConversation(desk, { department: sales })
    await heardAll(client)
    await ask('PATCH', `agents/${userid}`, { departments: [support] })
    await note(ours.conversationid)
    const theirs = await aConversation(desk, { department: support })
    await heardAll(client)
    expect(typesOf(client, ours.conversationid)).not.toContain('note.posted')
    expect(typesOf(client, theirs.conversationid)).toContain('conversation.opened')
    // The same from the department's side.
    await ask('PATCH', `departments/${support}`, { agents: [] })
    await note(theirs.conversationid)
    await heardAll(client)
    expect(typesOf(client, theirs.conversationid)).not.toContain('note.posted')
  })

  test('hears what administrators hear for as long as he is one', async () => {
    const { userid, client } = await watch([], 'D')
    await ask('PATCH', 'settings', { company_name: 'One' })
    await ask('PATCH', `agents/${userid}`, { role: 'A' })
    await ask('PATCH', 'settings', { company_name: 'Two' })
    await heardAll(client)
    expect(client.events().filter(({ type }) => type === 'settings.changed')).toHaveLength(1)
  })

  test.each([
    [
      'signs out',
      async ({ cookie }: Watching) =>
        void (await desk.v3('DELETE', 'session', undefined, { key: null, headers: { cookie } })),
    ],
    ['is deleted', ({ userid }: Watching) => ask('DELETE', `agents/${userid}`)],
    [
      'gets another password',
      ({ userid }: Watching) => ask('PATCH', `agents/${userid}`, { password: 'another-password' }),
    ],
  ])('hears nothing more once he %s', async (_, end) => {
    for (const connect of [openSocket, openEvents]) {
      const watching = await watch([sales], 'A', connect)
      await end(watching)
      expect((await watching.client.closed).code).toBe(4401)
      const { conversationid } = await aConversation(desk, { department: sales })
      expect(typesOf(watching.client, conversationid)).toEqual([])
      await expect(connect(url, { headers: { cookie: watching.cookie } })).rejects.toMatchObject({ status: 401 })
    }
  })

  test('goes on in his other browser when he signs out in one', async () => {
    const { email } = await anAgent(desk)
    const [one, other] = [await signIn(desk, email), await signIn(desk, email)]
    const clients = [await follow({ cookie: one.cookie }), await follow({ cookie: other.cookie })]
    await one.v3('DELETE', 'session')
    expect((await clients[0]?.closed)?.code).toBe(4401)
    if (clients[1]) await heardAll(clients[1])
  })

  test('hears nothing more once his session has expired, though nobody ended it', async () => {
    const { userid, client } = await watch([sales])
    await desk.app.database.write((tx) =>
      tx
        .updateTable('sessions')
        .set({ expires_at: Date.now() - 1 })
        .where('user_id', '=', userid)
        .execute(),
    )
    // Looked at again whenever something happens to him, and with each heartbeat.
    await ask('PATCH', `agents/${userid}`, { firstname: 'Eve' })
    expect((await client.closed).code).toBe(4401)
  })
})

describe('a key that listens', () => {
  const newKey = async (rights: string) => (await desk.v3('POST', 'apikeys', { name: 'Ear', rights })).body
  test('may be one that only reads, which hears nothing of settings', async () => {
    const client = await follow({ apikey: (await newKey('read')).key })
    expect(client.messages[0].userid).toBeNull()
    const { conversationid } = await aConversation(desk, { department: sales })
    await ask('PATCH', 'settings', { company_name: 'Three' })
    await heardAll(client)
    expect(typesOf(client, conversationid)).toContain('conversation.opened')
    expect(client.events().map(({ type }) => type)).not.toContain('settings.changed')
  })

  test('hears nothing more once it is revoked', async () => {
    const { id, key } = await newKey('full')
    const clients = [await follow({ apikey: key }), await follow({ apikey: key }, openEvents)]
    await ask('DELETE', `apikeys/${id}`)
    for (const { closed } of clients) expect((await closed).code).toBe(4401)
    await expect(openSocket(url, { headers: { apikey: key } })).rejects.toMatchObject({ status: 401 })
  })

  test('does not make anybody online', async () => {
    const { key } = await newKey('full')
    const client = await openSocket(url, { headers: { apikey: key } })
    open.add(client)
    await heardAll(client)
    const rows = await desk.app.database.reader.selectFrom('presence_connections').selectAll().execute()
    expect(rows).toEqual([])
  })
})
