// Through OpenSMTPD to Dovecot: what lies in the customer's mailbox in the end.
import { ImapFlow } from 'imapflow'
import PostalMime, { type Email } from 'postal-mime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { REFUSED_RECIPIENT } from '../../../../test/mail-servers/opensmtpd.ts'
import { type Submission, startSubmission } from '../../../../test/mail-servers/submission.ts'
import { type MailServers, missingMailServers, startMailServers } from '../../../../test/mail-servers.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'

describe.skipIf(missingMailServers())('through real servers', () => {
  let servers: MailServers
  let desk: TestDesk
  let agent: { userid: string }
  beforeAll(async () => {
    servers = await startMailServers()
    desk = await newDesk()
    agent = await anAgent(desk)
    await aMailbox(desk, servers.smtp.port, { outgoing: { connections: 4 } })
  })
  afterAll(async () => {
    await desk?.close()
    await servers?.stop()
  })

  async function inbox(user: string): Promise<Email[]> {
    const client = new ImapFlow({
      host: 'localhost',
      port: servers.dovecot.imapsPort,
      secure: true,
      auth: { user, pass: servers.password },
      tls: { ca: servers.authority },
      logger: false,
    })
    await client.connect()
    await client.mailboxOpen('INBOX', { readOnly: true })
    const mails: Email[] = []
    if (client.mailbox && client.mailbox.exists > 0)
      for await (const { source } of client.fetch('1:*', { source: true }))
        if (source) mails.push(await PostalMime.parse(source))
    await client.logout()
    return mails
  }

  const answer = async (id: string, fields: Record<string, string> = {}) => {
    const { status, text } = await desk.v1('POST', `conversations/${id}/messages`, {
      message: 'Grüße\n.\n..\n.',
      useridentifier: agent.userid,
      ...fields,
    })
    expect(status, text).toBe(200)
  }
  const statesOf = async (id: string) =>
    (await desk.v3('GET', `outbox?conversation=${id}`)).body.mails.map(({ state }: { state: string }) => state)

  test('an answer with a large file arrives byte by byte, and the next one in its thread', async () => {
    const contents = Buffer.from(Array.from({ length: 2_000_000 }, (_, n) => (n * 7) % 256))
    const { fileid } = (
      await desk.v1('POST', 'files', { name: 'groß.bin', type: 'application/pdf', data: contents.toString('base64') })
    ).body
    const { conversationid } = await aConversation(desk, {
      useridentifier: 'anna@customer.test',
      subject: 'Drucker brennt 🔥',
      mail_messsage_id: '<hers@customer.test>',
      cc: 'boss@customer.test',
    })
    await answer(conversationid, { attachments: fileid })
    await desk.drain()
    await answer(conversationid)
    await desk.drain()
    expect(await statesOf(conversationid)).toEqual(['sent', 'sent'])
    await expect.poll(async () => (await inbox('boss@customer.test')).length, { timeout: 20_000 }).toBe(2)
    const [first, second] = await inbox('anna@customer.test')
    expect(first?.subject).toBe('Re: Drucker brennt 🔥')
    expect(first?.text?.replaceAll('\r', '').trim()).toBe('Grüße\n.\n..\n.')
    expect(Buffer.from(first?.attachments[0]?.content as ArrayBuffer).equals(contents)).toBe(true)
    expect(first?.attachments[0]?.filename).toBe('groß.bin')
    expect(first?.inReplyTo).toBe('<hers@customer.test>')
    expect(second?.inReplyTo).toBe('<hers@customer.test>')
    expect(second?.references).toContain(first?.messageId)
  })

  test('a burst goes over a few connections, each mail once', async () => {
    const { conversationid } = await aConversation(desk, { useridentifier: 'burst@customer.test' })
    for (let n = 0; n < 40; n++) await answer(conversationid)
    await desk.drain()
    expect(new Set(await statesOf(conversationid))).toEqual(new Set(['sent']))
    await expect.poll(async () => (await inbox('burst@customer.test')).length, { timeout: 20_000 }).toBe(40)
    const ids = (await inbox('burst@customer.test')).map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(40)
  })

  test('a recipient whom the server refuses fails the mail', async () => {
    const { conversationid } = await aConversation(desk, { useridentifier: REFUSED_RECIPIENT })
    await answer(conversationid)
    await desk.drain()
    expect(await statesOf(conversationid)).toEqual(['failed'])
  })

  test('a server that is away for a while gets the mail when it is back', async () => {
    await servers.smtp.stop()
    const { conversationid } = await aConversation(desk, { useridentifier: 'later@customer.test' })
    await answer(conversationid)
    await desk.drain()
    expect(await statesOf(conversationid)).toEqual(['delayed'])
    await servers.smtp.start()
    const { sendDue } = await import('./send-due.ts')
    await desk.app.database.write((tx) => tx.updateTable('outbox').set({ due_at: 0 }).execute())
    await sendDue(desk.app)
    expect(await statesOf(conversationid)).toEqual(['sent'])
    await expect.poll(async () => (await inbox('later@customer.test')).length, { timeout: 20_000 }).toBe(1)
  })

  describe('that want to know who sends', () => {
    let submission: Submission
    beforeAll(async () => {
      submission = await startSubmission({ isTls: true })
    })
    afterAll(() => submission?.stop())

    test('a password is given over TLS only, and opens the way', async () => {
      const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Signed in' })).body
      await aMailbox(desk, submission.port, {
        address: 'signed@desk.test',
        departmentId: departmentid,
        outgoing: {
          host: 'localhost',
          port: submission.port,
          security: 'tls',
          auth: 'password',
          user: 'desk',
          authorities: servers.authority,
        },
        secrets: { outgoing: { password: servers.password } },
      })
      const { conversationid } = await aConversation(desk, { department: departmentid })
      await answer(conversationid)
      await desk.drain()
      expect(await statesOf(conversationid)).toEqual(['sent'])
      expect(submission.taken).toMatchObject([{ from: 'signed@desk.test' }])
    })
  })
})
