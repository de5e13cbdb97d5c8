import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { slaLogColumns } from '../../../../contract/v1/reports.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { anAgent } from '../../../../test/people.ts'
import { planOf, wholeTableReads } from '../../../../test/plan.ts'
import { signIn } from '../../../../test/session.ts'
import { systemActor } from '../../../desk/actor.ts'
import { getConversationForChange, openConversation } from '../../../desk/conversations/conversation.ts'
import { postMessage } from '../../../desk/conversations/messages.ts'
import { findOrAddCustomer } from '../../../desk/customers/customers.ts'
import { complianceQuery } from '../../../desk/reports/sla.ts'
import { logQuery, startQuery } from '../../../desk/reports/sla-log.ts'
import type { SlaScope } from '../../../desk/reports/sla-scope.ts'

let desk: TestDesk
let level: string
let answerer: { userid: string; email: string }
beforeAll(async () => {
  desk = await newDesk()
  const week = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' }))
  const { body } = await desk.v3('POST', 'slalevels', {
    name: 'Gold',
    hours: { zone: 'GMT', week, holidays: [] },
    targets: { tickets: { first: 3600, next: 1800 } },
  })
  level = body.slalevelid
  await desk.v3('POST', 'slarules', { slalevelid: level })
  answerer = await anAgent(desk)
})
afterAll(() => desk.close())

const log = async (params: object, kind = 'tickets') =>
  (await desk.v1('GET', `reports/${kind}/slalog`, { date_from: '2026-06-01', date_to: '2026-06-30', ...params })).body
    .slalogs

const message = { body: 'Said', isHtml: false, text: 'Said' }

/** A conversation that a customer opened then. */
const opened = (email: string, at: string) =>
  desk.app.database.write(async (tx) => {
    const customer = await findOrAddCustomer(tx, email)
    return openConversation(tx, {
      author: { kind: 'customer', userId: customer.user_id },
      customerId: customer.id,
      departmentId: 'default',
      subject: 'Printer',
      channel: 'E',
      message,
      at: Date.parse(at),
    })
  })

const say = (id: string, kind: 'agent' | 'customer', at: string) =>
  desk.app.database.write(async (tx) => {
    const conversation = await getConversationForChange(tx, systemActor, id)
    const author = { kind, userId: kind === 'agent' ? answerer.userid : conversation.created_by }
    await postMessage(tx, conversation, { author, message, isNote: false, at: Date.parse(at) })
  })

describe('the reports about promised answers', () => {
  test('count each answered clock on its day, once', async () => {
    const { id, code } = await opened('asker@example.com', '2026-06-01T10:00:00Z')
    await say(id, 'agent', '2026-06-01T10:30:00Z')
    await say(id, 'customer', '2026-06-05T16:50:00Z')
    await say(id, 'agent', '2026-06-08T09:21:00Z')
    await opened('other@example.com', '2026-06-01T10:00:00Z')
    const rows = await log({})
    expect(Object.keys(rows[0]).sort()).toEqual([...slaLogColumns].sort())
    expect(rows).toMatchObject([
      {
        conversationid: id,
        code,
        departmentid: 'default',
        levelid: level,
        sla_level_id: level,
        sla_level_name: 'Gold',
        sla: '00:30:00',
        date_created: '2026-06-01 10:00:00',
        date_due: '2026-06-01 11:00:00',
        date_closed: '2026-06-01 10:30:00',
        agentid: answerer.userid,
        agent_firstname: 'Ada',
      },
      { sla: '-00:01:00', date_due: '2026-06-08 09:20:00', date_closed: '2026-06-08 09:21:00' },
    ])
    const { body: figures } = await desk.v1('GET', 'reports/departments', {
      date_from: '2026-06-01',
      date_to: '2026-06-30',
      columns: 'newAnswerAvgTime,newAnswerAvgTimeSla,nextAnswerAvgTime,nextAnswerAvgTimeSla',
    })
    expect(figures.departments).toEqual([
      {
        newAnswerAvgTime: '1800',
        newAnswerAvgTimeSla: '1800',
        nextAnswerAvgTime: String(64 * 3600 + 31 * 60),
        nextAnswerAvgTimeSla: '1860',
      },
    ])
    const { body } = await desk.v1('GET', 'reports/tickets/slacompliance', {
      date_from: '2026-06-01',
      date_to: '2026-06-08',
    })
    expect(body.slacompliances).toHaveLength(8)
    expect(body.slacompliances[0]).toMatchObject({
      date: '2026-06-01 00:00:00',
      fulfilled: '1',
      avgFulfilledTime: '1800',
      maxFulfilledTime: '1800',
      minFulfilledTime: '1800',
      unfulfilled: '0',
    })
    expect(body.slacompliances[7]).toMatchObject({ fulfilled: '0', unfulfilled: '1', avgUnfulfilledTime: '1860' })
  })

  test('can be narrowed, paged and cut to columns', async () => {
    expect(await log({ agentid: answerer.email })).toHaveLength(2)
    expect(await log({ requesterid: 'asker@example.com', slalevelid: level, departmentid: 'default' })).toHaveLength(2)
    expect((await desk.v1('GET', 'reports/tickets/slalog', { slalevelid: 'nothere0' })).status).toBe(404)
    expect(await log({}, 'chats')).toEqual([])
    expect(await log({ limitfrom: 1, limitcount: 1, columns: 'sla' })).toEqual([{ sla: '-00:01:00' }])
    expect(await log({ date_from: '2026-06-08 09:21:00', date_to: '2026-06-08 09:21:00' })).toHaveLength(1)
    expect(await log({ date_from: '2026-06-30', date_to: '2026-06-01' })).toEqual([])
    const stranger = await anAgent(desk)
    expect(await log({ agentid: stranger.userid })).toEqual([])
  })

  test('show an agent what happened in his departments only', async () => {
    const { body: department } = await desk.v3('POST', 'departments', { name: 'Elsewhere' })
    const stranger = await anAgent(desk, { departments: [department.departmentid] })
    const { v1: call } = await signIn(desk, stranger.email)
    const range = { date_from: '2026-06-01', date_to: '2026-06-30' }
    expect((await call('GET', 'reports/tickets/slalog', range)).body.slalogs).toEqual([])
    expect((await call('GET', 'reports/tickets/slalog', { ...range, departmentid: 'default' })).status).toBe(404)
  })

  test('name no conversation that has left the departments of an agent', async () => {
    const { body: department } = await desk.v3('POST', 'departments', { name: 'Out of sight' })
    const clerk = await anAgent(desk)
    const { id, code } = await opened('gone@example.com', '2026-05-04T10:00:00Z')
    await say(id, 'agent', '2026-05-04T10:30:00Z')
    const { v1, v3 } = await signIn(desk, clerk.email)
    const seen = async () => (await v1('GET', 'reports/tickets/slalog', range)).body.slalogs
    const range = { date_from: '2026-05-04', date_to: '2026-05-04' }
    expect(await seen()).toMatchObject([{ conversationid: id, code }])
    await desk.v1('PUT', `conversations/${id}/attendants`, { department: department.departmentid })
    expect(await seen()).toMatchObject([{ conversationid: '', code: '', sla: '00:30:00' }])
    const { body } = await v3('GET', 'reports/tickets/slalog?date_from=2026-05-04&date_to=2026-05-04')
    expect(body.slalogs).toMatchObject([{ conversationid: null, code: null, sla: 1_800 }])
    expect(await log(range)).toMatchObject([{ conversationid: id, code }])
  })

  test.each<[string, Partial<SlaScope>]>([
    ['everything', {}],
    ['a department', { departmentIds: ['default'] }],
    ['departments', { departmentIds: ['default', 'sales000'] }],
    ['an agent and a level', { agentId: 'aaaaaaaa', levelId: 'aaaaaaaa' }],
    ['an agent', { agentId: 'aaaaaaaa' }],
    ['a customer', { customerId: 'aaaaaaaa' }],
    ['a level', { levelId: 'aaaaaaaa' }],
    ['an outcome', { outcome: 'late' }],
  ])('read an index for %s', async (_, narrowed) => {
    const db = desk.app.database.reader
    const scope: SlaScope = { service: 'tickets', departmentIds: undefined, agentId: undefined, ...narrowed }
    const range = { from: 0, before: Date.now(), zone: 'GMT' }
    const log = await planOf(desk, logQuery(db, scope, range, { offset: 0, limit: 10 }).compile())
    expect(wholeTableReads(log), log.join('\n')).toEqual([])
    expect(log.join('\n')).toMatch(/sla_clocks_/)
    // Of departments, what is merged is sorted: no more than the page.
    if ((narrowed.departmentIds?.length ?? 0) < 2)
      expect(log.filter((line) => /^USE TEMP B-TREE FOR (LAST|ORDER)|^\s*(-> +)?Sort/.test(line))).toEqual([])
    const days = await planOf(desk, complianceQuery(db, scope, [0, 1000, Date.now()]).compile(db))
    expect(
      wholeTableReads(days).filter(
        (line) => !/json_each|SCAN (whole|ragged|places|rolled|summed|answered_since)/.test(line),
      ),
      days.join('\n'),
    ).toEqual([])
    expect(days.join('\n')).toMatch(/sla_clocks_/)
    const isFew =
      narrowed.customerId !== undefined || (narrowed.agentId !== undefined && narrowed.levelId !== undefined)
    if (isFew) return
    expect(days.join('\n')).toMatch(/sla_rollups USING PRIMARY KEY|sla_rollups_pkey/)
    const start = await planOf(desk, startQuery(db, scope, range, 10).compile(db))
    expect(
      wholeTableReads(start).filter((line) => !/json_each|SCAN (places|rolled|days|passing)/.test(line)),
      start.join('\n'),
    ).toEqual([])
    expect(start.join('\n')).toMatch(/sla_rollups USING PRIMARY KEY|sla_rollups_pkey/)
    expect(start.join('\n')).toMatch(/sla_clocks USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)|sla_clocks_/)
  })
})
