// The parameters and rows that the reports have in common: ranges, columns, paging, who has a row.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calls } from '../../../../contract/v1/calls.ts'
import { agentColumns, figureColumns, slaLogColumns } from '../../../../contract/v1/reports.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { systemActor } from '../../../desk/actor.ts'
import { addAgent, removeAgent } from '../../../desk/agents/agents.ts'
import { getConversationForChange, openConversation } from '../../../desk/conversations/conversation.ts'
import { postMessage } from '../../../desk/conversations/messages.ts'
import { addTagTo } from '../../../desk/conversations/tags.ts'
import { findOrAddCustomer } from '../../../desk/customers/customers.ts'
import { addDepartment } from '../../../desk/departments/departments.ts'
import { addTag, removeTag } from '../../../desk/tags/tags.ts'

const ENTITY_REPORTS = ['agents', 'channels', 'departments', 'tags'] as const
const MESSAGE = { body: 'Hello', isHtml: false, text: 'Hello' }
const YEAR = { date_from: '2025-01-01', date_to: '2025-12-31' }

let desk: TestDesk
let agents: string[]
let conversation: string
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_TIMEZONE: 'Asia/Kolkata' })
  await desk.app.database.write(async (tx) => {
    agents = []
    for (const role of ['O', 'D', 'A', 'A']) {
      const draft = { email: `${role}${agents.length}@desk.test`, firstname: 'Ada', lastname: 'Agent', role }
      agents.push((await addAgent(tx, systemActor, { ...draft, departmentIds: ['default'] })).id)
    }
    conversation = await opened(tx, Date.UTC(2025, 2, 9, 18, 30))
  })
})
afterAll(() => desk.close())

type Tx = Parameters<Parameters<TestDesk['app']['database']['write']>[0]>[0]

async function opened(tx: Tx, at: number, departmentId = 'default'): Promise<string> {
  const customer = await findOrAddCustomer(tx, 'customer@example.com')
  const { id } = await openConversation(tx, {
    author: { kind: 'customer', userId: customer.user_id },
    customerId: customer.id,
    departmentId,
    subject: 'Printer',
    channel: 'E',
    message: MESSAGE,
    at,
  })
  return id
}

const get = (path: string, params: Record<string, string>) => desk.v1('GET', `reports/${path}`, params)

async function rowsOf(path: string, params: Record<string, string>): Promise<Record<string, string>[]> {
  const { status, text, body } = await get(path, params)
  expect(status, text).toBe(200)
  const [rows] = Object.values<Record<string, string>[]>(body)
  return rows ?? []
}

describe('what cannot be meant is refused by name', () => {
  test.each([
    ['agents', { date_to: '2025-01-01' }, 'date_from'],
    ['tags', { date_from: '2025-01-01' }, 'date_to'],
    ['channels', { ...YEAR, date_from: '2025-02-30' }, 'date_from'],
    ['channels', { ...YEAR, date_to: '99999-01-01' }, 'date_to'],
    ['agents', { ...YEAR, columns: 'answers,secrets' }, 'columns'],
    ['channels', { ...YEAR, columns: 'worktime' }, 'columns'],
    ['ranking', { ...YEAR, columns: 'rank' }, 'columns'],
    ['tickets/slalog', { ...YEAR, columns: 'answers' }, 'columns'],
    ['agents', { ...YEAR, limitcount: '-1' }, 'limitcount'],
    ['agents', { ...YEAR, limitfrom: '1'.repeat(40) }, 'limitfrom'],
    ['performance', { ...YEAR, group_by: 'year' }, 'group_by'],
    ['ranking', { ...YEAR, types: 'W,X' }, 'types'],
    ['tickets/load', { datetime: 'L7D' }, 'datetime'],
    ['tickets/slacompliance', { datetime: '2014-13' }, 'datetime'],
    ['chats/availability', { datetime: '2014-06-31' }, 'datetime'],
    ['agents', { ...YEAR, date_to: '9999-12-31' }, 'date_to'],
  ])('%s with %o', async (path, params, parameter) => {
    const reply = await get(path, params)
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain(`'${parameter}'`)
  })

  test('and which dates there are is said', async () => {
    const { body } = await get('agents', { ...YEAR, date_to: '9999-12-31' })
    expect(body.errormessage).toMatch(/'date_to' must be a date .* from 1000-01-02 to 9999-12-30$/)
  })

  test.each([
    ['tickets/load', { departmentid: 'nothere0' }],
    ['calls/load', { agentid: 'nothere0' }],
    ['calls/availability', { departmentid: 'nothere0' }],
    ['chats/agentsavailability', { agentid: 'nobody@desk.test' }],
    ['tickets/slacompliance', { userid: 'nothere0' }],
    ['tickets/slalog', { ...YEAR, departmentid: 'nothere0' }],
    ['tickets/slalog', { ...YEAR, requesterid: 'nothere0' }],
    ['ranking', { ...YEAR, agentid: 'nothere0' }],
    ['ranking', { ...YEAR, contactid: 'nothere0' }],
  ])('%s knows nothing of whom %o names', async (path, params) => {
    expect((await get(path, params)).status).toBe(404)
  })
})

describe('columns', () => {
  const documented = (path: string): string[] =>
    calls
      .find((call) => call.path === `/api/reports/${path}`)
      ?.returns.filter(({ of }) => of !== undefined)
      .map(({ name }) => name) ?? []

  test.each([
    ['agents', agentColumns],
    ['channels', ['id', 'channelName', ...figureColumns]],
    ['departments', ['id', 'departmentName', ...figureColumns]],
    ['performance', ['datetime', 'dateto', ...figureColumns]],
  ])('of %s are all that are documented, in the order of the newer document', async (path, columns) => {
    const [row = {}] = await rowsOf(path, YEAR)
    expect(Object.keys(row)).toEqual(columns)
    expect([...columns].sort()).toEqual(documented(path).sort())
  })

  test('of a report without rows are all that are documented', () => {
    expect([...slaLogColumns].sort()).toEqual(documented('tickets/slalog').sort())
  })

  test('can be chosen; their order stays', async () => {
    const rows = await rowsOf('agents', { ...YEAR, columns: 'notes, answers,id,notes', limitcount: '1' })
    expect(rows.map((row) => Object.keys(row))).toEqual([['id', 'answers', 'notes']])
  })

  test('that are blank are all', async () => {
    const [row = {}] = await rowsOf('agents', { ...YEAR, columns: ',' })
    expect(Object.keys(row)).toEqual(agentColumns)
  })
})

describe('a range', () => {
  const created = async (params: { date_from: string; date_to: string }): Promise<string | undefined> =>
    (await rowsOf('departments', { ...params, columns: 'created_tickets' }))[0]?.created_tickets

  // The conversation came at midnight of the 10th of March in Kolkata, five and a half hours ahead of Greenwich.
  test.each([
    ['2025-03-09', '2025-03-09', '0'],
    ['2025-03-10', '2025-03-10', '1'],
    ['2025-03-09 00:00:00', '2025-03-09 23:59:59', '0'],
    ['2025-03-10 00:00:00', '2025-03-10 00:00:00', '1'],
    ['2025-03-10 00:00:01', '2025-03-11', '0'],
    ['2025-03-09 23:59:59', '2025-03-10 00:00:00', '1'],
    ['1900-01-01', '9999-12-30', '1'],
    ['1000-01-02', '9999-12-30 23:59:59', '1'],
    ['1900-01-01', '1900-12-31', '0'],
    ['9999-01-01', '9999-12-30', '0'],
    ['2025-03-11', '2025-03-09', '0'],
  ])('from %s to %s is inclusive and in the zone of the account', async (date_from, date_to, expected) => {
    expect(await created({ date_from, date_to })).toBe(expected)
  })

  test('that is reversed has a row of zeros for each agent, channel, department and tag', async () => {
    await desk.app.database.write((tx) => addTag(tx, { name: 'Reversed' }))
    for (const path of ENTITY_REPORTS) {
      const rows = await rowsOf(path, { date_from: '2025-12-31', date_to: '2025-01-01' })
      expect(rows.length).toBeGreaterThan(0)
      for (const { answers, created_tickets, not_ranked_p } of rows)
        expect([answers, created_tickets, not_ranked_p]).toEqual(['0', '0', '0.00'])
    }
    for (const path of ['performance', 'tickets/load', 'chats/availability', 'calls/slacompliance'])
      expect(await rowsOf(path, { date_from: '2025-12-31', date_to: '2025-01-01' })).toEqual([])
  })
})

describe('rows', () => {
  test('are there for every agent of every role, in the order of their ids', async () => {
    const ids = (await rowsOf('agents', YEAR)).map(({ id }) => id)
    expect(ids).toEqual([...ids].sort())
    expect(ids).toEqual(expect.arrayContaining(agents))
  })

  test('are there for every type of channel', async () => {
    const rows = await rowsOf('channels', YEAR)
    expect(rows.map(({ id }) => id).join('')).toBe('1ABCEFGIMQRSTVW')
    expect(rows.find(({ id }) => id === 'E')).toMatchObject({ channelName: 'Email', created_tickets: '1' })
  })

  test('come in pages that have neither gaps nor repetitions', async () => {
    for (const path of ENTITY_REPORTS) {
      const all = (await rowsOf(path, YEAR)).map(({ id }) => id)
      const paged: (string | undefined)[] = []
      for (let from = 0; from < all.length + 2; from += 2)
        paged.push(...(await rowsOf(path, { ...YEAR, limitfrom: String(from), limitcount: '2' })).map(({ id }) => id))
      expect(paged).toEqual(all)
    }
    expect(await rowsOf('agents', { ...YEAR, limitcount: '0' })).toEqual([])
    // What PHP and C call the largest number, for "all".
    for (const most of ['9223372036854775807', '18446744073709551615']) {
      expect((await rowsOf('agents', { ...YEAR, limitcount: most })).length).toBeGreaterThan(1)
      expect(await rowsOf('agents', { ...YEAR, limitfrom: most })).toEqual([])
    }
  })

  test('of deleted agents and departments stay while they have facts in the range, and go without', async () => {
    const { gone, idle, closed } = await desk.app.database.write(async (tx) => {
      const draft = { firstname: 'Gone', lastname: 'Agent', role: 'D' }
      const gone = await addAgent(tx, systemActor, { ...draft, email: 'gone@desk.test' })
      const idle = await addAgent(tx, systemActor, { ...draft, email: 'idle@desk.test' })
      const closed = await addDepartment(tx, systemActor, { name: 'Closed' })
      const id = await opened(tx, Date.UTC(2024, 5, 1), closed.id)
      await postMessage(tx, await getConversationForChange(tx, systemActor, id), {
        author: { kind: 'agent', userId: gone.id },
        message: MESSAGE,
        isNote: false,
        at: Date.UTC(2024, 5, 1, 1),
      })
      await tx.updateTable('conversations').set({ status: 'R' }).where('id', '=', id).execute()
      return { gone, idle, closed }
    })
    await desk.app.database.write(async (tx) => {
      await removeAgent(tx, systemActor, gone.id)
      await removeAgent(tx, systemActor, idle.id)
      await tx.updateTable('departments').set({ deleted_at: 1 }).where('id', '=', closed.id).execute()
    })
    const june = { date_from: '2024-06-01', date_to: '2024-06-30' }
    const idsIn = async (path: string, range: Record<string, string>) => (await rowsOf(path, range)).map(({ id }) => id)
    expect(await idsIn('agents', june)).toContain(gone.id)
    expect(await idsIn('agents', june)).not.toContain(idle.id)
    expect(await idsIn('agents', YEAR)).not.toContain(gone.id)
    expect(await idsIn('departments', june)).toContain(closed.id)
    expect(await idsIn('departments', YEAR)).not.toContain(closed.id)
  })

  test('of a deleted tag are gone at once', async () => {
    const tag = await desk.app.database.write(async (tx) => {
      const added = await addTag(tx, { name: 'Passing' })
      await addTagTo(tx, await getConversationForChange(tx, systemActor, conversation), added, 'system00')
      return added
    })
    const row = async () => (await rowsOf('tags', YEAR)).find(({ id }) => id === tag.id)
    expect(await row()).toMatchObject({ tagName: 'Passing', created_tickets: '1', i_messages: '1' })
    await desk.app.database.write((tx) => removeTag(tx, tag.id))
    expect(await row()).toBeUndefined()
  })
})
