// What the history shows of the mails that messages came or went by.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { groupWith, historyOf } from '../../../test/moves.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { queriesOf } from '../../../test/queries.ts'
import { signIn } from '../../../test/session.ts'
import { rowOfId } from '../../lib/ids.ts'
import { systemActor } from '../actor.ts'
import { listDeliveries } from '../outbox/deliveries.ts'
import { queueMail } from '../outbox/outbox.ts'
import { listLinks } from './links.ts'
import { addMail, listMails } from './mails.ts'
import { listMoves } from './moves.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const people = (...addresses: string[]): string => JSON.stringify(addresses.map((address) => ({ name: 'A', address })))

const mail = {
  direction: 'in',
  raw_seq: 17,
  message_id: 'abc@example.com',
  in_reply_to: 'before@example.com',
  sender: JSON.stringify({ name: 'Anna <b>', address: 'anna@example.com' }),
  recipients: people('support@desk.test'),
  copies: people('copy@example.com'),
  subject: 'Re: Printer',
  thread_reason: 'It answers a mail of this conversation.',
  authentication: JSON.stringify({
    result: 'pass',
    reason: 'Signed by example.com.',
    dkim: [{ domain: 'example.com', result: 'pass' }],
    spf: null,
    dmarc: 'pass',
    by: null,
  }),
  kind: 'person',
  is_guest: 1,
  dated_at: 0,
  created_at: 1,
}

test('a message that came by mail shows the mail, and an answer what became of its own', async () => {
  const agent = await signIn(desk, (await anAgent(desk)).email)
  const { conversationid: id } = await aConversation(desk, { message: 'By mail' })
  await agent.v3('POST', `conversations/${id}/messages`, { message: 'The answer' })
  await desk.v3('POST', `conversations/${id}/messages`, { message: 'A note', type: 'N' })
  const [came, went] = [await groupWith(desk, id, 'By mail'), await groupWith(desk, id, 'The answer')]
  await desk.app.database.write(async (tx) => {
    await addMail(tx, { ...mail, conversation_id: id, group_seq: rowOfId(came) ?? 0 })
    const group_seq = rowOfId(went) ?? 0
    await addMail(tx, { ...mail, conversation_id: id, group_seq, direction: 'out', authentication: '{"odd":1}' })
    for (const n of [1, 2]) {
      const to = [{ name: '', address: 'anna@example.com' }]
      await queueMail(tx, {
        kind: 'answer',
        conversationId: id,
        groupSeq: group_seq,
        messageId: `out${n}@desk.test`,
        to,
      })
    }
    await tx
      .updateTable('outbox')
      .set({ state: 'failed', attempts: 3, trouble: '550 No such user' })
      .where('message_id', '=', 'out1@desk.test')
      .execute()
  })
  const [first, second, third] = await historyOf(desk, id)
  expect(first).toMatchObject({
    mail: {
      direction: 'in',
      from: { name: 'Anna <b>', address: 'anna@example.com' },
      to: [{ address: 'support@desk.test' }],
      cc: [{ address: 'copy@example.com' }],
      subject: 'Re: Printer',
      mail_message_id: 'abc@example.com',
      in_reply_to: 'before@example.com',
      reason: 'It answers a mail of this conversation.',
      authentication: { result: 'pass', dkim: [{ domain: 'example.com', result: 'pass' }], dmarc: 'pass' },
      kind: 'person',
      isguest: true,
      rawmailid: 17,
      dateofmail: '1970-01-01T00:00:00.000Z',
    },
    outbox: [],
  })
  expect(second).toMatchObject({
    mail: { direction: 'out', authentication: null },
    outbox: [
      { state: 'failed', attempts: 3, trouble: '550 No such user', datesent: null },
      { state: 'queued', attempts: 0, trouble: null },
    ],
  })
  expect(third).toMatchObject({ mail: null, outbox: [] })
  const { groups } = (await desk.v1('GET', `conversations/${id}/messages`)).body
  for (const group of groups)
    expect(Object.keys(group)).toEqual([
      'messagegroupid',
      'userid',
      'rtype',
      'rstatus',
      'datecreated',
      'datefinished',
      'messages',
    ])
})

test('mails, deliveries, links and moves of a conversation are found by an index', async () => {
  const queries = await queriesOf(desk, async (db) => {
    await listMails(db, 'abcdefgh')
    await listDeliveries(db, 'abcdefgh')
    await listLinks(db, systemActor, 'abcdefgh')
    await listMoves(db, 'abcdefgh', { limit: 10, cursor: '0000000z' })
  })
  expect(queries.length).toBe(6)
  for (const query of queries) expect([query.sql, wholeTableReads(await planOf(desk, query))]).toEqual([query.sql, []])
})
