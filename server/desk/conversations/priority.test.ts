import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { signIn } from '../../../test/session.ts'
import { systemActor } from '../actor.ts'
import { conversationsQuery } from './find.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const put = (id: string, body: object) => desk.v3('PUT', `conversations/${id}/priority`, body)
const list = async (query: string): Promise<string[]> =>
  (await desk.v3('GET', `conversations?${query}`)).body.conversations.map(
    ({ conversationid }: { conversationid: string }) => conversationid,
  )

test('one that is not known is refused by name, and nothing changes', async () => {
  const { conversationid } = await aConversation(desk)
  for (const body of [{ priority: 'highest' }, { priority: 1 }, {}]) {
    const reply = await put(conversationid, body)
    expect([reply.status, reply.body.error.field]).toEqual([400, 'priority'])
  }
  expect((await desk.v3('GET', 'conversations?priority=highest')).body.error.field).toBe('priority.0')
  expect((await desk.v3('GET', `conversations/${conversationid}`)).body.priority).toBe('normal')
})

test('an agent cannot give one to what he may not see', async () => {
  const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Elsewhere' })).body
  const stranger = await signIn(desk, (await anAgent(desk, { departments: [departmentid] })).email)
  const { conversationid } = await aConversation(desk)
  expect((await stranger.v3('PUT', `conversations/${conversationid}/priority`, { priority: 'urgent' })).status).toBe(
    404,
  )
  expect((await desk.v3('GET', `conversations/${conversationid}`)).body.priority).toBe('normal')
})

test('a change leaves a trace and an event; the same one again leaves none', async () => {
  const { conversationid } = await aConversation(desk)
  expect((await put(conversationid, { priority: 'urgent' })).body).toMatchObject({ priority: 'urgent', status: 'N' })
  await put(conversationid, { priority: 'urgent' })
  const { groups } = (await desk.v3('GET', `conversations/${conversationid}/messages`)).body
  expect(groups.slice(1)).toMatchObject([{ rtype: 'I', messages: [{ message: 'Priority: normal → urgent' }] }])
  expect((await desk.v1('GET', `conversations/${conversationid}/messages`)).status).toBe(200)
  const events = await desk.app.database.reader
    .selectFrom('events')
    .select('data')
    .where('conversation_id', '=', conversationid)
    .where('type', '=', 'conversation.changed')
    .execute()
  expect(events.map(({ data }) => JSON.parse(data))).toMatchObject([{ priority: 'urgent' }])
})

test('lists are narrowed by it, and what is split off keeps it', async () => {
  const first = await aConversation(desk, { useridentifier: 'split@example.com' })
  const second = await aConversation(desk)
  await put(first.conversationid, { priority: 'low' })
  await put(second.conversationid, { priority: 'low' })
  await desk.v3('PUT', `conversations/${second.conversationid}/status`, { status: 'R' })
  expect(await list('priority=low')).toEqual([second.conversationid, first.conversationid])
  expect(await list('priority=low&status=N&department=default')).toEqual([first.conversationid])
  expect(await list('priority=low,normal&status=R')).toEqual([second.conversationid])
  expect(await list('priority=high')).toEqual([])
  await desk.v1('POST', `conversations/${first.conversationid}/messages`, {
    message: 'Something else',
    useridentifier: 'split@example.com',
  })
  const { groups } = (await desk.v3('GET', `conversations/${first.conversationid}/messages`)).body
  const { body } = await desk.v3('POST', `conversations/${first.conversationid}/split`, {
    messagegroupids: [groups.at(-1).messagegroupid],
  })
  expect((await desk.v3('GET', `conversations/${body.into.conversationid}`)).body.priority).toBe('low')
})

test('a rule picks a level by it, and takes it back', async () => {
  const week = [{ day: 1, from: '09:00', to: '17:00' }]
  const hours = { zone: 'GMT', week, holidays: [] }
  const level = { name: 'Urgent', hours, targets: { tickets: { first: 60 } } }
  const { slalevelid } = (await desk.v3('POST', 'slalevels', level)).body
  const unknown = await desk.v3('POST', 'slarules', { slalevelid, conditions: { priorities: ['top'] } })
  expect([unknown.status, unknown.body.error.field]).toEqual([400, 'conditions.priorities.0'])
  const rule = await desk.v3('POST', 'slarules', { slalevelid, conditions: { priorities: ['high', 'urgent'] } })
  expect(rule.body.conditions).toEqual({ priorities: ['high', 'urgent'] })
  const { conversationid } = await aConversation(desk)
  const read = async () => (await desk.v3('GET', `conversations/${conversationid}`)).body
  expect(await read()).toMatchObject({ slalevelid: null, datedue: null })
  await put(conversationid, { priority: 'high' })
  expect(await read()).toMatchObject({ slalevelid, datedue: expect.stringMatching(/T09:01/) })
  await put(conversationid, { priority: 'normal' })
  expect(await read()).toMatchObject({ slalevelid: null, datedue: null })
})

test('what is not normal is found by an index', async () => {
  const filter = { priorities: ['high', 'urgent'], departmentId: 'default', statuses: ['N'], limit: 10, offset: 0 }
  const query = conversationsQuery(desk.app.database.reader, systemActor, filter)
  const plan = query ? await planOf(desk, query.compile()) : []
  expect(plan.join('\n')).toContain('conversations_priority')
  expect(wholeTableReads(plan)).toEqual([])
})
