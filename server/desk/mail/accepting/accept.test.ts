import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import {
  acceptAll,
  accepted,
  aMail,
  conversationOf,
  deliver,
  notesIn,
  rawMail,
  readWrapped,
} from '../../../../test/mails.ts'
import { Unavailable } from '../../../lib/errors.ts'
import { keepRaw } from '../intake/keep-raw.ts'
import { replay } from '../intake/replay.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const db = () => desk.app.database.reader
const messagesIn = (conversationId: string) =>
  db().selectFrom('messages').selectAll().where('conversation_id', '=', conversationId).orderBy('seq').execute()
const wakeUp = () => desk.app.database.write((tx) => tx.updateTable('raw_mails').set({ locked_until: null }).execute())

describe('a mail that cannot be accepted', () => {
  test('is tried again, then becomes a conversation with the raw mail that says why; others go on', async () => {
    const bad = await deliver(desk, aMail({ from: 'bad@customer.test' }))
    const good = await deliver(desk, aMail())
    const read = async (contents: Uint8Array) => {
      const mail = await readWrapped(contents)
      if (mail.from?.address === 'bad@customer.test') throw new Error('the parser fell over')
      return mail
    }
    await acceptAll(desk, read)
    expect(await rawMail(desk, good)).toMatchObject({ state: 'accepted', verdict: 'opened' })
    expect(await rawMail(desk, bad)).toMatchObject({
      state: 'waiting',
      detail: '{"failures":1}',
      reason: 'the parser fell over',
    })
    for (let n = 0; n < 2; n++) {
      await wakeUp()
      await acceptAll(desk, read)
    }
    const row = await rawMail(desk, bad)
    expect(row).toMatchObject({ state: 'accepted', verdict: 'unreadable', reason: 'the parser fell over' })
    const [text, file] = await messagesIn(row.conversation_id ?? '')
    expect(text?.body).toContain('the parser fell over')
    expect(JSON.parse(file?.body ?? '')).toMatchObject({ filename: 'mail.eml', filetype: 'message/rfc822' })
  })

  test('because the database is away is not touched: it waits, with its attempts as they were', async () => {
    const seq = await deliver(desk, aMail())
    await expect(
      acceptAll(desk, () => Promise.reject(new Unavailable('The database does not answer.'))),
    ).rejects.toThrow('does not answer')
    expect(await rawMail(desk, seq)).toMatchObject({ state: 'waiting', attempts: 0, locked_until: null })
    await acceptAll(desk)
  })

  test('whose contents are gone fails, with the reason', async () => {
    const seq = await deliver(desk, aMail())
    await desk.app.database.write((tx) => tx.deleteFrom('raw_mail_contents').where('raw_seq', '=', seq).execute())
    for (let n = 0; n < 3; n++) {
      await acceptAll(desk)
      await wakeUp()
    }
    const row = await rawMail(desk, seq)
    expect(row).toMatchObject({ state: 'failed', verdict: 'failed' })
    expect(row.reason).toContain('missing')
  })

  test('because the process ended each time is accepted all the same; after many times without being looked at', async () => {
    const seq = await deliver(desk, aMail())
    const crashed = (attempts: number) =>
      desk.app.database.write((tx) => tx.updateTable('raw_mails').set({ attempts }).where('seq', '=', seq).execute())
    await crashed(20)
    await acceptAll(desk)
    expect((await rawMail(desk, seq)).verdict).toBe('opened')
    const other = await deliver(desk, aMail())
    await desk.app.database.write((tx) =>
      tx.updateTable('raw_mails').set({ attempts: 1_000 }).where('seq', '=', other).execute(),
    )
    await acceptAll(desk, () => Promise.reject(new Error('must not be read')))
    expect(await rawMail(desk, other)).toMatchObject({
      verdict: 'unreadable',
      reason: 'the process ended each time while it was read',
    })
  })

  test('because it has no parts says what was wrong with it', async () => {
    const row = await accepted(desk, aMail({ parts: [], faults: ['It is nested too deeply.'] }))
    expect(row).toMatchObject({ verdict: 'unreadable', reason: 'It is nested too deeply.' })
  })
})

describe('a mail', () => {
  test('opens a conversation for its sender, at the time at which it was received', async () => {
    const row = await accepted(desk, aMail({ from: 'new@customer.test', subject: 'Hello' }), {
      receivedAt: 1_500_000_000_000,
    })
    expect(row).toMatchObject({
      state: 'accepted',
      verdict: 'opened',
      sender_key: 'new@customer.test',
      subject: 'Hello',
    })
    const conversation = await conversationOf(desk, row)
    expect(conversation).toMatchObject({
      status: 'N',
      channel: 'E',
      subject: 'Hello',
      department_id: 'default',
      created_at: 1_500_000_000_000,
      waiting_since: 1_500_000_000_000,
    })
    const mail = await db()
      .selectFrom('mails')
      .selectAll()
      .where('group_seq', '=', row.group_seq)
      .executeTakeFirstOrThrow()
    expect(mail).toMatchObject({ direction: 'in', raw_seq: row.seq, kind: 'person', is_guest: 0 })
    expect(mail.thread_reason).toBe('It answers nothing that this desk knows.')
  })

  test('without sender, subject, text, date and Message-ID opens one, each for somebody new', async () => {
    const nothing = { from: undefined, messageId: undefined, subject: '', parts: [], to: [] }
    const rows = [await accepted(desk, aMail(nothing)), await accepted(desk, aMail(nothing))]
    const conversations = await Promise.all(rows.map((row) => conversationOf(desk, row)))
    expect(rows.map(({ verdict }) => verdict)).toEqual(['opened', 'opened'])
    expect(conversations.map(({ subject }) => subject)).toEqual(['(no subject)', '(no subject)'])
    expect(conversations[0]?.customer_id).not.toBe(conversations[1]?.customer_id)
  })

  test('with NUL and half characters in every field is stored', async () => {
    const row = await accepted(
      desk,
      aMail({
        messageId: 'a\0b\ud800@x.test',
        subject: 'nul\0 \ud800',
        text: 'nul\0 half \udc00',
        references: ['r\0\ud800@x.test'],
        faults: ['f\0'],
      }),
    )
    expect(row.verdict).toBe('opened')
  })

  test('that is accepted twice at the same time leaves one conversation', async () => {
    const seqs = await Promise.all(
      Array.from({ length: 5 }, () => deliver(desk, aMail({ from: 'twice@customer.test' }))),
    )
    await Promise.all([acceptAll(desk), acceptAll(desk), acceptAll(desk)])
    const rows = await Promise.all(seqs.map((seq) => rawMail(desk, seq)))
    expect(new Set(rows.map(({ conversation_id }) => conversation_id)).size).toBe(5)
    await desk.app.database.write((tx) =>
      tx.updateTable('raw_mails').set({ state: 'waiting', locked_until: null }).where('seq', 'in', seqs).execute(),
    )
    // Rows that have a message are left alone, whatever their state says.
    await acceptAll(desk)
    const { count } = await db()
      .selectFrom('conversations')
      .innerJoin('customers', 'customers.id', 'conversations.customer_id')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('customers.email_key', '=', 'twice@customer.test')
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBe(5)
  })

  test('that comes by two mailboxes is one message, and both point to it', async () => {
    const mail = aMail({ text: 'once' })
    const one = await accepted(desk, mail, { mailboxId: 'box00001' })
    const two = await accepted(desk, mail, { mailboxId: 'box00002' })
    expect(two).toMatchObject({ verdict: 'duplicate', conversation_id: one.conversation_id, group_seq: one.group_seq })
    expect(await messagesIn(one.conversation_id ?? '')).toHaveLength(1)
    const same = await accepted(desk, { ...mail, bodyHash: 'other' }, { mailboxId: 'box00002' })
    expect(same).toMatchObject({ verdict: 'joined', conversation_id: one.conversation_id })
  })

  test('keeps quotes and signatures apart, files attached and pictures in their place however they are named', async () => {
    const row = await accepted(
      desk,
      aMail({
        parts: [
          { kind: 'message', body: '<p>See <img src="cid:pic%40X" alt=""></p>', isHtml: true, text: 'See' },
          { kind: 'quote', body: '<p>Earlier</p>', isHtml: true, text: 'Earlier' },
          { kind: 'signature', body: '-- \nCarla', isHtml: false, text: '-- \nCarla' },
        ],
        attachments: [
          { name: 'a.png', type: 'image/png', contents: Buffer.from('png'), contentId: 'Pic@x', isInline: true },
          { name: 'b.txt', type: 'text/plain', contents: Buffer.from('text'), contentId: undefined, isInline: false },
        ],
      }),
    )
    const messages = await messagesIn(row.conversation_id ?? '')
    expect(messages.map(({ rtype }) => rtype)).toEqual(['M', 'Q', 'O', 'F', 'F'])
    const files = messages.slice(3).map(({ body }) => JSON.parse(body))
    expect(messages[0]?.body).toBe(`<p>See <img src="scripts/file.php?view=Y&amp;file=${files[0].fileid}" alt=""></p>`)
    const { text } = await desk.v1('GET', '../scripts/file.php', { file: files[1].fileid })
    expect(text).toBe('text')
  })

  test('in copy to others lets them take part, but not us, agents and machines', async () => {
    await desk.v3('POST', 'agents', {
      email: 'ada@desk.test',
      firstname: 'Ada',
      lastname: 'A',
      role: 'A',
      password: 'agent-password',
      departments: ['default'],
    })
    await desk.app.database.write((tx) =>
      tx
        .insertInto('mailboxes')
        .values({
          id: 'boxown00',
          name: 'Support',
          address: 'Support@desk.test',
          address_key: 'support@desk.test',
          aliases: '["help@desk.test"]',
          department_id: 'default',
          is_active: 1,
          is_default: 0,
          plus_address: 0,
          created_at: 0,
          changed_at: 0,
        })
        .execute(),
    )
    const row = await accepted(
      desk,
      aMail({
        to: ['support@desk.test', 'bob@other.test'],
        cc: [
          'HELP@desk.test',
          'ada@desk.test',
          'eve@other.test',
          'no-reply@other.test',
          'support+x@desk.test',
          'Bob@other.test',
        ],
      }),
    )
    expect(JSON.parse((await conversationOf(desk, row)).cc ?? '[]')).toEqual(['bob@other.test', 'eve@other.test'])
  })

  test('that is held waits until it is released, and says so once', async () => {
    await desk.v3('PATCH', 'settings', { mail_hold_after: 3, mail_sender_budget: 2 })
    const rows = []
    for (let n = 0; n < 5; n++) rows.push(await accepted(desk, aMail({ from: 'flood@customer.test' })))
    expect(rows.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted', 'held', 'held'])
    const third = await notesIn(desk, rows[2]?.conversation_id ?? '')
    expect(third.join()).toContain('none is answered automatically')
    const events = await db().selectFrom('events').selectAll().where('type', '=', 'mail.held').execute()
    expect(events).toHaveLength(1)
    await desk.v3('PATCH', 'settings', { mail_hold_after: 5_000, mail_sender_budget: 40 })
  })
})

describe('the job', () => {
  test('accepts what came, read by a thread, without anybody calling it', async () => {
    const { seq } = await keepRaw(desk.app, {
      mailboxId: '',
      source: 'lmtp',
      contents: Buffer.from(
        'From: Real <real@customer.test>\r\nTo: support@desk.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHello.\r\n\r\n-- \r\nReal\r\n',
      ),
      envelope: { from: 'real@customer.test', to: ['support@desk.test'] },
    })
    await desk.drain()
    const row = await rawMail(desk, seq)
    expect(row).toMatchObject({ verdict: 'opened', subject: 'Grüße', sender_key: 'real@customer.test' })
    expect((await messagesIn(row.conversation_id ?? '')).map(({ rtype }) => rtype)).toEqual(['M', 'O'])
    const again = await keepRaw(desk.app, {
      mailboxId: '',
      source: 'lmtp',
      contents: Buffer.from('Subject: x\r\n\r\nx'),
      envelope: {},
    })
    await desk.drain()
    expect((await rawMail(desk, again.seq)).verdict).toBe('opened')
  })

  test('replays what was held, and adds nothing for what is a message', async () => {
    const stateOf = async (state: string) =>
      (await db().selectFrom('raw_mails').select('seq').where('state', '=', state).execute()).map(({ seq }) => seq)
    const countGroups = async () => (await db().selectFrom('message_groups').select('seq').execute()).length
    const held = await stateOf('held')
    const message = await accepted(desk, aMail())
    const before = await countGroups()
    const { count } = await desk.app.database.write((tx) => replay(tx, { seqs: [...held, message.seq] }))
    await acceptAll(desk)
    expect(count).toBe(2)
    expect(await stateOf('held')).toEqual([])
    expect(await countGroups()).toBe(before + 2)
    expect(await rawMail(desk, message.seq)).toEqual(message)
  })

  test('reads an unreadable mail again, into the conversation that it opened; still unreadable, it adds nothing', async () => {
    const seq = await deliver(desk, aMail({ parts: [], faults: ['Too deep.'], text: 'now it can be read' }))
    await acceptAll(desk)
    const { conversation_id } = await rawMail(desk, seq)
    const again = async (read = readWrapped) => {
      await desk.app.database.write((tx) => replay(tx, { seqs: [seq] }))
      await acceptAll(desk, read)
      return rawMail(desk, seq)
    }
    expect(await again()).toMatchObject({ verdict: 'unreadable', conversation_id })
    expect(await messagesIn(conversation_id ?? '')).toHaveLength(2)
    const readable = async (contents: Uint8Array) => ({
      ...(await readWrapped(contents)),
      parts: aMail({ text: 'readable' }).parts,
      faults: [],
    })
    expect(await again(readable)).toMatchObject({ verdict: 'joined', conversation_id })
    expect((await messagesIn(conversation_id ?? '')).map(({ body }) => body)).toContain('readable')
    expect((await again(readable)).verdict).toBe('joined')
    expect(await messagesIn(conversation_id ?? '')).toHaveLength(3)
  })
})
