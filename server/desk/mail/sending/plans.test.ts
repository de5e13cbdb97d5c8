import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../../test/plan.ts'
import { dueQuery, sendingQuery } from '../../outbox/attempts.ts'
import { troubledQuery } from './notices.ts'
import { queuedQuery } from './system-mail.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

test('budgets and notices read no whole outbox', async () => {
  const db = desk.app.database.reader
  for (const query of [queuedQuery(db, 'acknowledgement', 'carla@example.com', 1), troubledQuery(db, 1)])
    expect(wholeTableReads(await planOf(desk, query.compile()))).toEqual([])
})

test('what is due, and what a dead process left, is found without a look at what has gone', async () => {
  const db = desk.app.database.reader
  const due = [[], ['busy', 'busy too']].map((busy) => dueQuery(db, Date.now(), 5, busy).compile(db))
  for (const query of [...due, sendingQuery(db).compile()]) {
    const plan = (await planOf(desk, query)).join('\n')
    expect(plan).toMatch(/outbox_(due|open|state)/)
    expect(plan).not.toMatch(/TEMP B-TREE|Seq Scan|\bSort\b/)
  }
})
