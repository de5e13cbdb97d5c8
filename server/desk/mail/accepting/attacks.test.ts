// What strangers try, and that they gain nothing by it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailboxRow } from '../../../../test/mailbox-row.ts'
import { accepted, aMail, conversationOf, type MailFields, notesIn } from '../../../../test/mails.ts'
import { anAgent } from '../../../../test/people.ts'
import { newId } from '../../../lib/ids.ts'
import { newMessageId, replyAddress } from '../../outbox/message-id.ts'
import { queueMail } from '../../outbox/outbox.ts'

let desk: TestDesk
let agent: { userid: string; email: string }
const TRUSTED = 'mx.desk.test'
beforeAll(async () => {
  desk = await newDesk()
  await aMailboxRow(desk, {
    address: 'support@desk.test',
    is_default: 1,
    outgoing: '{"host":"127.0.0.1","port":1,"security":"none"}',
  })
  agent = await anAgent(desk, { email: 'ada@desk.test' })
  await desk.v3('PATCH', 'settings', { mail_trusted_authserv: TRUSTED, acknowledge: true })
})
afterAll(() => desk.close())

const db = () => desk.app.database.reader
const secret = (): string => desk.app.installation.secret
const eve = (): string => `eve-${newId()}@evil.test`
const victim = (): string => `carla-${newId()}@customer.test`
const groupsIn = (id: string | null) =>
  db()
    .selectFrom('message_groups')
    .selectAll()
    .where('conversation_id', '=', id ?? '')
    .orderBy('seq')
    .execute()
const mailsOut = (id: string | null) =>
  db()
    .selectFrom('outbox')
    .selectAll()
    .where('conversation_id', '=', id ?? '')
    .where('kind', '=', 'answer')
    .execute()
const says = (verdict: string): MailFields['headers'] => [['authentication-results', `${TRUSTED}; ${verdict}`]]
const passes = (domain: string) => says(`dmarc=pass header.from=${domain}`)
const conversation = async (fields: MailFields = {}) => {
  const mail = aMail({ from: victim(), ...fields })
  const row = await accepted(desk, mail)
  return { id: row.conversation_id ?? '', messageId: mail.messageId ?? '', sender: mail.from?.address ?? '', row }
}
const answer = (id: string) =>
  desk.v1('POST', `conversations/${id}/messages`, { message: 'Our answer', useridentifier: agent.userid, type: 'M' })
const recipientsOfAnswers = async (id: string) =>
  (await mailsOut(id)).flatMap(({ recipients }) => {
    const { to, cc } = JSON.parse(recipients)
    return [...to, ...cc].map(({ address }: { address: string }) => address)
  })

describe("a forged agent's address", () => {
  test.each([
    ['without any proof', [] as MailFields['headers']],
    [
      'with a verdict that the sender wrote himself',
      [['authentication-results', 'evil.test; dmarc=pass']] as MailFields['headers'],
    ],
    [
      'with a verdict of his own below that of the server',
      [
        ['authentication-results', `${TRUSTED}; dmarc=none header.from=desk.test`],
        ['authentication-results', `${TRUSTED}; dmarc=pass header.from=desk.test`],
      ] as MailFields['headers'],
    ],
    ['with a proof of another domain', says('dkim=pass header.d=evil.test; spf=pass smtp.mailfrom=evil.test')],
    ['with a proof in a comment', says('dmarc=none (dmarc=pass header.from=desk.test)')],
    ['with the verdict that it is forged', says('dmarc=fail header.from=desk.test')],
  ])('%s answers no customer', async (_, headers) => {
    const { id, messageId } = await conversation()
    const forged = await accepted(desk, aMail({ from: agent.email, inReplyTo: [messageId], headers }))
    const groups = await groupsIn(forged.conversation_id)
    expect(groups.every(({ user_id }) => user_id !== agent.userid)).toBe(true)
    expect(await mailsOut(id)).toEqual([])
    expect((await conversationOf(desk, { conversation_id: id })).status).toBe('N')
    expect((await notesIn(desk, forged.conversation_id ?? '')).join()).toContain('does not prove it')
  })

  test('which is proven answers the customer', async () => {
    const { id, messageId, sender } = await conversation()
    const row = await accepted(desk, aMail({ from: agent.email, inReplyTo: [messageId], headers: passes('desk.test') }))
    expect(row).toMatchObject({ verdict: 'joined', conversation_id: id })
    expect((await groupsIn(id)).at(-1)).toMatchObject({ user_id: agent.userid, rtype: '4' })
    expect(await recipientsOfAnswers(id)).toEqual([sender])
    const mail = await db()
      .selectFrom('mails')
      .selectAll()
      .where('group_seq', '=', row.group_seq)
      .executeTakeFirstOrThrow()
    expect(JSON.parse(mail.authentication ?? '')).toMatchObject({ result: 'pass', by: TRUSTED })
  })

  test('which is proven, in a mail that the agent wrote to somebody else, answers nobody', async () => {
    const { id, messageId } = await conversation()
    const mail = aMail({
      from: agent.email,
      to: ['eve@evil.test'],
      inReplyTo: [messageId],
      headers: passes('desk.test'),
    })
    await accepted(desk, mail)
    expect(await mailsOut(id)).toEqual([])
  })

  test('is believed with the id of a mail that went to this agent alone, and with no other', async () => {
    const { id } = await conversation()
    const sent = async (to: string[]) => {
      const messageId = newMessageId(secret(), id, 'desk.test')
      await desk.app.database.write((tx) =>
        queueMail(tx, {
          kind: 'assignment',
          conversationId: id,
          messageId,
          to: to.map((address) => ({ name: '', address })),
        }),
      )
      return messageId
    }
    await accepted(desk, aMail({ from: agent.email, inReplyTo: [await sent([agent.email, 'eve@evil.test'])] }))
    await accepted(desk, aMail({ from: agent.email, inReplyTo: [newMessageId(secret(), id, 'desk.test')] }))
    expect(await mailsOut(id)).toEqual([])
    await accepted(desk, aMail({ from: agent.email, inReplyTo: [await sent([agent.email])] }))
    expect(await mailsOut(id)).toHaveLength(1)
  })

  test('of an agent who may not see the conversation does not answer in it', async () => {
    const { body } = await desk.v3('POST', 'departments', { name: `Other ${newId()}` })
    const other = await anAgent(desk, {
      email: `other-${newId()}@desk.test`,
      departments: [body.id ?? body.departmentid],
    })
    const { id, messageId } = await conversation()
    await accepted(desk, aMail({ from: other.email, inReplyTo: [messageId], headers: passes('desk.test') }))
    expect((await groupsIn(id)).every(({ user_id }) => user_id !== other.userid)).toBe(true)
    expect(await mailsOut(id)).toEqual([])
  })
})

describe('a known Message-ID', () => {
  test('brings a stranger no answers, no copies, no history, and opens nothing again', async () => {
    const { id, messageId, sender } = await conversation()
    const stranger = eve()
    const row = await accepted(desk, aMail({ from: stranger, references: [messageId], cc: ['eve2@evil.test'] }))
    expect(row).toMatchObject({ verdict: 'joined', conversation_id: id })
    // Not by writing twice either: what he wrote as a guest makes him no participant.
    const again = await accepted(
      desk,
      aMail({ from: stranger, inReplyTo: [row.message_id ?? ''], cc: ['eve3@evil.test'] }),
    )
    const mail = await db()
      .selectFrom('mails')
      .selectAll()
      .where('group_seq', '=', again.group_seq)
      .executeTakeFirstOrThrow()
    expect(mail.is_guest).toBe(1)
    expect((await conversationOf(desk, row)).cc).toBeNull()
    await answer(id)
    expect(await recipientsOfAnswers(id)).toEqual([sender])
    expect((await notesIn(desk, id)).join()).toContain('answers do not go to him')
    await desk.v3('PUT', `conversations/${id}/status`, { status: 'L' })
    await accepted(desk, aMail({ from: stranger, references: [messageId] }))
    expect((await conversationOf(desk, row)).status).toBe('L')
  })

  test('claimed in advance draws nobody into a conversation of a stranger', async () => {
    const sender = victim()
    // Eve names a newsletter that everybody has, puts her victim in copy, and even takes a known id for her own mail.
    const { id: own, messageId } = await conversation({ from: sender })
    const trap = await accepted(
      desk,
      aMail({ from: eve(), cc: [sender], messageId, references: ['newsletter@shop.test'], text: 'trap' }),
    )
    expect(trap.conversation_id).not.toBe(own)
    const one = await accepted(desk, aMail({ from: sender, inReplyTo: ['newsletter@shop.test'] }))
    expect(one.conversation_id).not.toBe(trap.conversation_id)
    const two = await accepted(desk, aMail({ from: sender, inReplyTo: [messageId] }))
    expect(two.conversation_id).toBe(own)
  })

  test('with a From that its domain disowns counts as a stranger', async () => {
    const { id, messageId, sender } = await conversation()
    const row = await accepted(
      desk,
      aMail({
        from: sender,
        inReplyTo: [messageId],
        cc: ['eve@evil.test'],
        headers: says('dmarc=fail header.from=customer.test'),
      }),
    )
    expect((await conversationOf(desk, { conversation_id: id })).cc).toBeNull()
    expect((await notesIn(desk, row.conversation_id ?? '')).join()).toContain('may be forged')
  })
})

describe('a forged signature', () => {
  test('of ours in an address or a Message-ID is none', async () => {
    const { id } = await conversation()
    const address = replyAddress(secret(), id, 'support@desk.test')
    const bad = [
      address.replace(/[0-9a-f]@/, (text) => (text === '0@' ? '1@' : '0@')),
      replyAddress('another secret', id, 'support@desk.test'),
      address.replace(id, 'aaaaaaaa'),
    ]
    for (const forged of bad) {
      const row = await accepted(desk, aMail({ from: eve(), to: [forged], inReplyTo: [forged] }))
      expect(row.conversation_id).not.toBe(id)
      expect(row.verdict).toBe('opened')
    }
  })
})

describe('names and subjects with line breaks', () => {
  test('reach no header of our mails', async () => {
    const evil = 'Hi\r\nBcc: everybody@evil.test\r\n\r\nSpam'
    const { id } = await conversation({
      subject: evil,
      furtherAuthors: [],
      from: undefined,
      sender: { name: evil, address: 'carla@customer.test' },
    })
    await answer(id)
    const [mail] = await mailsOut(id)
    const { subject } = await conversationOf(desk, { conversation_id: id })
    expect(`${mail?.recipients}${subject}`).not.toMatch(/[\r\n]/)
  })
})

describe('a mail from ourselves', () => {
  test('opens no loop: no acknowledgement, and answers go nowhere', async () => {
    const row = await accepted(desk, aMail({ from: 'support@desk.test' }))
    await answer(row.conversation_id ?? '')
    const queued = await db()
      .selectFrom('outbox')
      .selectAll()
      .where('conversation_id', '=', row.conversation_id)
      .execute()
    expect(queued).toEqual([])
  })

  test('for a customer in Reply-To is his, and nothing vouches for him', async () => {
    const customer = victim()
    const row = await accepted(desk, aMail({ from: 'support@desk.test', replyTo: [customer] }))
    await answer(row.conversation_id ?? '')
    expect(await recipientsOfAnswers(row.conversation_id ?? '')).toEqual([customer])
    expect((await notesIn(desk, row.conversation_id ?? '')).join()).toContain('Nothing proves that address')
  })

  test('with an agent or ourselves in Reply-To stays where it is', async () => {
    for (const replyTo of [agent.email, 'support+x@desk.test']) {
      const row = await accepted(desk, aMail({ from: 'no-reply@shop.test', replyTo: [replyTo] }))
      const { customer_id } = await conversationOf(desk, row)
      const customer = await db()
        .selectFrom('customers')
        .selectAll()
        .where('id', '=', customer_id)
        .executeTakeFirstOrThrow()
      expect(customer.email).toBe('no-reply@shop.test')
    }
  })

  test('Reply-To does not lead answers to a customer elsewhere', async () => {
    const sender = victim()
    const row = await accepted(desk, aMail({ from: sender, replyTo: ['eve@evil.test'] }))
    await answer(row.conversation_id ?? '')
    expect(await recipientsOfAnswers(row.conversation_id ?? '')).toEqual([sender])
  })
})

describe('a loop between two desks', () => {
  const acknowledgements = async (sender: string) =>
    (await db().selectFrom('outbox').selectAll().where('recipient_key', '=', sender).execute()).filter(
      ({ kind }) => kind === 'acknowledgement',
    )

  test('that marks nothing ends by itself, and every mail is kept', async () => {
    const sender = `desk-${newId()}@other.test`
    const rows = []
    // The other desk answers each of our mails with a new one, without a word that a machine wrote it.
    for (let n = 0; n < 60; n++) rows.push(await accepted(desk, aMail({ from: sender, subject: `Received ${n}` })))
    expect((await acknowledgements(sender)).length).toBeLessThanOrEqual(5)
    expect(rows.every(({ verdict }) => verdict === 'opened')).toBe(true)
  })

  test('that marks its mails does not begin', async () => {
    const sender = `desk-${newId()}@other.test`
    const { id } = await conversation({ from: sender, kind: 'auto-reply' })
    expect(id).toBe('')
    await accepted(desk, aMail({ from: sender, kind: 'automatic' }))
    expect(await acknowledgements(sender)).toEqual([])
  })
})
