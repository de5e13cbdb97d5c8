// What administrators are told about servers that do not work: against real ones, and some that misbehave.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { AUTHORITY, type Certificate, ELSEWHERE, EXPIRED, GOOD } from '../../../test/mail-servers/certificates.ts'
import { type Dovecot, MAIL_PASSWORD, startDovecot } from '../../../test/mail-servers/dovecot.ts'
import { type SubmissionOptions, startSubmission } from '../../../test/mail-servers/submission.ts'
import { missingMailServers } from '../../../test/mail-servers.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../../lib/fetch-guard.certificate.ts'
import { draftMailbox, type MailboxPatch } from './draft.ts'
import { type MailboxTrial, tryDrafted } from './trial.ts'

const ADDRESS = 'desk@desk.test'
const desk = { config: { fetchAllow: [] } }

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

const trial = (patch: Omit<MailboxPatch, 'address'>): Promise<MailboxTrial> =>
  tryDrafted(desk, draftMailbox('secret', undefined, { address: ADDRESS, ...patch }))

const common = { host: 'localhost', user: ADDRESS, authorities: AUTHORITY }

const incoming = async (settings: MailboxPatch['incoming'], password = MAIL_PASSWORD) =>
  (await trial({ incoming: { ...common, ...settings }, secrets: { incoming: { password } } })).incoming

const outgoing = async (settings: MailboxPatch['outgoing'], password = MAIL_PASSWORD) =>
  (await trial({ outgoing: { ...common, ...settings }, secrets: { outgoing: { password } } })).outgoing

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

async function submission(options: SubmissionOptions = {}): Promise<number> {
  const server = await startSubmission(options)
  cleanups.push(() => server.stop())
  return server.port
}

describe('a server that cannot be reached', () => {
  test('whose name is unknown', async () => {
    const host = 'nowhere.invalid'
    expect((await incoming({ host }))?.trouble).toMatchObject({ field: 'host', says: expect.stringContaining(host) })
    expect((await outgoing({ host }))?.trouble?.field).toBe('host')
  })

  test('that refuses', async () => {
    const says = expect.stringContaining('refuses connections on port 9')
    expect((await incoming({ port: 9 }))?.trouble).toEqual({ field: 'port', says })
    expect((await outgoing({ port: 9 }))?.trouble).toEqual({ field: 'port', says })
  })

  test('that takes the connection and says nothing', async () => {
    const port = await listening(createServer())
    const found = await Promise.all([
      incoming({ port, security: 'starttls' }),
      outgoing({ port, security: 'starttls' }),
      incoming({ port, security: 'tls' }),
      outgoing({ port, security: 'tls' }),
    ])
    for (const each of found)
      expect(each?.trouble).toMatchObject({ field: 'port', says: expect.stringContaining('port') })
    for (const each of found.slice(0, 2)) expect(each?.trouble?.says).toContain('says nothing')
  })

  test('that closes at once', async () => {
    const port = await listening(createServer((socket) => socket.destroy()))
    for (const security of ['tls', 'starttls', 'none'] as const) {
      expect((await incoming({ port, security }))?.trouble?.says).toContain('localhost')
      expect((await outgoing({ port, security }))?.trouble?.says).toContain('localhost')
    }
  })

  test('that speaks another protocol, or nonsense', async () => {
    const port = await listening(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n\u0007nonsense')))
    for (const security of ['tls', 'starttls', 'none'] as const) {
      expect((await incoming({ port, security }))?.trouble).toBeTruthy()
      expect((await outgoing({ port, security }))?.trouble).toBeTruthy()
    }
  })
})

describe('encryption', () => {
  const tlsServer = ({ certificate, key }: Certificate) =>
    listening(createTlsServer({ cert: certificate, key }, (socket) => void socket.on('error', () => {})))

  test.each([
    ['has expired', EXPIRED, {}],
    ['for another name', ELSEWHERE, {}],
    ['Nobody whom we trust has signed', GOOD, { authorities: null }],
    ['is signed by itself', { certificate: CERTIFICATE, key: PRIVATE_KEY }, { authorities: null }],
  ])('a certificate that %s', async (says, certificate, settings) => {
    const port = await tlsServer(certificate)
    expect((await incoming({ port, ...settings }))?.trouble?.says).toContain(says)
    expect((await outgoing({ port, ...settings }))?.trouble?.says).toContain(says)
    const starttls = await submission({ certificate })
    expect((await outgoing({ port: starttls, security: 'starttls', ...settings }))?.trouble?.says).toContain(says)
  })

  test('TLS where the server speaks plain, and the reverse', async () => {
    const plain = await submission()
    expect((await outgoing({ port: plain, security: 'tls' }))?.trouble).toMatchObject({
      field: 'security',
      says: expect.stringContaining('does not speak TLS'),
    })
    const tls = await submission({ isTls: true })
    const found = await Promise.all([
      outgoing({ port: tls, security: 'starttls' }),
      outgoing({ port: tls, security: 'none' }),
    ])
    for (const each of found)
      expect(each?.trouble).toEqual({
        field: 'security',
        says: expect.stringContaining('wants TLS from the first byte'),
      })
  })

  test('STARTTLS that is not offered is never gone without', async () => {
    const port = await submission({ isStartTlsHidden: true })
    expect((await outgoing({ port, security: 'starttls' }))?.trouble).toMatchObject({
      field: 'security',
      says: expect.stringContaining('does not offer STARTTLS'),
    })
    const imap = createServer((socket) => {
      socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n')
      socket.on('data', (line) => {
        const text = line.toString()
        said += text
        socket.write(`* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${text.split(' ')[0]} OK\r\n`)
      })
    })
    let said = ''
    const trouble = (await incoming({ port: await listening(imap), security: 'starttls' }))?.trouble
    expect(trouble).toMatchObject({ field: 'security', says: expect.stringContaining('does not offer STARTTLS') })
    expect(said).not.toMatch(/AUTHENTICATE|LOGIN/)
  })
})

describe('sending', () => {
  test('a wrong password', async () => {
    const port = await submission()
    expect((await outgoing({ port, security: 'starttls' }, 'wrong'))?.trouble).toMatchObject({
      field: 'password',
      says: expect.stringContaining('does not accept this user name and password'),
    })
  })

  test('a sender or recipient that is refused, and nothing is sent', async () => {
    for (const step of ['from', 'to'] as const) {
      const server = await startSubmission({
        answer: (at) => (at === step ? '553 5.7.1 Sender address rejected: not owned by user' : undefined),
      })
      const found = await outgoing({ port: server.port, security: 'starttls' })
      expect(found?.trouble).toMatchObject({ field: 'user', says: expect.stringContaining('not owned by user') })
      await server.stop()
    }
  })

  test('a server without sign-in', async () => {
    const port = await submission({ isOpen: true })
    expect((await outgoing({ port, security: 'starttls' }))?.trouble?.field).toBe('auth')
    expect(await outgoing({ port, security: 'starttls', auth: 'none' })).toEqual({ trouble: null })
  })

  test('works by STARTTLS and TLS, and sends nothing', async () => {
    for (const isTls of [true, false]) {
      const server = await startSubmission({ isTls })
      expect(await outgoing({ port: server.port, security: isTls ? 'tls' : 'starttls' })).toEqual({ trouble: null })
      expect(server.taken).toEqual([])
      await server.stop()
    }
  })
})

describe.skipIf(missingMailServers(['dovecot']))('incoming mail', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot?.remove())

  test('a wrong password', async () => {
    expect((await incoming({ port: dovecot.imapsPort }, 'wrong'))?.trouble).toMatchObject({
      field: 'password',
      says: expect.stringContaining('does not accept this user name and password'),
    })
  })

  test('TLS where the server speaks plain, and the reverse', async () => {
    expect((await incoming({ port: dovecot.imapPort }))?.trouble?.says).toContain('does not speak TLS')
    const found = await Promise.all([
      incoming({ port: dovecot.imapsPort, security: 'starttls' }),
      incoming({ port: dovecot.imapsPort, security: 'none' }),
    ])
    for (const each of found)
      expect(each?.trouble).toEqual({
        field: 'security',
        says: expect.stringContaining('wants TLS from the first byte'),
      })
  })

  test('a password that the server takes only over encryption', async () => {
    const strict = createServer((socket) => {
      socket.write('* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n')
      socket.on('data', (line) => {
        const [tag, command] = line.toString().split(' ')
        if (/CAPABILITY/i.test(command ?? '')) socket.write(`* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n${tag} OK\r\n`)
        else socket.write(`${tag} NO [PRIVACYREQUIRED] Cleartext authentication disallowed.\r\n`)
      })
    })
    const trouble = (await incoming({ port: await listening(strict), security: 'none' }))?.trouble
    expect(trouble).toMatchObject({ field: 'security', says: expect.stringContaining('without encryption') })
  })

  test('a folder that is missing, with those that there are', async () => {
    expect((await incoming({ port: dovecot.imapsPort, folders: ['inbox', 'Sales'] }))?.trouble).toEqual({
      field: 'folders',
      says: "There is no folder 'Sales'. There are: 'INBOX'.",
    })
  })

  test('works on every port', async () => {
    for (const way of [
      { port: dovecot.imapsPort },
      { port: dovecot.imapPort, security: 'starttls' as const },
      { port: dovecot.imapPort, security: 'none' as const },
    ])
      expect(await incoming(way)).toEqual({ trouble: null, folders: ['INBOX'], hasIdle: true })
  })
})
