import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { accepted, aMail, conversationOf, type MailFields, notesIn } from '../../../../test/mails.ts'
import { newMessageId } from '../../outbox/message-id.ts'
import { queueMail } from '../../outbox/outbox.ts'
import type { DeliveryReport } from '../reading/mail.ts'
import { mayAnswerAutomatically } from './may-answer.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const db = () => desk.app.database.reader
const ours = (conversationId: string) => newMessageId(desk.app.installation.secret, conversationId, 'desk.test')

/** A conversation whose answer has left. */
async function answered(kind: 'answer' | 'acknowledgement' = 'answer') {
  const row = await accepted(desk, aMail())
  const id = row.conversation_id ?? ''
  await desk.v3('PUT', `conversations/${id}/status`, { status: 'A' })
  const messageId = ours(id)
  const seq = await desk.app.database.write(async (tx) => {
    const outboxSeq = await queueMail(tx, {
      kind,
      conversationId: id,
      messageId,
      to: [{ name: '', address: 'carla@customer.test' }],
    })
    await tx.updateTable('outbox').set({ state: 'sent' }).where('seq', '=', outboxSeq).execute()
    return outboxSeq
  })
  return { id, messageId, seq }
}
const outboxRow = (seq: number) =>
  db().selectFrom('outbox').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow()
const report = (action: DeliveryReport['action']): DeliveryReport => ({
  action,
  recipient: 'carla@customer.test',
  status: '5.1.1',
  diagnostic: '550 no such user',
})
const bounce = (aboutMessageIds: string[], fields: MailFields = {}) =>
  aMail({ from: 'mailer-daemon@mx.test', kind: 'bounce', reports: [report('failed')], aboutMessageIds, ...fields })
const countConversations = async (): Promise<number> =>
  Number(
    (
      await db()
        .selectFrom('conversations')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
    ).count,
  )

describe('a bounce', () => {
  test('about nothing of ours, or with a signature that is not ours, opens nothing and changes nothing', async () => {
    const { seq, messageId } = await answered()
    const before = await countConversations()
    const forged = messageId.replace(/\.[0-9a-f]{20}@/, '.00000000000000000000@')
    for (const ids of [[], ['someone@else.test'], [forged]]) {
      const row = await accepted(desk, bounce(ids))
      expect(row).toMatchObject({ state: 'accepted', verdict: 'bounce', group_seq: null })
    }
    expect(await countConversations()).toBe(before)
    expect((await outboxRow(seq)).state).toBe('sent')
  })

  test('is booked on its mail and shows the conversation again, once', async () => {
    const { id, seq, messageId } = await answered()
    await accepted(desk, bounce([messageId]))
    expect(await outboxRow(seq)).toMatchObject({
      state: 'bounced',
      trouble: 'carla@customer.test: 5.1.1 550 no such user',
    })
    expect((await conversationOf(desk, { conversation_id: id })).status).toBe('C')
    await accepted(desk, bounce([messageId]))
    expect(await notesIn(desk, id)).toHaveLength(1)
    const events = await db().selectFrom('events').select('type').where('conversation_id', '=', id).execute()
    expect(events.map(({ type }) => type)).toContain('mail.bounced')
  })

  test('that only says "later" leaves the mail as sent: it must not go out twice', async () => {
    const { id, seq, messageId } = await answered()
    await accepted(desk, bounce([messageId], { reports: [report('delayed')] }))
    const row = await outboxRow(seq)
    expect(row.state).toBe('sent')
    expect(row.trouble).toContain('550')
    expect((await conversationOf(desk, { conversation_id: id })).status).toBe('A')
    await accepted(desk, bounce([messageId], { reports: [report('delivered')] }))
    expect((await outboxRow(seq)).state).toBe('sent')
  })

  test('of the old kind, without a report, is one', async () => {
    const { seq, messageId } = await answered()
    await accepted(desk, bounce([messageId], { reports: [] }))
    expect((await outboxRow(seq)).state).toBe('bounced')
  })

  test('of an acknowledgement bothers nobody', async () => {
    const { id, seq, messageId } = await answered('acknowledgement')
    await accepted(desk, bounce([messageId]))
    expect((await outboxRow(seq)).state).toBe('bounced')
    expect((await conversationOf(desk, { conversation_id: id })).status).toBe('A')
  })

  test('leaves a resolved conversation resolved, with a note', async () => {
    const { id, messageId } = await answered()
    await desk.v3('PUT', `conversations/${id}/status`, { status: 'R' })
    await accepted(desk, bounce([messageId]))
    expect((await conversationOf(desk, { conversation_id: id })).status).toBe('R')
    expect(await notesIn(desk, id)).toHaveLength(1)
  })
})

describe('other machines', () => {
  test('an automatic reply to nothing that we know opens nothing', async () => {
    const before = await countConversations()
    const row = await accepted(desk, aMail({ kind: 'auto-reply', kindReason: 'Auto-Submitted: auto-replied' }))
    expect(row).toMatchObject({ verdict: 'auto-reply', group_seq: null })
    expect(await countConversations()).toBe(before)
  })

  test('an automatic reply to an answer is shown and opens nothing', async () => {
    const { id, messageId } = await answered()
    const row = await accepted(desk, aMail({ kind: 'auto-reply', inReplyTo: [messageId] }))
    expect(row).toMatchObject({ verdict: 'joined', conversation_id: id })
    expect(await conversationOf(desk, row)).toMatchObject({ status: 'A', waiting_since: null })
  })

  test('receipts and complaints are told apart', async () => {
    const { id, messageId } = await answered()
    const receipt = await accepted(desk, aMail({ kind: 'receipt', aboutMessageIds: [messageId] }))
    expect(receipt).toMatchObject({ verdict: 'receipt', conversation_id: id, group_seq: null })
    const complaint = await accepted(desk, aMail({ kind: 'feedback', aboutMessageIds: [messageId] }))
    expect(complaint.verdict).toBe('feedback')
    expect((await notesIn(desk, id)).join()).toContain('reported')
    expect((await accepted(desk, aMail({ kind: 'feedback' }))).verdict).toBe('feedback')
  })

  test('our own mail that comes back is nothing new', async () => {
    const { messageId } = await answered()
    const before = await countConversations()
    expect((await accepted(desk, aMail({ messageId, from: 'support@desk.test' }))).verdict).toBe('own')
    expect(await countConversations()).toBe(before)
  })

  test.each([
    ['a person', {}, {}, true],
    ['the null return path', {}, { from: '' }, false],
    ['a list', { kind: 'list' as const }, {}, false],
    ['a newsletter', { kind: 'bulk' as const }, {}, false],
    ['a notification', { kind: 'automatic' as const }, {}, false],
    ['nobody', { from: undefined }, {}, false],
    ['no-reply', { from: 'No-Reply@shop.test' }, {}, false],
    ['a list by its return path', {}, { from: 'talk-bounces@lists.test' }, false],
  ])('%s: may be answered by a machine', (_, fields, envelope, expected) =>
    expect(mayAnswerAutomatically(aMail(fields), envelope)).toBe(expected),
  )
})
