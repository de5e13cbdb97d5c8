// Which messages leave by mail, and to whom: what the calls of both APIs say.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { type Relay, startRelay } from '../../../../test/relay.ts'
import { signIn } from '../../../../test/session.ts'

let desk: TestDesk
let relay: Relay
let agent: { userid: string; email: string }
let n = 0

beforeAll(async () => {
  desk = await newDesk()
  relay = await startRelay()
  agent = await anAgent(desk)
})
afterAll(async () => {
  await relay.close()
  await desk.close()
})
beforeEach(() => {
  relay.mails.length = 0
})
afterEach(() => desk.drain())

const queued = () => desk.app.database.reader.selectFrom('outbox').selectAll().orderBy('seq').execute()
const opened = (fields: Record<string, string> = {}) =>
  aConversation(desk, { useridentifier: `customer-${n++}@example.com`, ...fields })
const answer = async (id: string, fields: Record<string, string> = {}) => {
  const { status, text } = await desk.v1('POST', `conversations/${id}/messages`, {
    message: 'Put it out.',
    useridentifier: agent.userid,
    ...fields,
  })
  expect(status, text).toBe(200)
}
/** What arrives after everything is done. */
const arrived = async () => {
  await desk.drain()
  return relay.mails
}

describe('without a mailbox that sends', () => {
  test('nothing is put into the outbox, and no mail is noted', async () => {
    const { conversationid } = await opened()
    await answer(conversationid)
    expect(await queued()).toEqual([])
    expect(await desk.app.database.reader.selectFrom('mails').selectAll().execute()).toEqual([])
    expect(await desk.app.database.reader.selectFrom('thread_ids').selectAll().execute()).toEqual([])
  })
})

describe('with a mailbox', () => {
  beforeAll(async () => {
    await aMailbox(desk, relay.port, { aliases: ['help@desk.test'] })
  })

  test('nobody gets mail of what he wrote himself', async () => {
    const { conversationid } = await opened({ useridentifier: 'anna@example.com', cc: 'boss@example.com' })
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'And now the desk burns, too.',
      useridentifier: 'anna@example.com',
    })
    expect(await arrived()).toEqual([])
  })

  test.each([
    ['a note', { type: 'N' }],
    ['a message by nobody, which becomes a note', { useridentifier: '' }],
    ['a message that somebody else has mailed', { do_not_send_mail: 'Y' }],
  ])('%s is not mailed', async (_, fields) => {
    const { conversationid } = await opened()
    await answer(conversationid, fields)
    expect(await arrived()).toEqual([])
  })

  test('an answer goes to the requester and to everybody in copy, once each', async () => {
    const { conversationid } = await opened({
      useridentifier: 'bert@example.com',
      cc: 'boss@example.com,BOSS@example.com,bert@example.com,colleague@example.org',
    })
    await answer(conversationid)
    const [mail] = await arrived()
    expect(mail?.from).toBe('support@desk.test')
    expect(mail?.to).toEqual(['bert@example.com', 'boss@example.com', 'colleague@example.org'])
    expect(mail?.headers.get('to')).toBe('bert@example.com')
    expect(mail?.headers.get('cc')).toBe('boss@example.com, colleague@example.org')
    expect(relay.mails).toHaveLength(1)
  })

  test('no mail goes to an address of ours, neither as requester nor in copy', async () => {
    const toUs = await opened({ useridentifier: 'HELP@desk.test' })
    await answer(toUs.conversationid)
    expect(await arrived()).toEqual([])
    const { conversationid } = await opened({
      useridentifier: 'cleo@example.com',
      cc: 'Support@desk.test,help@desk.test',
    })
    await answer(conversationid)
    expect((await arrived()).map(({ to }) => to)).toEqual([['cleo@example.com']])
  })

  test('a requester without an address, or deleted, gets none', async () => {
    const { conversationid } = await opened({ useridentifier: 'gone@example.com' })
    const { app } = desk
    await app.database.write((tx) =>
      tx.updateTable('customers').set({ deleted_at: 1 }).where('email', '=', 'gone@example.com').execute(),
    )
    await answer(conversationid)
    expect(await arrived()).toEqual([])
  })

  test('a conversation that an agent opens is mailed to its recipient, by name', async () => {
    const { conversationid } = await aConversation(desk, {
      useridentifier: agent.userid,
      recipient: 'dora@example.com',
      recipient_name: 'Dora Díaz',
      cc: 'boss@example.com',
      subject: 'Your order',
      message: '<p>It is <b>on its way</b>.</p>',
      is_html_message: 'Y',
    })
    const [mail] = await arrived()
    expect(mail?.to).toEqual(['dora@example.com', 'boss@example.com'])
    expect(mail?.mail.to).toEqual([{ name: 'Dora Díaz', address: 'dora@example.com' }])
    expect(mail?.mail.subject).toMatch(/^Your order \[[A-Z]{3}-[A-Z]{5}-\d{3}\]$/)
    expect(mail?.mail.html).toContain('<p>It is <b>on its way</b>.</p>')
    expect(mail?.mail.text).toContain('It is on its way.')
    const [row] = (await queued()).slice(-1)
    expect(row).toMatchObject({ state: 'sent', conversation_id: conversationid, kind: 'answer', attempts: 1 })
  })

  test('a conversation that is told to be mailed already is not mailed', async () => {
    await aConversation(desk, { useridentifier: agent.userid, recipient: 'e@example.com', do_not_send_mail: 'Y' })
    expect(await arrived()).toEqual([])
  })

  test('a told Message-ID is what the answer refers to', async () => {
    const { conversationid } = await opened({ mail_messsage_id: '<their-mail@example.com>', subject: 'AW: Printer' })
    await answer(conversationid)
    const [mail] = await arrived()
    expect(mail?.headers.get('in-reply-to')).toBe('<their-mail@example.com>')
    expect(mail?.headers.get('references')).toMatch(/ <their-mail@example.com>$/)
    expect(mail?.mail.subject).toBe('Re: Printer')
  })

  test('without the template, the bare text is sent', async () => {
    expect((await desk.v3('PUT', 'signatures', { html: '<p>The Desk</p>' })).status).toBe(200)
    const { conversationid } = await opened()
    await answer(conversationid, { use_template: 'N' })
    await arrived()
    await answer(conversationid)
    const [bare, full] = await arrived()
    expect(bare?.mail.text?.trim()).toBe('Put it out.')
    expect(full?.mail.text?.trim()).toMatch(/^Put it out\.\s+-- \n *The Desk$/)
  })

  test('files go along, by id', async () => {
    const { fileid } = (await desk.v1('POST', 'files', { name: 'é.txt', type: 'text/plain', data: 'c2VjcmV0' })).body
    const { conversationid } = await opened()
    await answer(conversationid, { attachments: fileid })
    const [mail] = await arrived()
    expect(mail?.mail.attachments).toMatchObject([{ filename: 'é.txt', mimeType: 'text/plain' }])
  })

  test('what carries a date of its own is history and not mailed', async () => {
    const { getConversationForChange } = await import('../../conversations/conversation.ts')
    const { postMessage } = await import('../../conversations/messages.ts')
    const { systemActor } = await import('../../actor.ts')
    const { conversationid } = await opened()
    const message = { body: 'Long ago.', isHtml: false, text: 'Long ago.' }
    const author = { kind: 'agent' as const, userId: agent.userid }
    const post = (mail?: Record<string, never>) =>
      desk.app.database.write(async (tx) => {
        const conversation = await getConversationForChange(tx, systemActor, conversationid)
        return postMessage(tx, conversation, { author, message, isNote: false, at: 1_000_000_000_000, mail })
      })
    expect((await post()).outboxSeq).toBeUndefined()
    expect((await post({})).outboxSeq).toBeGreaterThan(0)
  })

  describe('our own API', () => {
    const post = async (id: string, body: Record<string, unknown>) => {
      const {
        status,
        text,
        body: posted,
      } = await desk.v3('POST', `conversations/${id}/messages`, {
        message: 'Hello',
        useridentifier: agent.userid,
        ...body,
      })
      expect(status, text).toBe(200)
      return posted
    }

    test('names the mail in the outbox, or none', async () => {
      const { conversationid } = await opened()
      const { outboxid } = await post(conversationid, {})
      expect((await desk.v3('GET', `outbox/${outboxid}`)).body.state).toBe('queued')
      expect((await post(conversationid, { do_not_send_mail: true })).outboxid).toBeNull()
      expect((await post(conversationid, { type: 'N' })).outboxid).toBeNull()
    })

    test('replaces who is in copy, from then on', async () => {
      const { conversationid } = await opened({ useridentifier: 'f@example.com', cc: 'old@example.com' })
      await post(conversationid, { cc: ['new@example.com'] })
      await post(conversationid, {})
      expect((await arrived()).map(({ to }) => to)).toEqual([
        ['f@example.com', 'new@example.com'],
        ['f@example.com', 'new@example.com'],
      ])
    })

    test('refuses a copy to what is no address, and stores nothing', async () => {
      const { conversationid } = await opened()
      const before = await queued()
      for (const cc of [['nobody'], ['a@b.test\r\nBcc: c@d.test'], ['a@b.test, c@d.test']])
        expect((await desk.v3('POST', `conversations/${conversationid}/messages`, { message: 'x', cc })).status).toBe(
          400,
        )
      expect(await queued()).toEqual(before)
    })

    test("lets a program's mail leave at once, and an agent's wait to be taken back", async () => {
      const { conversationid } = await opened()
      const session = await signIn(desk, agent.email)
      const path = `conversations/${conversationid}/messages`
      const waits = async (outboxid: number) => {
        const { datedue, datecreated } = (await desk.v3('GET', `outbox/${outboxid}`)).body
        return Date.parse(datedue) - Date.parse(datecreated)
      }
      expect(await waits((await post(conversationid, {})).outboxid)).toBeLessThanOrEqual(0)
      expect(await waits((await post(conversationid, { undo_seconds: 30 })).outboxid)).toBeGreaterThan(29_000)
      const byAgent = await session.v3('POST', path, { message: 'Hello' })
      expect(await waits(byAgent.body.outboxid)).toBeGreaterThan(4_000)
      const atOnce = await session.v3('POST', path, { message: 'Hello', undo_seconds: 0 })
      expect(await waits(atOnce.body.outboxid)).toBeLessThanOrEqual(0)
    })
  })

  test('a department sends from its own mailbox, others from the default one', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Sales' })).body
    await aMailbox(desk, relay.port, {
      address: 'sales@desk.test',
      departmentId: departmentid,
      senderName: 'Möbel & Söhne, "Sales"',
    })
    const other = (await desk.v3('POST', 'departments', { name: 'Other' })).body.departmentid
    for (const department of [departmentid, other]) {
      const { conversationid } = await opened({ department })
      await answer(conversationid)
      await arrived()
    }
    expect((await arrived()).map(({ from, mail }) => [from, mail.from])).toEqual([
      ['sales@desk.test', { name: 'Möbel & Söhne, "Sales"', address: 'sales@desk.test' }],
      ['support@desk.test', { name: 'Deskhand', address: 'support@desk.test' }],
    ])
  })
})
