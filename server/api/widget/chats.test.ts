// The life of a chat, as visitors and agents drive it through the API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aChat, aChatter, aDepartment, aVisitor, callWidget, goOffline } from '../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const chatOf = async (id: string) => (await desk.v3('GET', `chats/${id}`)).body
const statusOf = async (id: string) => (await desk.v3('GET', `conversations/${id}`)).body.status
const facts = async (id: string) =>
  (
    await desk.app.database.reader
      .selectFrom('facts')
      .select(['kind', 'agent_id'])
      .where('conversation_id', '=', id)
      .orderBy('seq')
      .execute()
  ).map(({ kind, agent_id }) => `${kind} ${agent_id ?? '-'}`)
const events = async (id: string) =>
  (
    await desk.app.database.reader
      .selectFrom('events')
      .select(['type', 'data'])
      .where('conversation_id', '=', id)
      .where('type', 'like', 'chat.%')
      .orderBy('seq')
      .execute()
  ).map(({ type }) => type)

describe('a visitor', () => {
  test('without a token is nobody', async () => {
    for (const token of [undefined, '', 'wrong', 'a'.repeat(43)])
      expect((await callWidget(desk, 'GET', 'visitor', undefined, token)).status).toBe(401)
  })

  test('has a token of which only the hash is stored', async () => {
    const visitor = await aVisitor(desk)
    const row = await desk.app.database.reader
      .selectFrom('visitors')
      .selectAll()
      .where('id', '=', visitor.id)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain(visitor.token)
    expect((await visitor.call('GET', 'visitor')).body).toMatchObject({ visitorid: visitor.id, chatid: null })
  })

  test('is refused where nobody is online, or leaves a message', async () => {
    const department = await aDepartment(desk)
    const visitor = await aVisitor(desk)
    const refused = await visitor.call('POST', 'chats', { department, message: 'Hello' })
    expect(refused.status).toBe(409)
    expect(refused.body.error.code).toBe('nobody_online')
    const draft = { department, message: 'Hello', if_offline: 'message' }
    expect((await visitor.call('POST', 'chats', draft)).body.error).toMatchObject({ field: 'email' })
    const left = await visitor.call('POST', 'chats', { ...draft, email: 'oslo@example.com', name: 'Kari Nord' })
    expect(left.body).toMatchObject({ state: 'offline' })
    expect((await desk.v3('GET', `conversations/${left.body.chatid}`)).body).toMatchObject({
      status: 'N',
      channel_type: 'B',
    })
    expect(await facts(left.body.chatid)).toEqual(['created -', 'message_in -'])
  })
})

describe('a chat', () => {
  test('goes from the queue to an agent and ends as an answered ticket', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { visitor, id, state } = await aChat(desk, { department, name: 'Kari' })
    expect(state).toBe('queued')
    expect((await visitor.call('GET', `chats/${id}`)).body).toMatchObject({ state: 'queued', place: 1, agent: null })
    expect(await chatOf(id)).toMatchObject({ state: 'queued', askedagentids: [ada.userid], place: 1 })
    expect(await statusOf(id)).toBe('I')

    expect((await ada.v3('POST', `chats/${id}/accept`, {})).body).toMatchObject({
      state: 'running',
      agentid: ada.userid,
      askedagentids: [],
    })
    expect(await statusOf(id)).toBe('T')
    expect((await ada.v3('POST', `chats/${id}/messages`, { message: 'We do.' })).status).toBe(200)
    expect((await visitor.call('POST', `chats/${id}/messages`, { message: 'Great' })).status).toBe(200)
    expect((await ada.v3('POST', `chats/${id}/messages`, { message: '<b>Bye</b>', is_html: true })).status).toBe(200)
    const { messages } = (await visitor.call('GET', `chats/${id}/messages`)).body
    expect(messages.map((one: { by: string; message: string }) => `${one.by}: ${one.message}`)).toEqual([
      'visitor: Do you ship to Oslo?',
      'agent: We do.',
      'visitor: Great',
      'agent: <b>Bye</b>',
    ])
    expect((await visitor.call('POST', `chats/${id}/end`)).body).toMatchObject({ state: 'ended', endedby: 'visitor' })
    expect(await statusOf(id)).toBe('A')
    expect(await facts(id)).toEqual([
      'created -',
      'chat_started -',
      `first_assigned ${ada.userid}`,
      `chat_accepted ${ada.userid}`,
      `chat_answered ${ada.userid}`,
      `chat_answer ${ada.userid}`,
      `chat_answer ${ada.userid}`,
      `chat_ended ${ada.userid}`,
      `chat_talked ${ada.userid}`,
    ])
    expect(await events(id)).toEqual([
      'chat.started',
      'chat.offered',
      'chat.accepted',
      'chat.message',
      'chat.message',
      'chat.message',
      'chat.offer.ended',
      'chat.ended',
    ])
    const groups = (await desk.v1('GET', `conversations/${id}/messages`)).body.groups
    expect(groups).toHaveLength(1)
    expect(groups[0]).toMatchObject({ rtype: 'C' })
  })

  test('that nobody answered is new, and one whose last words are the visitor’s is open', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const silent = await aChat(desk, { department })
    await silent.visitor.call('POST', `chats/${silent.id}/end`)
    expect(await statusOf(silent.id)).toBe('N')
    expect((await facts(silent.id)).slice(2)).toEqual([
      `chat_offer_missed ${ada.userid}`,
      'chat_ended -',
      'chat_unanswered -',
    ])
    const open = await aChat(desk, { department })
    await ada.v3('POST', `chats/${open.id}/accept`, {})
    await ada.v3('POST', `chats/${open.id}/messages`, { message: 'Yes?' })
    await open.visitor.call('POST', `chats/${open.id}/messages`, { message: 'And to Bergen?' })
    await ada.v3('POST', `chats/${open.id}/end`, {})
    expect(await statusOf(open.id)).toBe('C')
    const row = await desk.app.database.reader
      .selectFrom('conversations')
      .select('waiting_since')
      .where('id', '=', open.id)
      .executeTakeFirstOrThrow()
    expect(row.waiting_since).not.toBeNull()
  })

  test('is offered to the next agent when one declines, and again to all when all did', async () => {
    const department = await aDepartment(desk)
    const [ada, ben] = [await aChatter(desk, [department]), await aChatter(desk, [department])]
    const { id } = await aChat(desk, { department })
    const [first] = (await chatOf(id)).askedagentids
    const [one, other] = first === ada.userid ? [ada, ben] : [ben, ada]
    await one.v3('POST', `chats/${id}/decline`, {})
    expect((await chatOf(id)).askedagentids).toEqual([other.userid])
    expect((await one.v3('POST', `chats/${id}/decline`, {})).status).toBe(409)
    await other.v3('POST', `chats/${id}/decline`, {})
    expect((await chatOf(id)).askedagentids).toEqual([])
    const { routeChats } = await import('../../desk/chats/route.ts')
    await desk.app.database.write((tx) => routeChats(tx, Date.now() + 6_000))
    expect((await chatOf(id)).askedagentids).toHaveLength(1)
    expect((await facts(id)).slice(2)).toEqual([`chat_offer_missed ${one.userid}`, `chat_offer_missed ${other.userid}`])
  })

  test('goes back into the queue when the agent at whom it rings goes away', async () => {
    const department = await aDepartment(desk)
    const ada = await aChatter(desk, [department])
    const { id } = await aChat(desk, { department })
    expect((await chatOf(id)).askedagentids).toEqual([ada.userid])
    await goOffline(desk, ada.userid)
    expect(await chatOf(id)).toMatchObject({ state: 'queued', askedagentids: [] })
    const ben = await aChatter(desk, [department])
    expect((await chatOf(id)).askedagentids).toEqual([ben.userid])
  })
})
