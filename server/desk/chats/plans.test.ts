// What is asked on every request and every few seconds reads what is live, and never all chats and visitors that ever were.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { systemActor } from '../actor.ts'
import { aheadOf, chatsQuery, countQuery } from './find.ts'
import { leftAlone, unasked, waitingDepartments } from './route.ts'
import { transcriptQuery } from './transcript.ts'
import { vanished } from './vanished.ts'
import { oldVisitors, silentVisitors, visitorsOnSite } from './visitors.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const agent = { kind: 'agent' as const, agentId: 'aaaaaaaa', role: 'A', departmentIds: ['default'] }

test('chats that have not ended are found without a look at those that have', async () => {
  const db = desk.app.database.reader
  const queries = {
    list: chatsQuery(db, systemActor, { limit: 100, offset: 0 }),
    'list of an agent': chatsQuery(db, agent, { state: 'queued', agentId: 'aaaaaaaa', limit: 100, offset: 0 }),
    place: aheadOf(db, { conversation_id: 'aaaaaaaa', started_at: 1 }),
    counts: countQuery(db, agent),
    'departments with a queue': waitingDepartments(db),
    unasked: unasked(db, 'default'),
    'left alone': leftAlone(db, Date.now()),
    vanished: vanished(db, Date.now()),
  }
  for (const [name, query] of Object.entries(queries)) {
    const plan = await planOf(desk, query.compile())
    expect([name, plan.join('\n')]).toEqual([name, expect.stringMatching(/chats_live|offers_(open|busy)/)])
    expect([name, wholeTableReads(plan)]).toEqual([name, []])
  }
})

test('visitors are counted and forgotten by when they were seen, and a transcript is read by its conversation', async () => {
  const db = desk.app.database.reader
  for (const query of [visitorsOnSite(db, Date.now()), oldVisitors(db, Date.now())])
    expect((await planOf(desk, query.compile())).join('\n')).toContain('visitors_seen')
  expect((await planOf(desk, silentVisitors(db, Date.now()).compile())).join('\n')).toContain('visitors_silent')
  const plan = await planOf(desk, transcriptQuery(db, { group_seq: 1 }, { limit: 10 }).compile())
  expect(wholeTableReads(plan)).toEqual([])
})
