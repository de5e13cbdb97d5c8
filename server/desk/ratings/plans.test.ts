// No list of ratings reads the table whole, whatever it is narrowed to.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { queriesOf } from '../../../test/queries.ts'
import { type Actor, systemActor } from '../actor.ts'
import { rankingQuery } from '../reports/ranking.ts'
import { type RatingFilter, ratingsQuery } from './find.ts'
import { findRatingView } from './view.ts'
import { findLastWork } from './work.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const plainAgent: Actor = { kind: 'agent', agentId: 'agent000', role: 'A', departmentIds: ['default'] }
const range = { from: 1, before: 2, zone: 'GMT' }

test.each<[Actor, RatingFilter, RegExp]>([
  [systemActor, {}, /ratings_time/],
  [systemActor, { grades: ['bad'] }, /ratings_time/],
  [plainAgent, {}, /ratings_(time|department)/],
  [systemActor, { departmentId: 'default' }, /ratings_department/],
  [systemActor, { agentId: 'agent000' }, /ratings_agent/],
  [systemActor, { customerId: 'customer' }, /ratings_customer/],
  [systemActor, { conversationId: 'conversa' }, /ratings_conversation/],
])('a page for %j narrowed to %j comes from an index, in its order', async (actor, filter, index) => {
  const { reader } = desk.app.database
  const bounded = { ...filter, from: 1, before: 2 }
  const queries = [
    ratingsQuery(reader, actor, { ...filter, limit: 100 }),
    ratingsQuery(reader, actor, { ...bounded, limit: 100, cursor: 'zz-zz' }),
    rankingQuery(reader, actor, filter, range, { offset: 0, limit: 100 }),
  ]
  for (const [n, query] of queries.entries()) {
    // The report cannot be narrowed to conversations.
    if (n === 2 && filter.conversationId !== undefined) continue
    const plan = await planOf(desk, query.compile())
    expect(plan.join('\n')).toMatch(index)
    expect(wholeTableReads(plan)).toEqual([])
  }
})

test('the work behind a link, and the newest of a conversation, are found by their numbers', async () => {
  const { conversationid } = (
    await desk.v1('POST', 'conversations', {
      message: 'Hello',
      useridentifier: 'carla@example.com',
      department: 'default',
      subject: 'Printer',
      recipient: 'support@desk.test',
    })
  ).body
  const terms = { rating_link_days: 90, rating_change_days: 7 }
  const queries = await queriesOf(desk, async (db) => {
    for (const seq of [1, 2, 3]) await findRatingView(db, seq, terms)
    await findLastWork(db, conversationid)
  })
  expect(queries.length).toBeGreaterThan(0)
  for (const query of queries) expect(wholeTableReads(await planOf(desk, query))).toEqual([])
})
