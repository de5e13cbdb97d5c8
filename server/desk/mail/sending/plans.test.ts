import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../../test/plan.ts'
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
