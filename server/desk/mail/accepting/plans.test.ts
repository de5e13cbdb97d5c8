// A mail is looked at with a dozen questions; none of them may read a whole table.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { accepted, aMail } from '../../../../test/mails.ts'
import { planOf, wholeTableReads } from '../../../../test/plan.ts'
import { queriesOf } from '../../../../test/queries.ts'
import type { Reader } from '../../../db/write.ts'
import { findThreadIdsOf } from '../../conversations/thread-ids.ts'
import { wentOnlyTo } from '../../outbox/bounce.ts'
import { conversationBudget, senderBudget } from './budget.ts'
import { leadsOf } from './leads.ts'
import { lookUp } from './look-up.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

test('what is asked about each mail goes by an index', async () => {
  const row = await accepted(desk, aMail({ messageId: 'first@mail.test', from: 'one@customer.test' }))
  const id = row.conversation_id ?? ''
  const mail = aMail({
    inReplyTo: ['first@mail.test'],
    references: Array.from({ length: 20 }, (_, n) => `r${n}@mail.test`),
    subject: 'ABC-DEFGH-123',
  })
  const sender = { key: 'two@customer.test', customer: { id: 'a', user_id: 'b' }, sees: undefined, isForged: false }
  const settings = { mail_sender_budget: 1, mail_conversation_budget: 1, mail_hold_after: 5 }
  const asked: ((db: Reader) => Promise<unknown>)[] = [
    (db) => lookUp(db, mail, leadsOf(mail, {}, 'secret'), sender),
    (db) => findThreadIdsOf(db, 'first@mail.test', 'a'),
    (db) => senderBudget(db, 'one@customer.test', Date.now(), settings),
    (db) => conversationBudget(db, id, 'one@customer.test', Date.now(), settings),
    (db) => wentOnlyTo(db, ['first@mail.test'], 'a@b.test'),
  ]
  for (const ask of asked) {
    const queries = await queriesOf(desk, ask)
    expect(queries.length).toBeGreaterThan(0)
    for (const query of queries) expect(wholeTableReads(await planOf(desk, query))).toEqual([])
  }
})
