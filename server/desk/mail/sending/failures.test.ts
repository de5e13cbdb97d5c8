// Servers that refuse, break off, stall or lie: what becomes of the mail, and what people are told.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { AUTHORITY, ELSEWHERE, EXPIRED, GOOD } from '../../../../test/mail-servers/certificates.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { type Relay, reply, startRelay } from '../../../../test/relay.ts'
import { systemActor } from '../../actor.ts'
import { draftMailbox, type MailboxPatch } from '../../mailboxes/draft.ts'
import type { Mailbox } from '../../mailboxes/mailbox.ts'
import { changeMailbox, getMailboxForChange } from '../../mailboxes/mailboxes.ts'
import { newMessageId } from '../../outbox/message-id.ts'
import { queueMail } from '../../outbox/outbox.ts'
import { sendDue } from './send-due.ts'

let desk: TestDesk
let relay: Relay
let mailbox: Mailbox
let agent: { userid: string }
const others: { close(): Promise<unknown> }[] = []

beforeAll(async () => {
  desk = await newDesk()
  relay = await startRelay()
  mailbox = await aMailbox(desk, relay.port)
  agent = await anAgent(desk)
})
afterAll(async () => {
  await relay.close()
  await desk.close()
})
beforeEach(() => {
  relay.behaviour = {}
  relay.mails.length = 0
  relay.connections = 0
})
afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.close()))
  await change({
    outgoing: { port: relay.port, security: 'none', auth: 'none', host: '127.0.0.1', user: '', authorities: null },
  })
  await desk.app.database.write((tx) =>
    tx.updateTable('outbox').set({ state: 'cancelled' }).where('state', '<>', 'sent').execute(),
  )
})

const change = (patch: MailboxPatch) =>
  desk.app.database.write(async (tx) => {
    const now = await getMailboxForChange(tx, systemActor, mailbox.id)
    return changeMailbox(tx, systemActor, draftMailbox(desk.app.installation.secret, now, patch))
  })

/** A relay with settings of its own, for one test. */
async function another(options: Parameters<typeof startRelay>[0]): Promise<Relay> {
  const other = await startRelay(options)
  others.push(other)
  return other
}

interface Answered {
  conversationid: string
  outboxid: number
}

async function answer(fields: Record<string, string> = {}): Promise<Answered> {
  const { conversationid } = await aConversation(desk, fields)
  const { body, text } = await desk.v3('POST', `conversations/${conversationid}/messages`, {
    message: 'Put it out.',
    useridentifier: agent.userid,
  })
  expect(body.outboxid, text).toBeGreaterThan(0)
  return { conversationid, outboxid: body.outboxid }
}

const stateOf = async ({ outboxid }: Answered) => (await desk.v3('GET', `outbox/${outboxid}`)).body
/** What people read in the conversation. */
const historyOf = async ({ conversationid }: Answered): Promise<string> =>
  (await desk.v3('GET', `conversations/${conversationid}/messages`)).body.groups
    .flatMap(({ messages }: { messages: { message: string }[] }) => messages.map(({ message }) => message))
    .join('\n')
const statusOf = async ({ conversationid }: Answered) =>
  (await desk.v3('GET', `conversations/${conversationid}`)).body.status
const eventsOf = async ({ conversationid }: Answered) =>
  (
    await desk.app.database.reader
      .selectFrom('events')
      .select('type')
      .where('conversation_id', '=', conversationid)
      .orderBy('seq')
      .execute()
  )
    .map(({ type }) => type)
    .filter((type) => type.startsWith('mail.'))
const minutesUntil = (date: string): number => (Date.parse(date) - Date.now()) / 60_000

/** As if its time had come. */
const dueNow = () =>
  desk.app.database.write((tx) =>
    tx.updateTable('outbox').set({ due_at: Date.now() }).where('state', 'in', ['queued', 'delayed']).execute(),
  )
async function again(): Promise<void> {
  await dueNow()
  await sendDue(desk.app)
}

describe('a refusal for good', () => {
  test.each([
    [
      'of the recipient',
      {
        rcptTo: () => {
          throw reply(550, '5.1.1 No such user')
        },
      },
      'RCPT TO: 550 5.1.1 No such user',
    ],
    [
      'of the sender',
      {
        mailFrom: () => {
          throw reply(553, '5.7.1 Not yours')
        },
      },
      'MAIL FROM: 553 5.7.1 Not yours',
    ],
    [
      'of the contents',
      {
        end: () => {
          throw reply(554, '5.7.0 Spam')
        },
      },
      'DATA: 554 5.7.0 Spam',
    ],
  ])('%s fails the mail at once, opens the conversation and says why', async (_, behaviour, words) => {
    relay.behaviour = behaviour
    const mail = await answer()
    expect(await statusOf(mail)).toBe('A')
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({ state: 'failed', trouble: words, attempts: 1 })
    expect(await historyOf(mail)).toContain(words)
    expect(await statusOf(mail)).toBe('C')
    expect(await eventsOf(mail)).toEqual(['mail.queued', 'mail.failed'])
    await again()
    expect((await stateOf(mail)).attempts).toBe(1)
  })
})

test('a mail of a machine has no return path; where a server insists on one, it gets one', async () => {
  const { conversationid } = await aConversation(desk, { useridentifier: 'carla@example.com' })
  const queue = () =>
    desk.app.database.write((tx) =>
      queueMail(tx, {
        kind: 'acknowledgement',
        mailboxId: mailbox.id,
        conversationId: conversationid,
        messageId: newMessageId(desk.app.installation.secret, conversationid, 'desk.test'),
        to: [{ name: 'Carla', address: 'carla@example.com' }],
      }),
    )
  await queue()
  await desk.drain()
  relay.behaviour = {
    mailFrom: (address) => {
      if (address === '') throw reply(553, '5.1.8 Sender address rejected')
    },
  }
  await queue()
  await desk.drain()
  expect(relay.mails.map(({ from }) => from)).toEqual(['', 'support@desk.test'])
  for (const { headers } of relay.mails) {
    expect(headers.get('auto-submitted')).toBe('auto-replied')
    expect(headers.get('x-auto-response-suppress')).toBe('All')
  }
})

describe('a refusal for now', () => {
  test('by greylisting is tried again after some minutes, and arrives', async () => {
    relay.behaviour = {
      rcptTo: () => {
        throw reply(450, '4.2.0 Greylisted, come back')
      },
    }
    const mail = await answer()
    await desk.drain()
    const delayed = await stateOf(mail)
    expect(delayed).toMatchObject({
      state: 'delayed',
      attempts: 1,
      trouble: 'RCPT TO: 450 4.2.0 Greylisted, come back',
    })
    expect(minutesUntil(delayed.datedue)).toBeGreaterThan(0.9)
    expect(minutesUntil(delayed.datedue)).toBeLessThan(1.1)
    // Nobody is bothered with what mends itself.
    expect(await historyOf(mail)).not.toContain('Greylisted')
    await again()
    expect(minutesUntil((await stateOf(mail)).datedue)).toBeGreaterThan(1.5)
    relay.behaviour = {}
    await again()
    expect(await stateOf(mail)).toMatchObject({ state: 'sent', attempts: 3, trouble: null })
    expect(relay.mails).toHaveLength(1)
    expect(await eventsOf(mail)).toEqual(['mail.queued', 'mail.delayed', 'mail.delayed', 'mail.sent'])
  })

  test('after the last byte is an answer: the server has not taken the mail', async () => {
    relay.behaviour = {
      end: () => {
        throw reply(451, '4.3.0 Try later')
      },
    }
    const mail = await answer()
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({ state: 'delayed', trouble: 'DATA: 451 4.3.0 Try later' })
    relay.behaviour = {}
    await again()
    expect((await stateOf(mail)).state).toBe('sent')
  })

  test('that never ends fails the mail after some days', async () => {
    relay.behaviour = {
      rcptTo: () => {
        throw reply(451, '4.3.0 Later')
      },
    }
    const mail = await answer()
    const pauses: number[] = []
    await desk.drain()
    for (let n = 1; (await stateOf(mail)).state === 'delayed' && n < 50; n++) {
      pauses.push(minutesUntil((await stateOf(mail)).datedue))
      await again()
    }
    expect(await stateOf(mail)).toMatchObject({ state: 'failed', trouble: 'RCPT TO: 451 4.3.0 Later' })
    const hours = pauses.reduce((sum, minutes) => sum + minutes, 0) / 60
    expect(hours).toBeGreaterThan(60)
    expect(hours).toBeLessThan(84)
    expect(await historyOf(mail)).toContain('could not be mailed')
  })
})

describe('recipients of whom only some are taken', () => {
  test('the others have the mail, and the conversation is told who has not', async () => {
    relay.behaviour = {
      rcptTo: (address) => {
        if (address.startsWith('boss')) throw reply(550, '5.1.1 No such user')
      },
    }
    const mail = await answer({ cc: 'boss@example.com,other@example.com', useridentifier: 'anna@example.com' })
    await desk.drain()
    expect(relay.mails.map(({ to }) => to)).toEqual([['anna@example.com', 'other@example.com']])
    expect(await stateOf(mail)).toMatchObject({
      state: 'sent',
      trouble: 'boss@example.com: RCPT TO: 550 5.1.1 No such user',
    })
    expect(await historyOf(mail)).toContain('did not reach everybody')
  })

  test('those whom the server asks to wait get it later, the others not twice', async () => {
    relay.behaviour = {
      rcptTo: (address) => {
        if (address.startsWith('slow')) throw reply(450, '4.2.0 Greylisted')
        if (address.startsWith('gone')) throw reply(550, '5.1.1 Gone')
      },
    }
    const mail = await answer({ cc: 'slow@example.com,gone@example.com', useridentifier: 'berta@example.com' })
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({ state: 'delayed' })
    relay.behaviour = {}
    await again()
    expect(relay.mails.map(({ to }) => to)).toEqual([['berta@example.com'], ['slow@example.com']])
    // Both are the same mail: what is shown to people does not tell of the second attempt.
    expect(relay.mails[1]?.headers.get('to')).toBe('berta@example.com')
    expect(relay.mails[1]?.headers.get('message-id')).toBe(relay.mails[0]?.headers.get('message-id'))
    expect(relay.mails[1]?.headers.get('date')).toBe(relay.mails[0]?.headers.get('date'))
    expect((await stateOf(mail)).state).toBe('sent')
    expect((await historyOf(mail)).match(/5\.1\.1 Gone/g)).toHaveLength(1)
  })
})

describe('a connection that breaks', () => {
  test('while the mail is being read: the server has not got its end, so it begins again', async () => {
    relay.behaviour = { data: (hangUp) => hangUp() }
    const mail = await answer()
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({ attempts: 1 })
    relay.behaviour = {}
    await again()
    expect(relay.mails.length + Number((await stateOf(mail)).state === 'unconfirmed')).toBe(1)
  })

  test('in the middle of a large mail: it is tried again', async () => {
    const data = Buffer.alloc(3_000_000, 5).toString('base64')
    const { fileid } = (await desk.v1('POST', 'files', { name: 'large.bin', type: 'application/octet-stream', data }))
      .body
    relay.behaviour = { data: (hangUp) => hangUp() }
    const { conversationid } = await aConversation(desk)
    const { body } = await desk.v3('POST', `conversations/${conversationid}/messages`, {
      message: 'See the file.',
      useridentifier: agent.userid,
      attachments: [fileid],
    })
    await desk.drain()
    expect(await stateOf(body)).toMatchObject({ state: 'delayed', attempts: 1 })
    relay.behaviour = {}
    await again()
    expect(relay.mails).toHaveLength(1)
    expect((await stateOf(body)).state).toBe('sent')
  })

  test('after the last byte: nobody knows, so it is shown and never sent again by itself', async () => {
    relay.behaviour = {
      end: (_, hangUp) => {
        hangUp()
        throw reply(451, 'never heard')
      },
    }
    const mail = await answer()
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({ state: 'unconfirmed', attempts: 1 })
    expect(await historyOf(mail)).toContain('It is not known whether this message was mailed')
    expect(await eventsOf(mail)).toEqual(['mail.queued', 'mail.unconfirmed'])
    relay.behaviour = {}
    await again()
    await desk.drain()
    expect(relay.mails).toEqual([])
    // A person decides.
    expect((await desk.v3('POST', `outbox/${mail.outboxid}/resend`)).body.state).toBe('queued')
    await desk.drain()
    expect(relay.mails).toHaveLength(1)
    expect((await stateOf(mail)).state).toBe('sent')
  })

  test('between two mails is not noticed by anybody', async () => {
    let count = 0
    relay.behaviour = {
      end: (_, hangUp) => {
        if (++count === 1) setImmediate(hangUp)
      },
    }
    const mails = [await answer(), await answer(), await answer(), await answer(), await answer()]
    await desk.drain()
    for (const mail of mails) {
      const { state, attempts } = await stateOf(mail)
      expect(['sent', 'unconfirmed']).toContain(state)
      expect(attempts).toBe(1)
    }
    expect(new Set(relay.mails.map(({ headers }) => headers.get('message-id'))).size).toBe(relay.mails.length)
  })
})

describe('a mailbox that cannot be used', () => {
  const wait = async (mails: Answered[], words: RegExp) => {
    await desk.drain()
    for (const mail of mails) {
      const { state, attempts, trouble } = await stateOf(mail)
      expect({ state, attempts }).toEqual({ state: 'delayed', attempts: 0 })
      expect(trouble).toMatch(words)
    }
  }

  test('lets all its mails wait without counting attempts, and says why', async () => {
    const wrong = await another({
      authOptional: false,
      allowInsecureAuth: true,
      authMethods: ['PLAIN'],
      onAuth: ({ password }, _, callback) =>
        password === 'right' ? callback(null, { user: 'desk' }) : callback(new Error('Invalid login')),
    })
    await change({
      outgoing: { port: wrong.port, auth: 'password', user: 'desk' },
      secrets: { outgoing: { password: 'wrong' } },
    })
    const mails = [await answer(), await answer(), await answer(), await answer(), await answer(), await answer()]
    await wait(mails, /user name and password/)
    // A server that sees many wrong passwords locks the account.
    expect(wrong.connections).toBeLessThanOrEqual(3)
    const shown = async () => (await desk.v3('GET', `mailboxes/${mailbox.id}`)).body.trouble
    expect(await shown()).toMatch(/^Sending: .*user name and password/)
    await change({ outgoing: { port: wrong.port }, secrets: { outgoing: { password: 'right' } } })
    await again()
    expect(wrong.mails).toHaveLength(6)
    expect(await shown()).toBeNull()
  })

  test('because nobody listens there: its mails wait', async () => {
    const { port } = await closedPort()
    await change({ outgoing: { port } })
    await wait([await answer(), await answer()], /refuses connections/)
  })

  test('for days: its mails fail, each says so in its conversation', async () => {
    const { port } = await closedPort()
    await change({ outgoing: { port } })
    const mail = await answer()
    await desk.drain()
    await desk.app.database.write((tx) =>
      tx
        .updateTable('outbox')
        .set({ queued_at: Date.now() - 4 * 86_400_000 })
        .where('seq', '=', mail.outboxid)
        .execute(),
    )
    await again()
    expect((await stateOf(mail)).state).toBe('failed')
    expect(await historyOf(mail)).toContain('refuses connections')
  })

  test('because it wants fewer connections: they are made one after the other', async () => {
    let open = 0
    relay.behaviour = {
      connect: () => {
        if (open >= 1) throw reply(421, '4.7.0 Too many connections')
        open++
      },
    }
    const mails = await Promise.all(Array.from({ length: 6 }, () => answer()))
    for (let n = 0; n < 20 && relay.mails.length < 6; n++) {
      await desk.drain()
      open = 0
      await dueNow()
      await sendDue(desk.app)
    }
    expect(relay.mails).toHaveLength(6)
    for (const mail of mails) expect(await stateOf(mail)).toMatchObject({ state: 'sent', attempts: 1 })
  })

  test('because it is gone: another one sends, or the mail waits for one', async () => {
    const mail = await answer()
    await desk.app.database.write((tx) => tx.updateTable('mailboxes').set({ is_active: 0 }).execute())
    await wait([mail], /No mailbox can send/)
    await desk.app.database.write((tx) => tx.updateTable('mailboxes').set({ is_active: 1 }).execute())
    await again()
    expect((await stateOf(mail)).state).toBe('sent')
  })
})

describe('TLS', () => {
  const tls = (certificate: { certificate: string; key: string }) => ({
    key: certificate.key,
    cert: certificate.certificate,
  })

  test.each([
    ['that has expired', EXPIRED, AUTHORITY, /expired/],
    ['for another name', ELSEWHERE, AUTHORITY, /another name/],
    ['of an authority that nobody knows', GOOD, null, /./],
  ])('a certificate %s is refused: nothing is told to that server', async (_, certificate, authorities, words) => {
    const server = await another({ secure: true, ...tls(certificate) })
    await change({ outgoing: { port: server.port, security: 'tls', host: 'localhost', authorities } })
    const mail = await answer()
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({ state: 'delayed', attempts: 0, trouble: expect.stringMatching(words) })
    expect(server.mails).toEqual([])
  })

  test.each(['tls', 'starttls'] as const)('with a good certificate, mail goes by %s', async (security) => {
    const server = await another({ secure: security === 'tls', ...tls(GOOD) })
    await change({ outgoing: { port: server.port, security, host: 'localhost', authorities: AUTHORITY } })
    const mail = await answer()
    await desk.drain()
    expect((await stateOf(mail)).state).toBe('sent')
    expect(server.mails).toHaveLength(1)
  })

  test('STARTTLS that is demanded and not offered sends nothing, least of all a password', async () => {
    let isAsked = false
    const server = await another({
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: (_auth, _session, callback) => {
        isAsked = true
        callback(null, { user: 'x' })
      },
    })
    await change({
      outgoing: { port: server.port, security: 'starttls', auth: 'password', user: 'desk' },
      secrets: { outgoing: { password: 'secret' } },
    })
    const mail = await answer()
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({
      state: 'delayed',
      attempts: 0,
      trouble: expect.stringMatching(/STARTTLS/),
    })
    expect(isAsked).toBe(false)
  })
})

describe('a server that is no server', () => {
  test.each([
    ['hangs up at once', (socket: import('node:net').Socket) => socket.destroy()],
    ['speaks something else', (socket: import('node:net').Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['talks without end', (socket: import('node:net').Socket) => socket.write('220-'.padEnd(2_000_000, 'x'))],
  ])('%s: mails wait', async (_, behave) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      behave(socket)
    })
    await listening(server)
    others.push({ close: () => new Promise((resolve) => server.close(resolve)) })
    await change({ outgoing: { port: (server.address() as AddressInfo).port } })
    const mail = await answer()
    await desk.drain()
    expect(await stateOf(mail)).toMatchObject({ state: 'delayed', attempts: 0 })
    expect((await stateOf(mail)).trouble.length).toBeLessThan(1_000)
  })
})

async function listening(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

async function closedPort(): Promise<{ port: number }> {
  const server = createServer()
  await listening(server)
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return { port }
}
