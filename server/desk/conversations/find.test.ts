import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { priorities } from '../../lib/priorities.ts'
import { type Actor, systemActor } from '../actor.ts'
import { findOrAddCustomer } from '../customers/customers.ts'
import { addDepartment } from '../departments/departments.ts'
import { type Conversation, openConversation } from './conversation.ts'
import { type ConversationFilter, conversationsQuery, cursorOf, listConversations } from './find.ts'
import { statusLetters } from './letters.ts'
import { changeStatus } from './status.ts'

let desk: TestDesk
let all: Conversation[]
const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)

// 120 conversations in two departments, of five customers, in all states, with dates that repeat.
beforeAll(async () => {
  desk = await newDesk()
  await desk.app.database.write(async (tx) => {
    await addDepartment(tx, systemActor, { id: 'sales000', name: 'Sales' })
    for (let n = 0; n < 120; n++) {
      const customer = await findOrAddCustomer(tx, `c${n % 5}@example.com`)
      const conversation = await openConversation(tx, {
        author: { kind: 'customer', userId: customer.user_id },
        customerId: customer.id,
        departmentId: n % 3 ? 'default' : 'sales000',
        subject: n % 4 ? `Subject ${n}` : 'The same subject',
        channel: n % 2 ? 'E' : 'M',
        priority: n % 5 ? 'normal' : n % 2 ? 'high' : 'urgent',
        message: { body: 'x', isHtml: false, text: 'x' },
        at: START + Math.floor(n / 3) * DAY,
      })
      const status = statusLetters[n % statusLetters.length] ?? 'N'
      if (status !== 'N')
        await changeStatus(tx, conversation, {
          status,
          userId: 'system00',
          agentId: null,
          at: START + Math.floor(n / 2) * DAY,
        })
    }
  })
  all = await desk.app.database.reader.selectFrom('conversations').selectAll().execute()
})
afterAll(() => desk.close())

const base = { limit: 1_000, offset: 0 }
const list = (filter: Partial<ConversationFilter>, actor: Actor = systemActor) =>
  listConversations(desk.app.database.reader, actor, { ...base, ...filter })
const newestFirst = (a: Conversation, b: Conversation): number => b.changed_at - a.changed_at || (a.id < b.id ? 1 : -1)

describe('the list of conversations', () => {
  test('is what a plain walk over all of them gives, whatever the filter', async () => {
    const filters = fc.record(
      {
        departmentId: fc.constantFrom('default', 'sales000'),
        customerId: fc.constantFrom(...new Set(all.map((row) => row.customer_id))),
        statuses: fc.uniqueArray(fc.constantFrom(...statusLetters), { maxLength: 4 }),
        channels: fc.uniqueArray(fc.constantFrom('E', 'M', 'T'), { minLength: 1 }),
        priorities: fc.uniqueArray(fc.constantFrom(...priorities), { minLength: 1 }),
        subject: fc.constantFrom('the same  SUBJECT', 'Subject 5'),
        createdFrom: fc.integer({ min: 0, max: 40 }).map((n) => START + n * DAY),
        createdTo: fc.integer({ min: 0, max: 40 }).map((n) => START + n * DAY),
        changed: fc.record(
          {
            from: fc.integer({ min: 0, max: 60 }).map((n) => START + n * DAY),
            before: fc.integer({ min: 0, max: 60 }).map((n) => START + n * DAY),
            except: fc
              .integer({ min: 0, max: 60 })
              .map((n) => ({ from: START + n * DAY, before: START + (n + 1) * DAY })),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    )
    const isIn = (row: Conversation, f: Partial<ConversationFilter>): boolean =>
      (f.departmentId === undefined || row.department_id === f.departmentId) &&
      (f.customerId === undefined || row.customer_id === f.customerId) &&
      (!f.statuses || f.statuses.includes(row.status)) &&
      (!f.priorities || f.priorities.includes(row.priority)) &&
      (!f.channels || f.channels.includes(row.channel)) &&
      (f.subject === undefined || row.subject.toLowerCase() === f.subject.replace('  ', ' ').toLowerCase()) &&
      row.created_at >= (f.createdFrom ?? 0) &&
      row.created_at <= (f.createdTo ?? Infinity) &&
      row.changed_at >= (f.changed?.from ?? 0) &&
      row.changed_at < (f.changed?.before ?? Infinity) &&
      !(f.changed?.except && row.changed_at >= f.changed.except.from && row.changed_at < f.changed.except.before)
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const expected = all.filter((row) => isIn(row, filter)).sort(newestFirst)
        expect((await list(filter)).map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
      }),
      { numRuns: 150 },
    )
  })

  test.each([{}, { statuses: ['N', 'C', 'R'] }, { departmentId: 'default' }])(
    'read page by page is whole, by cursor and by offset (%o)',
    async (filter) => {
      const expected = (await list(filter)).map(({ id }) => id)
      const byOffset: string[] = []
      const byCursor: string[] = []
      for (let offset = 0; ; offset += 7) {
        const page = await list({ ...filter, limit: 7, offset })
        byOffset.push(...page.map(({ id }) => id))
        if (page.length < 7) break
      }
      for (let cursor: string | undefined; ; ) {
        const page = await list({ ...filter, limit: 7, cursor })
        byCursor.push(...page.map(({ id }) => id))
        const last = page.at(-1)
        if (!last || page.length < 7) break
        cursor = cursorOf(last)
      }
      expect(byOffset).toEqual(expected)
      expect(byCursor).toEqual(expected)
    },
  )

  test('shows an agent those of his departments only, whatever he filters by', async () => {
    const agent: Actor = { kind: 'agent', agentId: 'agent000', role: 'A', departmentIds: ['sales000'] }
    for (const filter of [
      {},
      { statuses: ['N'] },
      { customerId: all[0]?.customer_id },
      { subject: 'The same subject' },
    ]) {
      const rows = await list(filter, agent)
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.every((row) => row.department_id === 'sales000')).toBe(true)
    }
    expect(await list({ departmentId: 'default' }, agent)).toEqual([])
    expect(await list({}, { ...agent, departmentIds: [] })).toEqual([])
  })

  test('shows an agent of very many departments what he may see', async () => {
    const departmentIds = ['sales000', ...Array.from({ length: 300 }, (_, n) => `none${n}`)]
    const rows = await list({}, { kind: 'agent', agentId: 'agent000', role: 'A', departmentIds })
    expect(rows).toHaveLength(all.filter((row) => row.department_id === 'sales000').length)
  })

  test('matches a pattern of local time', async () => {
    const rows = await list({ changed: { pattern: { zone: 'Europe/Berlin', like: '2026-01-__ 01:00:00' } } })
    expect(rows).toHaveLength(all.filter((row) => row.changed_at < Date.UTC(2026, 1, 1)).length)
  })

  test.each<[string, Partial<ConversationFilter>]>([
    ['nothing', {}],
    ['status', { statuses: ['N'] }],
    ['several statuses', { statuses: ['R', 'T', 'C'] }],
    ['department', { departmentId: 'default' }],
    ['department and status', { departmentId: 'default', statuses: ['N'] }],
    ['department and statuses', { departmentId: 'default', statuses: ['N', 'C'] }],
    ['agent', { agentId: 'agent000' }],
    ['agent and status', { agentId: 'agent000', statuses: ['C'] }],
    ['customer', { customerId: 'customer' }],
    ['subject', { subject: 'x' }],
    ['dates', { createdFrom: 1, createdTo: 2 }],
    ['change', { changed: { from: 1, before: 2 } }],
    ['cursor', { cursor: 'abc-abcdefgh' }],
    ['pattern', { changed: { from: 1, before: 2, pattern: { zone: 'GMT', like: '2026%' } } }],
    ['department, status and cursor', { departmentId: 'default', statuses: ['N', 'C'], cursor: 'abc-abcdefgh' }],
  ])('by %s reads an index in its order, and no whole table', async (_name, filter) => {
    const query = conversationsQuery(desk.app.database.reader, systemActor, { ...base, limit: 100, ...filter })
    if (!query) throw new Error('nothing to plan')
    const plan = await planOf(desk, query.compile())
    expect(wholeTableReads(plan), plan.join('\n')).toEqual([])
    expect(plan.join('\n')).toMatch(/conversations_(changed|status|department|agent|customer|subject|created)/)
  })
})
