// Chats as agents drive them, and what the calls for conversations do to one that runs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aChat, aChatter, aDepartment, aVisitor, type Chatter, goOffline } from '../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aMailboxRow } from '../../../test/mailbox-row.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { signIn } from '../../../test/session.ts'
import { AGENT_PATIENCE_MS, routeChats } from '../../desk/chats/route.ts'
import { startChat } from '../../desk/chats/start.ts'
import { mailMissed, sweepChats } from '../../desk/chats/vanished.ts'
import { addVisitor, pruneVisitors, VISITOR_PATIENCE_MS } from '../../desk/chats/visitors.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const chatOf = async (id: string) => (await desk.v3('GET', `chats/${id}`)).body
const statusOf = async (id: string) => (await desk.v3('GET', `conversations/${id}`)).body.status
const route = (now = Date.now()) => desk.app.database.write((tx) => routeChats(tx, now))
const sweep = (now = Date.now()) => desk.app.database.write((tx) => sweepChats(tx, 0, now))

async function factKinds(id: string): Promise<string[]> {
  const query = desk.app.database.reader.selectFrom('facts').select('kind').where('conversation_id', '=', id)
  return (await query.orderBy('seq').execute()).map(({ kind }) => kind)
}

/** What waits and what runs in a department now, by the load that reports read. */
async function loadOf(department: string): Promise<Record<string, number>> {
  const rows = await desk.app.database.reader
    .selectFrom('load_changes')
    .select(({ fn }) => ['agent_id', fn.sum<number>('delta').as('sum')])
    .where('department_id', '=', department)
    .where('service', '=', 'chats')
    .groupBy('agent_id')
    .execute()
  return Object.fromEntries(rows.filter(({ sum }) => Number(sum) !== 0).map((row) => [row.agent_id, Number(row.sum)]))
}

async function aRunningChat(department: string, agent: Chatter, draft: Record<string, unknown> = {}) {
  const chat = await aChat(desk, { department, ...draft })
  const { status, text } = await agent.v3('POST', `chats/${chat.id}/takeover`, {})
  if (status !== 200) throw new Error(text)
  return chat
}

describe('the calls of agents', () => {
  test('need somebody who asks, and say which agent an API key acts for', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id } = await aChat(desk, { department })
    expect((await desk.v3('GET', 'chats', undefined, { key: null })).status).toBe(401)
    const nobody = await desk.v3('POST', `chats/${id}/accept`, {})
    expect(nobody.body.error).toMatchObject({ field: 'agent' })
    expect((await desk.v3('POST', `chats/${id}/accept`, { agent: 'nobody' })).status).toBe(404)
    expect((await desk.v3('POST', `chats/${id}/accept`, { agent: ada.email })).body.agentid).toBe(ada.userid)
    expect((await desk.v3('POST', `chats/${id}/accept`, { agent: ada.email })).status).toBe(200)
  })

  test('do not find conversations that are no chats', async () => {
    const { conversationid } = await aConversation(desk)
    expect((await desk.v3('GET', `chats/${conversationid}`)).status).toBe(404)
  })

  test('list what waits and runs, the longest first, in one’s departments', async () => {
    const department = await aDepartment(desk, { capacity: 1 })
    const ada = await aChatter(desk, [department])
    const first = await aRunningChat(department, ada)
    const second = await aChat(desk, { department })
    const third = await aChat(desk, { department })
    const idsOf = async (query: string) =>
      (await ada.v3('GET', `chats${query}`)).body.chats.map(({ chatid }: { chatid: string }) => chatid)
    expect(await idsOf('')).toEqual([first.id, second.id, third.id])
    expect(await idsOf('?state=queued')).toEqual([second.id, third.id])
    expect(await idsOf(`?agent=${ada.userid}`)).toEqual([first.id])
    expect(await idsOf('?limit=1&offset=1')).toEqual([second.id])
    expect((await chatOf(third.id)).place).toBe(2)
    expect((await ada.v3('GET', 'chats?state=ended')).status).toBe(400)
    const { chatsOverview } = (await ada.v1('GET', 'chats/overview')).body
    expect(chatsOverview).toEqual([{ visitors: expect.any(String), chats: '1', queue: '2', agents: '1' }])
    expect(Number(chatsOverview[0].visitors)).toBeGreaterThanOrEqual(3)
    expect(await loadOf(department)).toEqual({ [ada.userid]: 1, '': 2 })
  })
})

describe('an agent', () => {
  test('gets no more chats than he can take, and the next one when one ends', async () => {
    const department = await aDepartment(desk, { capacity: 1 })
    const ada = await aChatter(desk, [department])
    const first = await aRunningChat(department, ada)
    const second = await aChat(desk, { department })
    expect(await chatOf(second.id)).toMatchObject({ state: 'queued', askedagentids: [] })
    expect((await ada.v3('POST', `chats/${second.id}/accept`, {})).status).toBe(409)
    await ada.v3('POST', `chats/${first.id}/end`, {})
    await desk.drain()
    expect((await chatOf(second.id)).askedagentids).toEqual([ada.userid])
    await desk.v3('PATCH', `agents/${ada.userid}/capacities`, { chats: 2 })
    const third = await aChat(desk, { department })
    expect((await chatOf(third.id)).askedagentids).toEqual([ada.userid])
  })

  test('is asked however many chats wait in another department, where nobody has room', async () => {
    const [crowded, other] = [await aDepartment(desk), await aDepartment(desk, { capacity: 1 })]
    const [full, ada] = [await aChatter(desk, [crowded]), await aChatter(desk, [other])]
    await desk.v3('PATCH', `agents/${full.userid}/capacities`, { chats: 0 })
    for (let n = 0; n < 101; n++)
      await desk.app.database.write(async (tx) => {
        const { visitor } = await addVisitor(tx, {})
        await startChat(tx, visitor.id, { departmentId: crowded })
      })
    const first = await aRunningChat(other, ada)
    const second = await aChat(desk, { department: other })
    expect((await chatOf(second.id)).askedagentids).toEqual([])
    await ada.v3('POST', `chats/${first.id}/end`, {})
    await desk.drain()
    expect((await chatOf(second.id)).askedagentids).toEqual([ada.userid])
  })

  test('who does not answer is asked no longer, and has missed it', async () => {
    const department = await aDepartment(desk, { offer_seconds: 10 })
    const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    const { id } = await aChat(desk, { department })
    const [first] = (await chatOf(id)).askedagentids
    await route(Date.now() + 9_000)
    expect((await chatOf(id)).askedagentids).toEqual([first])
    await route(Date.now() + 11_000)
    await route(Date.now() + 11_000)
    expect((await chatOf(id)).askedagentids).toEqual([first === ada.userid ? ben.userid : ada.userid])
    expect(await factKinds(id)).toEqual(['created', 'chat_started', 'chat_offer_missed'])
  })

  test('who goes offline while it rings at him has missed it, and the next one is asked at once', async () => {
    const department = await aDepartment(desk)
    const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    const { id } = await aChat(desk, { department })
    const [first] = (await chatOf(id)).askedagentids
    const other = first === ada.userid ? ben.userid : ada.userid
    await goOffline(desk, first)
    expect((await chatOf(id)).askedagentids).toEqual([other])
    await goOffline(desk, other)
    expect(await chatOf(id)).toMatchObject({ state: 'queued', askedagentids: [] })
    expect(await factKinds(id)).toEqual(['created', 'chat_started', 'chat_offer_missed', 'chat_offer_missed'])
  })

  test('with least to do is asked first where the department wants that', async () => {
    const department = await aDepartment(desk, { strategy: 'least-busy' })
    const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    await aRunningChat(department, ada)
    await aRunningChat(department, ada)
    for (let n = 0; n < 2; n++) {
      const { id } = await aChat(desk, { department })
      expect((await chatOf(id)).askedagentids).toEqual([ben.userid])
    }
  })

  test('is asked in turn elsewhere', async () => {
    const department = await aDepartment(desk)
    await aChatter(desk, [department])
    await aChatter(desk, [department])
    const asked: string[] = []
    for (let n = 0; n < 4; n++) asked.push((await chatOf((await aChat(desk, { department })).id)).askedagentids[0])
    expect(new Set(asked.slice(0, 2)).size).toBe(2)
    expect(asked.slice(2)).toEqual(asked.slice(0, 2))
  })

  test('who has gone and lets his visitor wait loses the chat to the queue', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aRunningChat(department, ada)
    await ada.v3('POST', `chats/${id}/messages`, { message: 'One moment' })
    await goOffline(desk, ada.userid)
    await route(Date.now() + AGENT_PATIENCE_MS + 1_000)
    expect((await chatOf(id)).state).toBe('running')
    await visitor.call('POST', `chats/${id}/messages`, { message: 'Hello?' })
    await route(Date.now() + AGENT_PATIENCE_MS - 5_000)
    expect((await chatOf(id)).state).toBe('running')
    await route(Date.now() + AGENT_PATIENCE_MS + 1_000)
    expect((await chatOf(id)).state).toBe('queued')
    expect(await statusOf(id)).toBe('I')
    expect(await loadOf(department)).toEqual({ '': 1 })
    const ben = await aChatter(desk, [department])
    expect((await chatOf(id)).askedagentids).toEqual([ben.userid])
  })

  test('who is deleted gives his chats back, and what rings at him', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const has = await aRunningChat(department, ada)
    const rings = await aChat(desk, { department })
    await desk.v3('DELETE', `agents/${ada.userid}`)
    await desk.drain()
    for (const { id } of [has, rings]) expect(await chatOf(id)).toMatchObject({ state: 'queued', askedagentids: [] })
    expect(await loadOf(department)).toEqual({ '': 2 })
  })

  test('who leaves the department loses its chats', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id } = await aRunningChat(department, ada)
    await desk.v3('PATCH', `departments/${department}`, { agents: [] })
    await desk.drain()
    expect((await chatOf(id)).state).toBe('queued')
    expect((await ada.v3('GET', `chats/${id}`)).status).toBe(404)
  })
})

describe('a department', () => {
  test('with a chat cannot be deleted', async () => {
    const department = await aDepartment(desk)
    await aChatter(desk, [department])
    const { id, visitor } = await aChat(desk, { department })
    expect((await desk.v3('DELETE', `departments/${department}`)).status).toBe(409)
    await visitor.call('POST', `chats/${id}/end`)
    await desk.v3('PUT', `conversations/${id}/status`, { status: 'R' })
    expect((await desk.v3('DELETE', `departments/${department}`)).status).toBe(200)
  })

  test.each([
    [{ chats: { capacity: 0 } }, 'chats.capacity'],
    [{ chats: { offer_seconds: 1 } }, 'chats.offer_seconds'],
    [{ chats: { strategy: 'random' } }, 'chats.strategy'],
    [{ mails: {} }, 'mails'],
  ])('does not take the settings %j', async (change, field) => {
    const before = (await desk.v3('GET', 'departments/default/routing')).body
    const reply = await desk.v3('PATCH', 'departments/default/routing', change)
    expect(reply.body.error).toMatchObject({ field })
    expect((await desk.v3('GET', 'departments/default/routing')).body).toEqual(before)
  })

  test('has settings that only administrators change', async () => {
    const { email, userid } = await anAgent(desk)
    const agent = await signIn(desk, email)
    expect((await agent.v3('PATCH', 'departments/default/routing', { chats: { capacity: 9 } })).status).toBe(403)
    expect((await agent.v3('PATCH', `agents/${userid}/capacities`, { chats: 9 })).status).toBe(403)
    expect((await agent.v3('GET', 'departments/default/routing')).body).toEqual({
      chats: { strategy: 'round-robin', offer_seconds: 30, capacity: 3 },
      calls: { strategy: 'round-robin', offer_seconds: 20, capacity: 1 },
    })
    expect((await agent.v3('GET', `agents/${userid}/capacities`)).body).toEqual({ chats: null, calls: null })
  })
})

describe('a transfer', () => {
  test('asks the other agent while the first has it, who keeps it when the other declines', async () => {
    const department = await aDepartment(desk)
    const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    const { id } = await aRunningChat(department, ada)
    const reply = await ada.v3('POST', `chats/${id}/transfer`, { agentidentifier: ben.email, note: 'Knows Oslo' })
    expect(reply.status).toBe(200)
    expect(await chatOf(id)).toMatchObject({ state: 'running', agentid: ada.userid, askedagentids: [ben.userid] })
    expect((await ada.v3('POST', `chats/${id}/transfer`, { agentidentifier: ben.email })).status).toBe(409)
    await ben.v3('POST', `chats/${id}/decline`, {})
    expect(await chatOf(id)).toMatchObject({ state: 'running', agentid: ada.userid, askedagentids: [] })
    await ada.v3('POST', `chats/${id}/transfer`, { agentidentifier: ben.email })
    expect((await ben.v3('POST', `chats/${id}/accept`, {})).body).toMatchObject({ agentid: ben.userid })
    expect(await loadOf(department)).toEqual({ [ben.userid]: 1 })
    expect((await factKinds(id)).filter((kind) => kind === 'chat_accepted')).toHaveLength(1)
    expect((await desk.v3('GET', `conversations/${id}/messages`)).text).toContain('Knows Oslo')
  })

  test('to a department goes into its queue, out of sight of the first agent', async () => {
    const [one, other] = [await aDepartment(desk), await aDepartment(desk)]
    const ada = await aChatter(desk, [one])
    const { id } = await aRunningChat(one, ada)
    const nobody = await ada.v3('POST', `chats/${id}/transfer`, { department: other })
    expect(nobody.body.error.message).toContain('Nobody is online')
    expect((await chatOf(id)).state).toBe('running')
    const ben = await aChatter(desk, [other])
    expect((await ada.v3('POST', `chats/${id}/transfer`, { department: other })).status).toBe(200)
    expect((await ada.v3('GET', `chats/${id}`)).status).toBe(404)
    expect(await chatOf(id)).toMatchObject({ state: 'queued', departmentid: other, askedagentids: [ben.userid] })
    expect([await loadOf(one), await loadOf(other)]).toEqual([{}, { '': 1 }])
    await ben.v3('POST', `chats/${id}/messages`, { message: 'I have it' })
    expect([await loadOf(one), await loadOf(other)]).toEqual([{}, { [ben.userid]: 1 }])
  })

  test('names somebody who is there, works there, and has room', async () => {
    const department = await aDepartment(desk, { capacity: 1 })
    const [ada, full] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    const stranger = await aChatter(desk, ['default'])
    const away = await anAgent(desk, { departments: [department] })
    const { id } = await aRunningChat(department, ada)
    await aRunningChat(department, full)
    const before = await chatOf(id)
    for (const [body, status] of [
      [{}, 400],
      [{ agentidentifier: full.userid }, 409],
      [{ agentidentifier: stranger.userid }, 409],
      [{ agentidentifier: away.userid }, 409],
      [{ agentidentifier: ada.userid }, 409],
      [{ agentidentifier: 'nobody' }, 404],
      [{ department: 'nowhere' }, 404],
    ] as const)
      expect([body, (await ada.v3('POST', `chats/${id}/transfer`, body)).status]).toEqual([body, status])
    expect(await chatOf(id)).toEqual(before)
  })
})

describe('a visitor who leaves', () => {
  test('without a word ends his chat some minutes later', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id } = await aRunningChat(department, ada)
    await sweep(Date.now() + VISITOR_PATIENCE_MS - 5_000)
    expect((await chatOf(id)).state).toBe('running')
    await desk.app.database.write((tx) =>
      sweepChats(tx, Date.now() + 120_000, Date.now() + VISITOR_PATIENCE_MS + 60_000),
    )
    expect((await chatOf(id)).state).toBe('running')
    while (await sweep(Date.now() + VISITOR_PATIENCE_MS + 1_000));
    await sweep(Date.now() + VISITOR_PATIENCE_MS + 1_000)
    expect(await chatOf(id)).toMatchObject({ state: 'ended', endedby: 'system' })
    expect((await factKinds(id)).filter((kind) => kind === 'chat_ended')).toHaveLength(1)
    expect(await loadOf(department)).toEqual({})
  })

  test('gets by mail what was written after he was seen last, and what is answered later', async () => {
    const department = await aDepartment(desk)
    await aMailboxRow(desk, { department_id: department, outgoing: '{}' })
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aRunningChat(department, ada, { email: 'gone@example.com', name: 'Gone' })
    await ada.v3('POST', `chats/${id}/messages`, { message: 'Seen' })
    await desk.app.database.write((tx) =>
      tx.updateTable('visitors').set({ seen_at: Date.now() }).where('id', '=', visitor.id).execute(),
    )
    await new Promise((resume) => setTimeout(resume, 5))
    await ada.v3('POST', `chats/${id}/messages`, { message: 'Unseen one' })
    await ada.v3('POST', `chats/${id}/messages`, { message: 'Unseen two' })
    await sweep(Date.now() + VISITOR_PATIENCE_MS + 1_000)
    const { groups } = (await desk.v3('GET', `conversations/${id}/messages`)).body
    const texts = (rtype: string) =>
      groups
        .filter((group: { rtype: string }) => group.rtype === rtype)
        .flatMap((group: { messages: { rtype: string; message: string }[] }) =>
          group.messages.filter((one) => one.rtype === 'M').map(({ message }) => message),
        )
    expect(texts('C')).toEqual(['Do you ship to Oslo?', 'Seen'])
    expect(texts('4')).toEqual(['Unseen one', 'Unseen two'])
    const outbox = () =>
      desk.app.database.reader.selectFrom('outbox').selectAll().where('conversation_id', '=', id).execute()
    expect(await outbox()).toMatchObject([{ kind: 'answer', recipient_key: 'gone@example.com' }])
    expect(await statusOf(id)).toBe('A')
    const answer = await ada.v3('POST', `chats/${id}/messages`, { message: 'Later' })
    expect(answer.body.outboxid).not.toBeNull()
    expect(await outbox()).toHaveLength(2)
    expect((await visitor.call('GET', `chats/${id}/messages`)).text).toContain('Unseen two')
  })

  test.each([
    ['long before', 60_000, ['Unseen']],
    ['right after the last words', 10_000, []],
  ])('%s the agent ends his chat gets by mail what he cannot have seen', async (_, ago, mailed) => {
    const department = await aDepartment(desk)
    await aMailboxRow(desk, { department_id: department, outgoing: '{}' })
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aRunningChat(department, ada, { email: 'gone@example.com', name: 'Gone' })
    await ada.v3('POST', `chats/${id}/messages`, { message: 'Unseen' })
    await desk.app.database.write((tx) =>
      tx
        .updateTable('visitors')
        .set({ seen_at: Date.now() - ago })
        .where('id', '=', visitor.id)
        .execute(),
    )
    const before = Date.now()
    expect((await ada.v3('POST', `chats/${id}/end`, {})).status).toBe(200)
    const jobs = desk.app.database.reader
      .selectFrom('jobs')
      .select(['payload', 'run_at'])
      .where('name', '=', 'mail-missed')
    const due = (await jobs.execute()).find(({ payload }) => payload.includes(id))
    expect(due?.run_at).toBeGreaterThanOrEqual(before + VISITOR_PATIENCE_MS)
    const outbox = () =>
      desk.app.database.reader.selectFrom('outbox').selectAll().where('conversation_id', '=', id).execute()
    // Told twice, it is mailed once.
    for (let times = 0; times < 2; times++) await desk.app.database.write((tx) => mailMissed(tx, id))
    expect(await outbox()).toHaveLength(mailed.length)
    const { groups } = (await desk.v3('GET', `conversations/${id}/messages`)).body
    const answers = groups.filter(({ rtype }: { rtype: string }) => rtype === '4')
    expect(answers.map(({ messages }: { messages: { message: string }[] }) => messages[0]?.message)).toEqual(mailed)
    expect(await statusOf(id)).toBe('A')
  })

  test('and writes again after the end opens the ticket again, or starts another chat', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aRunningChat(department, ada)
    await ada.v3('POST', `chats/${id}/messages`, { message: 'Bye' })
    await ada.v3('POST', `chats/${id}/end`, {})
    expect(await statusOf(id)).toBe('A')
    expect((await visitor.call('POST', `chats/${id}/messages`, { message: 'One more thing' })).status).toBe(200)
    expect(await statusOf(id)).toBe('C')
    expect((await visitor.call('GET', `chats/${id}/messages`)).text).toContain('One more thing')
    const again = await visitor.call('POST', 'chats', { department, message: 'Again' })
    expect(again.body).toMatchObject({ state: 'queued' })
    expect(again.body.chatid).not.toBe(id)
    expect((await visitor.call('POST', 'chats', { department })).status).toBe(409)
  })
})

describe('the calls for conversations', () => {
  test.each([
    ['v1', (id: string, ada: Chatter) => ada.v1('POST', `conversations/${id}/messages`, { message: 'By the API' })],
    ['v3', (id: string, ada: Chatter) => ada.v3('POST', `conversations/${id}/messages`, { message: 'By the API' })],
  ])('of %s say in a chat what an agent writes, who takes it by that', async (_, write) => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aChat(desk, { department })
    expect((await write(id, ada)).status).toBe(200)
    expect(await chatOf(id)).toMatchObject({ state: 'running', agentid: ada.userid })
    expect((await visitor.call('GET', `chats/${id}/messages`)).text).toContain('By the API')
    expect((await desk.v1('GET', `conversations/${id}/messages`)).body.groups).toHaveLength(1)
    expect((await factKinds(id)).filter((kind) => kind.startsWith('answer'))).toEqual([])
  })

  test('say what the customer writes there, too, and keep notes beside it', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aRunningChat(department, ada, { email: 'writer@example.com' })
    await desk.v1('POST', `conversations/${id}/messages`, { message: 'Me again', useridentifier: 'writer@example.com' })
    await ada.v1('POST', `conversations/${id}/messages`, { message: 'Be careful', type: 'N' })
    const { text } = await visitor.call('GET', `chats/${id}/messages`)
    expect(text).toContain('Me again')
    expect(text).not.toContain('careful')
    expect(await factKinds(id)).not.toContain('message_in')
    expect((await chatOf(id)).state).toBe('running')
  })

  test.each([
    ['resolving', 'R', (id: string) => desk.v1('PUT', `conversations/${id}/status`, { status: 'R' })],
    ['deleting', 'X', (id: string) => desk.v1('DELETE', `conversations/${id}`)],
    ['calling spam', 'B', (id: string) => desk.v3('PUT', `conversations/${id}/status`, { status: 'B' })],
  ])('end a chat by %s it', async (_, status, settle) => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    for (const start of [aRunningChat, (there: string) => aChat(desk, { department: there })]) {
      const { id } = await start(department, ada)
      expect((await settle(id)).status).toBe(200)
      expect(await chatOf(id)).toMatchObject({ state: 'ended', endedby: 'agent', askedagentids: [] })
      expect(await statusOf(id)).toBe(status)
      expect(await loadOf(department)).toEqual({})
      expect((await factKinds(id)).filter((kind) => kind === 'chat_ended')).toHaveLength(1)
    }
  })

  test('hand a chat on by asking the agent', async () => {
    const department = await aDepartment(desk)
    const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    const { id } = await aRunningChat(department, ada)
    expect((await desk.v1('PUT', `conversations/${id}/attendants`, { agentidentifier: ben.email })).status).toBe(200)
    expect(await chatOf(id)).toMatchObject({ agentid: ada.userid, askedagentids: [ben.userid] })
    expect((await desk.v3('PUT', `conversations/${id}/attendants`, { department })).status).toBe(200)
    expect(await chatOf(id)).toMatchObject({ state: 'queued' })
    expect(await loadOf(department)).toEqual({ '': 1 })
  })

  test('neither merge nor split nor move messages of a chat that has not ended', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const other = await aConversation(desk)
    for (const { id } of [await aRunningChat(department, ada), await aChat(desk, { department })]) {
      for (const [from, into] of [
        [id, other.conversationid],
        [other.conversationid, id],
      ]) {
        const reply = await desk.v3('POST', `conversations/${from}/merge`, { into })
        expect(reply.status).toBe(409)
        expect(reply.body.error.message).toContain('has not ended yet')
      }
      const [group] = (await desk.v3('GET', `conversations/${id}/messages`)).body.groups
      const groups = { messagegroupids: [group.messagegroupid] }
      expect((await desk.v3('POST', `conversations/${id}/split`, groups)).status).toBe(409)
      expect((await desk.v3('POST', `conversations/${id}/move`, { ...groups, into: other.code })).status).toBe(409)
    }
  })

  test('put tags on a chat, and merge it when it has ended', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aRunningChat(department, ada)
    const { body: tag } = await desk.v3('POST', 'tags', { name: 'From the shop' })
    expect((await desk.v3('POST', `conversations/${id}/tags`, { id: tag.id })).status).toBe(200)
    expect((await desk.v3('GET', `conversations/${id}`)).text).toContain(tag.id)
    await visitor.call('POST', `chats/${id}/end`)
    const other = await aConversation(desk)
    expect((await desk.v3('POST', `conversations/${id}/merge`, { into: other.conversationid })).status).toBe(200)
    const again = await visitor.call('POST', `chats/${id}/messages`, { message: 'Still me' })
    expect(again.status).toBe(200)
    expect((await desk.v3('GET', `conversations/${other.conversationid}/messages`)).text).toContain('Still me')
  })
})

describe('the file of an agent', () => {
  test('reaches the visitor, and a chat of files alone is one', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id, visitor } = await aRunningChat(department, ada)
    const { fileid } = (await desk.v1('POST', 'files', { name: 'o.txt', type: 'text/plain', data: 'T3Nsbw==' })).body
    expect((await ada.v3('POST', `chats/${id}/messages`, { attachments: [fileid] })).status).toBe(200)
    expect((await ada.v3('POST', `chats/${id}/messages`, {})).body.error.field).toBe('message')
    const { messages } = (await visitor.call('GET', `chats/${id}/messages`)).body
    expect(messages.at(-1)).toMatchObject({ by: 'agent', rtype: 'F', file: { name: 'o.txt', size: 4 } })
    expect((await visitor.call('GET', `chats/${id}/files/${fileid}`)).text).toBe('Oslo')
  })
})

test('visitors who were not seen for long are forgotten, and their tokens with them', async () => {
  const { visitor, id } = await aChat(desk, { department: await aDepartmentWithAgent() })
  await visitor.call('POST', `chats/${id}/end`)
  const young = await aVisitor(desk)
  const long = Date.now() - 91 * 86_400_000
  await desk.app.database.write((tx) =>
    tx.updateTable('visitors').set({ seen_at: long }).where('id', '=', visitor.id).execute(),
  )
  expect((await visitor.call('GET', 'visitor')).status).toBe(401)
  while (await desk.app.database.write((tx) => pruneVisitors(tx)));
  expect((await chatOf(id)).visitor).toBeNull()
  expect((await young.call('GET', 'visitor')).status).toBe(200)
})

test('visitors who never chatted are forgotten after some days, others not', async () => {
  const chatted = await aChat(desk, { department: await aDepartmentWithAgent() })
  const silent = await aVisitor(desk)
  const days = Date.now() - 8 * 86_400_000
  const ids = [chatted.visitor.id, silent.id]
  await desk.app.database.write((tx) =>
    tx.updateTable('visitors').set({ seen_at: days }).where('id', 'in', ids).execute(),
  )
  while (await desk.app.database.write((tx) => pruneVisitors(tx)));
  expect((await chatted.visitor.call('GET', 'visitor')).status).toBe(200)
  expect((await silent.call('GET', 'visitor')).status).toBe(401)
})

async function aDepartmentWithAgent(): Promise<string> {
  const department = await aDepartment(desk)
  await aChatter(desk, [department])
  return department
}
