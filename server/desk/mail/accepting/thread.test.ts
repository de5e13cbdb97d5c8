import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import {
  acceptAll,
  accepted,
  aMail,
  conversationOf,
  deliver,
  type MailFields,
  rawMail,
} from '../../../../test/mails.ts'
import { newId } from '../../../lib/ids.ts'
import { newMessageId, replyAddress } from '../../outbox/message-id.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const db = () => desk.app.database.reader
const from = (): string => `carla-${newId()}@customer.test`
const opened = async (fields: MailFields = {}) => {
  const mail = aMail({ from: from(), ...fields })
  const row = await accepted(desk, mail)
  return { mail, row, id: row.conversation_id ?? '', sender: mail.from?.address ?? '' }
}
const idOf = (mail: { messageId: string | undefined }): string => mail.messageId ?? ''
const setStatus = (id: string, status: string) => desk.v3('PUT', `conversations/${id}/status`, { status })
const statusOf = async (id: string) => (await conversationOf(desk, { conversation_id: id })).status
const linksOf = async (id: string | null): Promise<string[]> =>
  (
    await db()
      .selectFrom('conversation_links')
      .select('other_id')
      .where('conversation_id', '=', id ?? '')
      .execute()
  ).map(({ other_id }) => other_id)
const ours = (conversationId: string) => newMessageId(desk.app.installation.secret, conversationId, 'desk.test')
const reasonOf = async (groupSeq: number | null) =>
  (await db().selectFrom('mails').selectAll().where('group_seq', '=', groupSeq).executeTakeFirstOrThrow()).thread_reason

describe('a mail opens a new conversation', () => {
  test('when it answers what nobody knows', async () => {
    const row = await accepted(
      desk,
      aMail({ from: from(), inReplyTo: ['nobody@knows.test'], references: ['x@y.test'] }),
    )
    expect(row.verdict).toBe('opened')
    expect(await linksOf(row.conversation_id)).toEqual([])
  })

  test('when strangers answer the same mail that this desk has not seen', async () => {
    const rows = []
    for (let n = 0; n < 4; n++)
      rows.push(await accepted(desk, aMail({ from: from(), inReplyTo: ['unseen@news.test'] })))
    expect(new Set(rows.map(({ conversation_id }) => conversation_id)).size).toBe(4)
  })

  test('when strangers answer a newsletter that this desk got too', async () => {
    const news = await opened({ from: 'news@shop.test', kind: 'bulk' })
    const rows = []
    for (let n = 0; n < 3; n++) rows.push(await accepted(desk, aMail({ from: from(), inReplyTo: [idOf(news.mail)] })))
    expect(new Set([news.id, ...rows.map(({ conversation_id }) => conversation_id)]).size).toBe(4)
    expect(await linksOf(rows[0]?.conversation_id ?? null)).toEqual([news.id])
  })

  test('linked to the first of several that its id leads to, if the sender takes part in none', async () => {
    const one = await opened()
    const two = await opened()
    for (const { id } of [one, two])
      await desk.app.database.write((tx) =>
        tx
          .insertInto('thread_ids')
          .values({ message_id: 'told@shop.test', conversation_id: id, origin: 'told', created_at: Date.now() })
          .execute(),
      )
    const row = await accepted(desk, aMail({ from: from(), inReplyTo: ['told@shop.test'] }))
    expect(row.verdict).toBe('opened')
    expect(await linksOf(row.conversation_id)).toEqual([one.id])
    const own = await accepted(desk, aMail({ from: two.sender, inReplyTo: ['told@shop.test'] }))
    expect(own.conversation_id).toBe(two.id)
  })

  test.each(['X', 'B'])('linked to the one that it answers, when that is %s', async (status) => {
    const { id, mail, sender } = await opened()
    await setStatus(id, status)
    for (const fields of [{ inReplyTo: [idOf(mail)] }, { inReplyTo: [ours(id)] }]) {
      const row = await accepted(desk, aMail({ from: sender, ...fields }))
      expect(row.verdict).toBe('opened')
      expect(await linksOf(row.conversation_id)).toEqual([id])
    }
    expect(await statusOf(id)).toBe(status)
  })

  test('when a stranger answers a mail of one that is resolved', async () => {
    const { id, mail } = await opened()
    await setStatus(id, 'R')
    const row = await accepted(desk, aMail({ from: from(), references: [idOf(mail)] }))
    expect(await linksOf(row.conversation_id)).toEqual([id])
    expect(await statusOf(id)).toBe('R')
  })

  test('when its code stands in the subject and the sender does not take part', async () => {
    const { id, row } = await opened()
    const { code } = await conversationOf(desk, row)
    const stranger = await accepted(desk, aMail({ from: from(), subject: `Re: [${code}] Printer` }))
    expect(stranger.verdict).toBe('opened')
    expect(await linksOf(stranger.conversation_id)).toEqual([id])
    expect(await reasonOf(stranger.group_seq)).toContain('does not take part')
  })
})

describe('a mail joins its conversation', () => {
  test('by our signed Message-ID, even when no row knows it, and opens it again', async () => {
    const { id, sender } = await opened()
    await setStatus(id, 'R')
    const row = await accepted(desk, aMail({ from: sender, inReplyTo: [ours(id)] }))
    expect(row).toMatchObject({ verdict: 'joined', conversation_id: id })
    expect(await statusOf(id)).toBe('C')
    expect(await reasonOf(row.group_seq)).toContain('Our own signature')
  })

  test('by our signed reply address: in To, and where the server delivered it', async () => {
    const { id, sender } = await opened()
    const address = replyAddress(desk.app.installation.secret, id, 'support@desk.test')
    const byTo = await accepted(desk, aMail({ from: sender, to: [address.toUpperCase()] }))
    const byEnvelope = await accepted(desk, aMail({ from: sender }), { envelope: { to: [address] } })
    const byHeader = await accepted(desk, aMail({ from: sender, deliveredTo: [address] }))
    expect([byTo, byEnvelope, byHeader].map(({ conversation_id }) => conversation_id)).toEqual([id, id, id])
  })

  test('by the Message-ID of a mail that came before; the nearest decides', async () => {
    const sender = from()
    const far = await opened({ from: sender })
    const near = await opened({ from: sender })
    const row = await accepted(
      desk,
      aMail({ from: sender, references: [idOf(far.mail), idOf(near.mail), 'unknown@x.test'] }),
    )
    expect(row.conversation_id).toBe(near.id)
    const direct = await accepted(
      desk,
      aMail({ from: sender, inReplyTo: [idOf(far.mail)], references: [idOf(far.mail), idOf(near.mail)] }),
    )
    expect(direct.conversation_id).toBe(far.id)
  })

  test('by an id that an API client told us', async () => {
    const { body } = await desk.v1('POST', 'conversations', {
      message: 'Hi',
      useridentifier: 'told@customer.test',
      department: 'default',
      subject: 'S',
      recipient: 'support@desk.test',
      mail_messsage_id: '<told-1@shop.test>',
    })
    const row = await accepted(desk, aMail({ from: 'told@customer.test', inReplyTo: ['told-1@shop.test'] }))
    expect(row.conversation_id).toBe(body.conversationid)
  })

  test('when its answer came first', async () => {
    const sender = from()
    const original = aMail({ from: sender })
    const answer = await accepted(desk, aMail({ from: sender, inReplyTo: [idOf(original)] }))
    const row = await accepted(desk, original)
    expect(row).toMatchObject({ verdict: 'joined', conversation_id: answer.conversation_id })
    // A third one, which names the same original, belongs there, too.
    const third = await accepted(desk, aMail({ from: sender, references: [idOf(original)] }))
    expect(third.conversation_id).toBe(answer.conversation_id)
  })

  test('whatever the order in which a thread of one sender is delivered, also at the same time', async () => {
    const sender = from()
    const mails = [aMail({ from: sender })]
    for (let n = 1; n < 6; n++)
      mails.push(
        aMail({ from: sender, inReplyTo: [idOf(mails[n - 1] ?? mails[0] ?? aMail())], references: mails.map(idOf) }),
      )
    for (const order of [[...mails].reverse(), mails.filter((_, n) => n % 2 === 1), mails]) {
      const seqs: number[] = []
      for (const mail of order) seqs.push(await deliver(desk, mail))
      await Promise.all([acceptAll(desk), acceptAll(desk), acceptAll(desk)])
      const rows = await Promise.all(seqs.map((seq) => rawMail(desk, seq)))
      expect(new Set(rows.map(({ conversation_id }) => conversation_id)).size).toBe(1)
    }
  })

  test('by the code in the subject, if the sender takes part: as requester, in copy, or as an author', async () => {
    const { id, row, sender } = await opened({ cc: ['copy@other.test'] })
    const { code } = await conversationOf(desk, row)
    for (const address of [sender, 'COPY@other.test']) {
      const reply = await accepted(desk, aMail({ from: address, subject: `AW: ${code.toLowerCase()}!` }))
      expect(reply).toMatchObject({ verdict: 'joined', conversation_id: id })
    }
  })

  test('that was merged: into what it was merged into', async () => {
    const sender = from()
    const [a, b, c] = [await opened({ from: sender }), await opened({ from: sender }), await opened({ from: sender })]
    await desk.app.database.write(async (tx) => {
      await tx.updateTable('conversations').set({ merged_into: b.id, status: 'X' }).where('id', '=', a.id).execute()
      await tx.updateTable('conversations').set({ merged_into: c.id, status: 'X' }).where('id', '=', b.id).execute()
    })
    for (const fields of [{ inReplyTo: [idOf(a.mail)] }, { inReplyTo: [ours(a.id)] }])
      expect((await accepted(desk, aMail({ from: sender, ...fields }))).conversation_id).toBe(c.id)
  })

  test('where our own mail was moved to', async () => {
    const sender = from()
    const [a, b] = [await opened({ from: sender }), await opened({ from: sender })]
    const sent = ours(a.id)
    await desk.app.database.write((tx) =>
      tx
        .insertInto('thread_ids')
        .values({ message_id: sent, conversation_id: b.id, origin: 'sent', created_at: 1 })
        .execute(),
    )
    expect((await accepted(desk, aMail({ from: sender, inReplyTo: [sent] }))).conversation_id).toBe(b.id)
  })
})

describe('a list', () => {
  test('keeps the threads of its own mails together', async () => {
    const first = await opened({ kind: 'list', to: ['talk@lists.test'] })
    const row = await accepted(
      desk,
      aMail({ from: from(), kind: 'list', inReplyTo: [idOf(first.mail)], to: ['talk@lists.test'] }),
    )
    expect(row).toMatchObject({ verdict: 'joined', conversation_id: first.id })
  })
})
