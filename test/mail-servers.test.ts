import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REFUSED_SENDER } from './mail-servers/opensmtpd.ts'
import { startSubmission } from './mail-servers/submission.ts'
import { deliver, type MailServers, missingMailServers, startMailServers } from './mail-servers.ts'

describe.skipIf(missingMailServers())('the mail servers of tests', () => {
  let servers: MailServers
  beforeAll(async () => {
    servers = await startMailServers()
  })
  afterAll(() => servers?.stop())

  /** Subjects in the INBOX of an address. */
  async function inbox(user: string, secure: boolean): Promise<(string | undefined)[]> {
    const { imapPort, imapsPort } = servers.dovecot
    const client = new ImapFlow({
      host: 'localhost',
      port: secure ? imapsPort : imapPort,
      secure,
      auth: { user, pass: servers.password },
      tls: { ca: servers.authority },
      logger: false,
    })
    await client.connect()
    await client.mailboxOpen('INBOX', { readOnly: true })
    const subjects = []
    for await (const { envelope } of client.fetch('1:*', { envelope: true })) subjects.push(envelope?.subject)
    await client.logout()
    return subjects
  }

  test('carry a mail from SMTP to IMAP; the submission server keeps what it takes', async () => {
    const submission = await startSubmission()
    const auth = { user: 'anybody', pass: servers.password }
    const ways = [
      { port: servers.smtp.port, ignoreTLS: true },
      { port: submission.port, requireTLS: true, auth },
    ]
    for (const way of ways) {
      const transport = createTransport({ host: 'localhost', tls: { ca: servers.authority }, ...way })
      await transport.sendMail({ from: 'a@b.test', to: 'ways@desk.test', subject: String(way.port), text: 'Hello' })
      transport.close()
    }
    await submission.stop()
    expect(submission.taken).toMatchObject([{ from: 'a@b.test', to: ['ways@desk.test'] }])
    await expect.poll(() => inbox('ways@desk.test', true), { timeout: 10_000 }).toEqual([String(servers.smtp.port)])
  })

  test('refuse one sender, and take every other', async () => {
    const transport = createTransport({ host: 'localhost', port: servers.smtp.port, ignoreTLS: true })
    await expect(transport.sendMail({ from: REFUSED_SENDER, to: 'a@desk.test', text: 'x' })).rejects.toThrow('550')
  })

  test('take mail over LMTP, and begin again with what they had', async () => {
    await deliver(servers.dovecot, 'direct@desk.test', 'Subject: One\n\n.dots\n.\n')
    await servers.dovecot.stop()
    await servers.dovecot.start()
    expect(await inbox('direct@desk.test', false)).toEqual(['One'])
  })
})
