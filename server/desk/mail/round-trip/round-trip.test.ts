// Mail that a mailbox sends to itself, through real servers and through one that spoils it.
import { ImapFlow } from 'imapflow'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { startDovecot } from '../../../../test/mail-servers/dovecot.ts'
import { REFUSED_SENDER } from '../../../../test/mail-servers/opensmtpd.ts'
import { type Submission, startSubmission } from '../../../../test/mail-servers/submission.ts'
import { deliver, type MailServers, missingMailServers, startMailServers } from '../../../../test/mail-servers.ts'
import { systemActor } from '../../actor.ts'
import { incomingOf, outgoingOf } from '../../mailboxes/mailbox.ts'
import { getMailbox } from '../../mailboxes/mailboxes.ts'
import { keepRaw } from '../intake/keep-raw.ts'
import type { ProbeWay } from './probe.ts'
import { makeRoundTrip, type RoundTrip, type Tested } from './round-trip.ts'

const LONG = { patienceMs: 20_000, pauseMs: 50 }
const POLL = { timeout: 15_000, interval: 20 }

describe.skipIf(missingMailServers())('a mail that a mailbox sends to itself', () => {
  let desk: TestDesk
  let servers: MailServers
  let relay: Submission
  beforeAll(async () => {
    desk = await newDesk()
    servers = await startMailServers()
    relay = await startSubmission({ isOpen: true, isStartTlsHidden: true })
  }, 60_000)
  afterEach(() => {
    relay.taken.length = 0
  })
  afterAll(async () => {
    await relay?.stop()
    await servers?.stop()
    await desk?.close()
  })

  let count = 0
  const anAddress = (): string => `trip${++count}@desk.test`

  async function aMailbox(address: string, smtpPort: number, incoming: Record<string, unknown> = {}): Promise<Tested> {
    const { body, text, status } = await desk.v3('POST', 'mailboxes', {
      address,
      is_test_skipped: true,
      incoming: {
        host: 'localhost',
        port: servers.dovecot.imapsPort,
        user: address,
        password: servers.password,
        authorities: servers.authority,
        ...incoming,
      },
      outgoing: { host: '127.0.0.1', port: smtpPort, security: 'none', auth: 'none' },
    })
    if (status !== 200) throw new Error(text)
    const mailbox = await getMailbox(desk.app.database.reader, systemActor, body.id)
    const [stored, outgoing] = [incomingOf(mailbox), outgoingOf(mailbox)]
    if (!stored || !outgoing) throw new Error('a server is missing')
    return { mailbox, incoming: stored, outgoing }
  }

  const tripOf = (tested: Tested, way: ProbeWay = 'headers', waiting = LONG): Promise<RoundTrip> =>
    makeRoundTrip(desk.app, tested, way, waiting)

  /** What comes back of a mail that a relay has changed. */
  async function spoiled(change: (raw: string) => string): Promise<RoundTrip> {
    const address = anAddress()
    const trip = tripOf(await aMailbox(address, relay.port))
    const taken = () => relay.taken.find(({ from }) => from === address)?.raw
    await expect.poll(taken, POLL).toBeDefined()
    await deliver(servers.dovecot, address, change(taken() ?? ''))
    return trip
  }

  async function client(address: string): Promise<ImapFlow> {
    const opened = new ImapFlow({
      host: 'localhost',
      port: servers.dovecot.imapPort,
      secure: false,
      doSTARTTLS: false,
      auth: { user: address, pass: servers.password },
      logger: false,
    })
    await opened.connect()
    return opened
  }

  test('is not sent where the password is wrong', async () => {
    const tested = await aMailbox(anAddress(), relay.port, { password: 'wrong' })
    expect(await tripOf(tested)).toEqual({
      kind: 'unreachable',
      says: expect.stringContaining('does not accept this user name and password'),
    })
    expect(relay.taken).toEqual([])
  })

  test('is refused by a relay, whose words are told', async () => {
    expect(await tripOf(await aMailbox(REFUSED_SENDER, servers.smtp.port))).toEqual({
      kind: 'unsent',
      says: expect.stringMatching(/127\.0\.0\.1 does not take a mail from refused@refused\.test .* It says: .*55\d/),
    })
  })

  test('cannot be sent where nobody listens', async () => {
    expect(await tripOf(await aMailbox(anAddress(), 9))).toEqual({
      kind: 'unsent',
      says: expect.stringContaining('refuses connections on port 9'),
    })
  })

  test('never arrives', async () => {
    const looks: number[] = []
    const waiting = { patienceMs: 300, pauseMs: 50, onLook: (waitedMs: number) => looks.push(waitedMs) }
    expect(await tripOf(await aMailbox(anAddress(), relay.port), 'headers', waiting)).toMatchObject({ kind: 'lost' })
    expect(relay.taken).toHaveLength(1)
    expect(looks.length).toBeGreaterThan(1)
  })

  test('is changed on the way: its Message-ID, its References, everything that threads', async () => {
    const renamed = await spoiled((raw) => raw.replace(/^Message-ID: .*$/im, 'Message-ID: <other@relay.test>'))
    expect(renamed).toMatchObject({
      kind: 'back',
      isThreaded: true,
      changes: ['Its Message-ID was replaced by other@relay.test.'],
    })
    const cut = await spoiled((raw) => raw.replace(/^References: .*\r\n(?:[ \t].*\r\n)*/im, ''))
    expect(cut).toMatchObject({ isThreaded: true, changes: ['Its References were taken away or changed.'] })
    const bare = await spoiled((raw) => raw.replace(/^(?:References|In-Reply-To): .*\r\n(?:[ \t].*\r\n)*/gim, ''))
    expect(bare).toMatchObject({ isThreaded: false })
    expect(bare).toHaveProperty('changes.length', 2)
  })

  test('comes back threaded, by headers and by address, and is removed alone', async () => {
    const address = anAddress()
    const other = await client(address)
    await other.append('INBOX', 'Subject: mine\r\n\r\nKeep\r\n')
    await other.append('INBOX', 'Subject: marked\r\n\r\nKeep\r\n', ['\\Deleted'])
    const tested = await aMailbox(address, servers.smtp.port)
    for (const way of ['headers', 'address'] as const)
      expect(await tripOf(tested, way)).toMatchObject({
        kind: 'back',
        folder: 'INBOX',
        isFetched: true,
        isThreaded: true,
        isRemoved: true,
        changes: [],
      })
    expect(await other.status('INBOX', { messages: true })).toMatchObject({ messages: 2 })
    await other.logout()
  })

  test('is left there by a server that would remove others with it', async () => {
    const dovecot = await startDovecot({ capability: 'IMAP4rev1 LITERAL+' })
    try {
      const address = anAddress()
      await deliver(dovecot, address, 'Subject: mine\n\nKeep\n')
      const trip = tripOf(await aMailbox(address, relay.port, { port: dovecot.imapsPort }))
      await expect.poll(() => relay.taken.length, POLL).toBe(1)
      await deliver(dovecot, address, relay.taken[0]?.raw ?? '')
      expect(await trip).toMatchObject({ kind: 'back', isThreaded: true, isRemoved: false })
    } finally {
      await dovecot.remove()
    }
  })

  test('is found where nobody fetches it', async () => {
    const address = anAddress()
    const other = await client(address)
    await other.mailboxCreate('Sales')
    await other.logout()
    const tested = await aMailbox(address, servers.smtp.port, { folders: ['Sales'] })
    expect(await tripOf(tested)).toMatchObject({ kind: 'back', folder: 'INBOX', isFetched: false, isThreaded: true })
  })

  test('opens nothing when a running server fetches it too, whatever a relay did to its Message-ID', async () => {
    const tested = await aMailbox(anAddress(), relay.port)
    for (const way of ['headers', 'address'] as const) await tripOf(tested, way, { patienceMs: 0, pauseMs: 0 })
    const raws = relay.taken.flatMap(({ raw }) => [
      raw,
      raw.replace(/^Message-ID: .*$/im, 'Message-ID: <x@relay.test>'),
    ])
    expect(raws).toHaveLength(4)
    const forged = (raws[1] ?? '').replace(/^(X-Deskhand-Check: dh\.check\.)\w/im, '$1_').replace('x@', 'forged@')
    for (const raw of [...raws, forged])
      await keepRaw(desk.app, {
        mailboxId: tested.mailbox.id,
        source: 'imap',
        contents: Buffer.from(raw, 'latin1'),
        envelope: {},
      })
    await desk.drain()
    const rows = await desk.app.database.reader
      .selectFrom('raw_mails')
      .select(['verdict', 'conversation_id'])
      .where('mailbox_id', '=', tested.mailbox.id)
      .orderBy('seq')
      .execute()
    expect(rows.slice(0, 4)).toEqual(Array(4).fill({ verdict: 'own', conversation_id: null }))
    // Nobody else can make one.
    expect(rows[4]?.verdict).toBe('opened')
  })
})
