import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { systemActor } from '../actor.ts'
import { getConversationForChange } from '../conversations/conversation.ts'
import { postMessage } from '../conversations/messages.ts'
import { changeStatus } from '../conversations/status.ts'
import { addDepartment } from '../departments/departments.ts'
import { addLevel, changeLevel, type LevelDraft, removeLevel } from './levels.ts'
import { tellClocks } from './notices.ts'
import { addRule, type Conditions } from './rules.ts'

const MINUTE = 60_000
const always = {
  zone: 'GMT',
  week: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' })),
  holidays: [],
}

const desks: TestDesk[] = []
let desk: TestDesk
beforeEach(async () => {
  desk = await newDesk()
  desks.push(desk)
})
afterAll(async () => {
  for (const open of desks) await open.close()
})

const write = <T>(work: Parameters<typeof desk.app.database.write<T>>[0]): Promise<T> => desk.app.database.write(work)

async function aLevel(draft: Partial<LevelDraft> = {}, conditions: Conditions = {}, position = 0): Promise<string> {
  const tickets = { first: 3600, next: 1800 }
  const level = await write((tx) =>
    addLevel(tx, systemActor, { name: 'Gold', hours: always, targets: { tickets }, ...draft }),
  )
  await write((tx) => addRule(tx, systemActor, { level_id: level.id, conditions, position }))
  return level.id
}

const clocks = () => desk.app.database.reader.selectFrom('sla_clocks').selectAll().orderBy('seq').execute()
const rowOf = (id: string) =>
  desk.app.database.reader.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const eventsOf = async (type: string) =>
  (await desk.app.database.reader.selectFrom('events').selectAll().where('type', '=', type).execute()).map((event) =>
    JSON.parse(event.data),
  )

async function answer(id: string, at: number): Promise<void> {
  const [owner] = await desk.app.database.reader.selectFrom('agents').select('id').limit(1).execute()
  await write(async (tx) => {
    const conversation = await getConversationForChange(tx, systemActor, id)
    await postMessage(tx, conversation, {
      author: { kind: 'agent', userId: owner?.id ?? '' },
      message: { body: 'Done.', isHtml: false, text: 'Done.' },
      isNote: false,
      at,
      mail: 'none',
    })
  })
}
async function ask(id: string, at: number): Promise<void> {
  await write(async (tx) => {
    const conversation = await getConversationForChange(tx, systemActor, id)
    await postMessage(tx, conversation, {
      author: { kind: 'customer', userId: conversation.created_by },
      message: { body: 'And?', isHtml: false, text: 'And?' },
      isNote: false,
      at,
    })
  })
}
const become = (id: string, status: 'R' | 'X' | 'B' | 'L' | 'W' | 'C') =>
  write(async (tx) =>
    changeStatus(tx, await getConversationForChange(tx, systemActor, id), {
      status,
      userId: 'system00',
      agentId: null,
    }),
  )

describe('a clock', () => {
  test('is not there without a level, and a rule that does not fit gives none', async () => {
    const { id } = await write((tx) => addDepartment(tx, systemActor, { name: 'Elsewhere' }))
    await aLevel({}, { departments: [id] })
    const { conversationid } = await aConversation(desk)
    expect(await clocks()).toEqual([])
    expect(await rowOf(conversationid)).toMatchObject({ sla_level_id: null, due_at: null })
  })

  test.each(['R', 'X', 'B', 'L', 'W'] as const)('is left out when its conversation becomes %s', async (status) => {
    await aLevel()
    const { conversationid } = await aConversation(desk)
    await become(conversationid, status)
    expect(await clocks()).toMatchObject([{ outcome: 'void', seconds: null, agent_id: null }])
    expect((await rowOf(conversationid)).due_at).toBeNull()
  })

  test('runs from the question to the answer, and is met or late', async () => {
    const level = await aLevel()
    const { conversationid } = await aConversation(desk)
    const { waiting_since, due_at, sla_level_id } = await rowOf(conversationid)
    const asked = waiting_since ?? 0
    expect(sla_level_id).toBe(level)
    expect(due_at).toBe(Math.floor(asked / 1000) * 1000 + 60 * MINUTE)
    expect((await desk.v1('GET', `conversations/${conversationid}`)).body.datedue).toMatch(/^\d{4}-/)
    await answer(conversationid, asked + 10 * MINUTE)
    await ask(conversationid, asked + 20 * MINUTE)
    await ask(conversationid, asked + 25 * MINUTE)
    expect((await rowOf(conversationid)).due_at).toBe(Math.floor(asked / 1000) * 1000 + 50 * MINUTE)
    await answer(conversationid, asked + 51 * MINUTE)
    expect(await clocks()).toMatchObject([
      { kind: 'first', outcome: 'met', seconds: 600, target: 3600 },
      { kind: 'next', outcome: 'late', seconds: 31 * 60, target: 1800 },
    ])
    expect((await rowOf(conversationid)).due_at).toBeNull()
  })

  test('counts business time, and so do the facts', async () => {
    await aLevel({
      hours: { zone: 'GMT', week: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })), holidays: [] },
    })
    const { conversationid } = await aConversation(desk)
    const friday = Date.parse('2026-06-05T16:50:00Z')
    await answer(conversationid, friday - MINUTE)
    await ask(conversationid, friday)
    await answer(conversationid, Date.parse('2026-06-08T09:05:00Z'))
    const [, clock] = await clocks()
    expect(clock).toMatchObject({ outcome: 'met', seconds: 15 * 60, due_at: Date.parse('2026-06-08T09:20:00Z') })
    const facts = await desk.app.database.reader
      .selectFrom('facts')
      .select(['seconds', 'sla_seconds'])
      .where('kind', '=', 'answer_next')
      .execute()
    expect(facts).toEqual([{ seconds: 64 * 3600 + 15 * 60, sla_seconds: 15 * 60 }])
  })

  test('follows tags, departments and the groups of the requester', async () => {
    const { body: tag } = await desk.v1('POST', 'tags', { name: 'urgent' })
    const fast = await aLevel({ name: 'Fast', targets: { tickets: { first: 60 } } }, { tags: [tag.id] })
    const { conversationid } = await aConversation(desk)
    expect(await clocks()).toEqual([])
    const tagged = await desk.v1('POST', `conversations/${conversationid}/tags`, { name: 'urgent' })
    expect(tagged.status, tagged.text).toBe(200)
    expect(await rowOf(conversationid)).toMatchObject({ sla_level_id: fast })
    expect(await clocks()).toMatchObject([{ level_id: fast, target: 60, closed_at: null }])
    await desk.v1('DELETE', `conversations/${conversationid}/tags`, { name: 'urgent' })
    expect(await clocks()).toMatchObject([{ outcome: 'void' }])
    const { body: group } = await desk.v1('POST', 'customersgroups', { name: 'VIP' })
    const vip = await aLevel({ name: 'VIP' }, { groups: [group.id] })
    const { customer_id } = await rowOf(conversationid)
    await desk.v1('POST', `customers/${customer_id}/groups`, { name: 'VIP' })
    await desk.drain()
    expect(await rowOf(conversationid)).toMatchObject({ sla_level_id: vip })
  })

  test('follows the company of the requester, and its groups', async () => {
    const { body: company } = await desk.v3('POST', 'companies', { name: 'Acme' })
    const { body: group } = await desk.v1('POST', 'customersgroups', { name: 'Partners' })
    const ofCompany = await aLevel({ name: 'Company' }, { companies: [company.id] }, 2)
    const ofGroup = await aLevel({ name: 'Partners' }, { groups: [group.id] }, 1)
    const { conversationid } = await aConversation(desk)
    const { customer_id } = await rowOf(conversationid)
    const companyId = company.id
    const put = await desk.v3('PATCH', `customers/${customer_id}`, { companyid: companyId })
    expect(put.status, put.text).toBe(200)
    await desk.drain()
    expect(await rowOf(conversationid)).toMatchObject({ sla_level_id: ofCompany })
    const joined = await desk.v3('PATCH', `companies/${companyId}`, { groups: [{ groupname: 'Partners' }] })
    expect(joined.status, joined.text).toBe(200)
    await desk.drain()
    expect(await rowOf(conversationid)).toMatchObject({ sla_level_id: ofGroup })
    expect((await clocks()).filter(({ closed_at }) => closed_at === null)).toMatchObject([{ level_id: ofGroup }])
  })

  test('of what is split off runs from the question that went along', async () => {
    await aLevel()
    const { conversationid } = await aConversation(desk)
    const { waiting_since } = await rowOf(conversationid)
    await ask(conversationid, (waiting_since ?? 0) + MINUTE)
    const { body } = await desk.v1('GET', `conversations/${conversationid}/messages`)
    const split = await desk.v3('POST', `conversations/${conversationid}/split`, {
      messagegroupids: [body.groups.at(-1).messagegroupid],
    })
    expect(split.status, split.text).toBe(200)
    expect((await clocks()).map(({ started_at, closed_at }) => [started_at, closed_at])).toEqual([
      [waiting_since, null],
      [(waiting_since ?? 0) + MINUTE, null],
    ])
  })

  test('is reckoned anew when its level changes, and goes when the level is deleted', async () => {
    const level = await aLevel()
    const { conversationid } = await aConversation(desk)
    const closed = await aConversation(desk)
    await answer(closed.conversationid, Date.now() + MINUTE)
    const { waiting_since } = await rowOf(conversationid)
    await write((tx) => changeLevel(tx, systemActor, level, { targets: { tickets: { first: 120 } } }))
    await desk.drain()
    const due = Math.floor((waiting_since ?? 0) / 1000) * 1000 + 2 * MINUTE
    expect((await rowOf(conversationid)).due_at).toBe(due)
    expect(await clocks()).toMatchObject([
      { target: 120, due_at: due },
      { target: 3600, outcome: 'met' },
    ])
    await write((tx) => removeLevel(tx, systemActor, level))
    await desk.drain()
    expect(await rowOf(conversationid)).toMatchObject({ sla_level_id: null, due_at: null })
    expect(await clocks()).toMatchObject([{ outcome: 'void' }, { outcome: 'met' }])
  })

  test('goes along when conversations are merged, and comes back when that is undone', async () => {
    await aLevel()
    const one = await aConversation(desk)
    const two = await aConversation(desk)
    const before = await rowOf(one.conversationid)
    const { body, text } = await desk.v3('POST', `conversations/${one.conversationid}/merge`, {
      into: two.conversationid,
    })
    expect(body.moveid, text).toBeDefined()
    expect((await rowOf(one.conversationid)).due_at).toBeNull()
    expect(await rowOf(two.conversationid)).toMatchObject({ due_at: before.due_at })
    await desk.v3('POST', `conversations/${two.conversationid}/moves/${body.moveid}/undo`, {})
    expect(await rowOf(one.conversationid)).toMatchObject({ due_at: before.due_at })
    const open = (await clocks()).filter(({ closed_at }) => closed_at === null)
    expect(open.map(({ conversation_id }) => conversation_id).sort()).toEqual(
      [one.conversationid, two.conversationid].sort(),
    )
  })
})

describe('warnings and breaches', () => {
  test('are said once, by whoever comes first, and also after being down', async () => {
    await aLevel({ warn_before: 600 })
    const { conversationid } = await aConversation(desk)
    const due = (await rowOf(conversationid)).due_at ?? 0
    const tell = (at: number) => write((tx) => tellClocks(tx, at))
    await tell(due - 10 * MINUTE)
    expect(await eventsOf('sla.warned')).toEqual([])
    await Promise.all([tell(due - 9 * MINUTE), tell(due - 9 * MINUTE)])
    await tell(due - 9 * MINUTE)
    expect(await eventsOf('sla.warned')).toHaveLength(1)
    await tell(due)
    expect(await eventsOf('sla.breached')).toEqual([])
    await Promise.all([tell(due + 1000), tell(due + 5000)])
    await tell(due + 99 * MINUTE)
    expect(await eventsOf('sla.breached')).toMatchObject([{ kind: 'first', service: 'tickets' }])
    expect(await eventsOf('sla.warned')).toHaveLength(1)
  })

  test('are never said of the past: imported mail starts clocks at its own date', async () => {
    await aLevel({ warn_before: 600 })
    const { conversationid } = await aConversation(desk)
    await answer(conversationid, Date.now())
    await ask(conversationid, Date.parse('2020-01-01T10:00:00Z'))
    expect((await rowOf(conversationid)).due_at).toBe(Date.parse('2020-01-01T10:30:00Z'))
    await write((tx) => tellClocks(tx))
    await answer(conversationid, Date.parse('2020-01-02T10:00:00Z'))
    expect(await eventsOf('sla.warned')).toEqual([])
    expect(await eventsOf('sla.breached')).toEqual([])
    expect((await clocks()).at(-1)).toMatchObject({ outcome: 'late', seconds: 86_400 })
  })

  test('an answer that comes before the job is late says so itself, once', async () => {
    const level = await aLevel({ targets: { tickets: { first: 1 } } })
    const { conversationid } = await aConversation(desk)
    const long = Date.now() - 60 * MINUTE
    await desk.app.database.write((tx) =>
      tx
        .updateTable('sla_clocks')
        .set({ started_at: long, due_at: long + 1000, created_at: long })
        .execute(),
    )
    await answer(conversationid, Date.now())
    await write((tx) => tellClocks(tx))
    expect(await eventsOf('sla.breached')).toMatchObject([{ slalevelid: level }])
  })

  test('an agent who hands it to another department changes what is promised', async () => {
    const { body: department } = await desk.v3('POST', 'departments', { name: 'Sales' })
    const slow = await aLevel({ targets: { tickets: { first: 7200 } } }, { departments: [department.departmentid] })
    await anAgent(desk)
    const { conversationid } = await aConversation(desk)
    expect(await clocks()).toEqual([])
    await desk.v1('PUT', `conversations/${conversationid}/attendants`, { department: department.departmentid })
    expect(await clocks()).toMatchObject([{ level_id: slow, department_id: department.departmentid, closed_at: null }])
  })
})
