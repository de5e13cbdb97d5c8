// The process is killed while mails arrive by IMAP and by SMTP and answers leave: afterwards every mail is there once, and
// every answer was handed to the relay once.
import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { systemActor } from '../../server/desk/actor.ts'
import { addAgent } from '../../server/desk/agents/agents.ts'
import { draftMailbox } from '../../server/desk/mailboxes/draft.ts'
import { addMailbox } from '../../server/desk/mailboxes/mailboxes.ts'
import { findInstallation } from '../../server/desk/settings/settings.ts'
import { TEST_KEY } from '../first-start.ts'
import { type Dovecot, MAIL_PASSWORD, startDovecot } from '../mail-servers/dovecot.ts'
import { freePorts } from '../mail-servers/process.ts'
import { type Submission, startSubmission } from '../mail-servers/submission.ts'
import { deliverAll, missingMailServers } from '../mail-servers.ts'
import { talkTo } from '../smtp-client.ts'
import { call, newPlace, type Place, pause, type Server, start, stop, until } from './server.ts'

const BY_IMAP = 250
const BY_SMTP = 250
const ANSWERS = 200
const KILLS = 8
const SUPPORT = 'support@desk.test'
const AGENT = 'ada@desk.test'

let place: Place | undefined
let dovecot: Dovecot | undefined
let relay: Submission | undefined
afterEach(async () => {
  await place?.remove()
  await relay?.stop()
  await dovecot?.remove()
})

const dice = (n: number): number => createHash('sha256').update(`kill ${n}`).digest().readUInt32BE() / 2 ** 32

const mail = (way: string, n: number): string =>
  [
    `Message-ID: <${way}-${n}@example.com>`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
    `From: Customer ${n} <${way}-${n}@example.com>`,
    `To: ${SUPPORT}`,
    `Subject: By ${way} number ${n}.`,
    '',
    `This is what came by ${way} as number ${n}.`,
    '',
  ].join('\r\n')

/** Hands a mail over by SMTP until it is confirmed, as a mail server does. */
async function handOver(port: number, n: number): Promise<void> {
  for (;;) {
    const talk = await talkTo(port)
    const steps = ['EHLO client.test', `MAIL FROM:<smtp-${n}@example.com>`, `RCPT TO:<${SUPPORT}>`, 'DATA']
    let reply = talk.greeting
    for (const step of steps) if (/^[23]/.test(reply)) reply = await talk.ask(step)
    if (reply.startsWith('354')) reply = await talk.ask(`${mail('smtp', n)}.`)
    talk.end()
    if (reply.startsWith('250')) return
    expect(reply).toMatch(/^(closed|4)/)
    await pause(20)
  }
}

/** Answers a conversation until that is confirmed or found done: an answer that got no reply may have been stored. */
async function answer(server: () => Server, conversationId: string, text: string): Promise<void> {
  for (;;) {
    try {
      const history = await call(server(), 'GET', `conversations/${conversationId}/messages`, { apikey: TEST_KEY })
      if (history.status === 200 && history.text.includes(text)) return
      const params = { apikey: TEST_KEY, message: text, useridentifier: AGENT }
      const { status } = await call(server(), 'POST', `conversations/${conversationId}/messages`, params)
      if (status === 200) return
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    await pause(20)
  }
}

async function prepare(ofPlace: Place, imap: Dovecot, submission: Submission): Promise<void> {
  const database = await openDatabase({ dataFolder: ofPlace.folder, url: ofPlace.env.DATABASE_URL, poolSize: 2 })
  const installation = await findInstallation(database.reader)
  const mailbox = draftMailbox(installation?.secret ?? '', undefined, {
    name: 'Support',
    address: SUPPORT,
    departmentId: 'default',
    incoming: { host: '127.0.0.1', port: imap.imapPort, security: 'none', user: SUPPORT, isOnlyNew: false },
    outgoing: { host: '127.0.0.1', port: submission.port, security: 'none', auth: 'none' },
    secrets: { incoming: { password: MAIL_PASSWORD } },
  })
  await database.write((tx) => addMailbox(tx, systemActor, mailbox))
  await database.write((tx) =>
    addAgent(tx, systemActor, { email: AGENT, firstname: 'Ada', lastname: 'Agent', role: 'D' }),
  )
  await database.close()
}

const missing = missingMailServers(['dovecot'])

if (missing === undefined)
  test('a killed process neither loses nor doubles mail, on either side', { timeout: 240_000 }, async () => {
    const ofPlace = await newPlace('started')
    place = ofPlace
    dovecot = await startDovecot()
    relay = await startSubmission({ isOpen: true, isStartTlsHidden: true })
    await prepare(ofPlace, dovecot, relay)
    const [smtpPort = 0, httpPort = 0] = await freePorts(2)
    const env = { DESKHAND_SMTP_PORT: String(smtpPort), PORT: String(httpPort) }
    let server = await start(ofPlace, { env })

    const conversations = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const { body } = await call(server, 'POST', 'conversations', {
          apikey: TEST_KEY,
          message: 'Hello',
          subject: `Answered number ${n}.`,
          useridentifier: `answered-${n}@example.com`,
          recipient: SUPPORT,
          department: 'default',
        })
        return String(body.conversationid)
      }),
    )

    const work = Promise.all([
      (async () => {
        for (let n = 0; n < BY_IMAP; n += 10) {
          const raws = Array.from({ length: 10 }, (_, more) => mail('imap', n + more))
          if (dovecot) await deliverAll(dovecot, SUPPORT, raws)
          await pause(50)
        }
      })(),
      ...[0, 1, 2, 3].map(async (client) => {
        for (let n = client; n < BY_SMTP; n += 4) await handOver(smtpPort, n)
      }),
      ...[0, 1, 2, 3].map(async (client) => {
        for (let n = client; n < ANSWERS; n += 4)
          await answer(() => server, conversations[n % 20] ?? '', `Answer number ${n}.`)
      }),
    ])
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(300 + dice(kill) * 1_200)
      server.kill('SIGKILL')
      await server.ended
      server = await start(ofPlace, { env })
    }
    await work

    const database = await openDatabase({
      dataFolder: ofPlace.folder,
      url: ofPlace.env.DATABASE_URL,
      poolSize: 2,
    })
    const count = async (table: 'raw_mails' | 'outbox', states: string[]): Promise<number> => {
      const rows = await database.reader.selectFrom(table).select('seq').where('state', 'in', states).execute()
      return rows.length
    }
    await until(async () => (await count('raw_mails', ['accepted'])) === BY_IMAP + BY_SMTP)
    await until(async () => (await count('outbox', ['queued', 'delayed', 'sending'])) === 0)
    expect(await stop(server)).toEqual({ code: 0, signal: null })

    const subjects = (await database.reader.selectFrom('conversations').select('subject').execute()).map(
      ({ subject }) => subject,
    )
    const wanted = [
      ...Array.from({ length: BY_IMAP }, (_, n) => `By imap number ${n}.`),
      ...Array.from({ length: BY_SMTP }, (_, n) => `By smtp number ${n}.`),
      ...Array.from({ length: 20 }, (_, n) => `Answered number ${n}.`),
    ]
    expect(subjects.sort()).toEqual(wanted.sort())
    expect(await database.reader.selectFrom('raw_mails').select('seq').execute()).toHaveLength(BY_IMAP + BY_SMTP)

    const handed = new Map<string, number>()
    for (const { raw } of relay.taken) {
      const [text = ''] = /Answer number \d+\./.exec(raw) ?? []
      handed.set(text, (handed.get(text) ?? 0) + 1)
    }
    const outbox = await database.reader.selectFrom('outbox').select(['state', 'message_id']).execute()
    expect(outbox).toHaveLength(ANSWERS)
    expect([...handed].filter(([, times]) => times > 1)).toEqual([])
    // Between the last byte and the server's answer nobody can know: such a mail is shown and not sent again by itself.
    const unconfirmed = outbox.filter(({ state }) => state === 'unconfirmed').length
    expect(outbox.filter(({ state }) => state !== 'sent' && state !== 'unconfirmed')).toEqual([])
    expect(ANSWERS - handed.size, `never handed over, with ${unconfirmed} unconfirmed`).toBeLessThanOrEqual(unconfirmed)
    expect(unconfirmed).toBeLessThan(KILLS * 3)
    await database.close()
  })
