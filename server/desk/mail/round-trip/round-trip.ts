// A mailbox sends a mail to itself through its own servers, and waits until it comes back.
import type { ImapFlow } from 'imapflow'
import { imapClient, SHORT_PATIENCE } from '../../mailboxes/connect.ts'
import { folderNames, type IncomingSettings, type Mailbox, type OutgoingSettings } from '../../mailboxes/mailbox.ts'
import { quoted, troubleOf } from '../../mailboxes/trouble.ts'
import { loginFor } from '../intake/imap.ts'
import type { MailDesk } from '../mail-desk.ts'
import { readMail } from '../reading/read-mail.ts'
import { openConnection } from '../sending/connection.ts'
import { mailStream } from '../sending/render.ts'
import { signInOf } from '../sending/sign-in.ts'
import { type Judgement, judge } from './judge.ts'
import { newProbe, type Probe, type ProbeWay, probeMail } from './probe.ts'

export type RoundTrip =
  /** It did not leave. */
  | { kind: 'unsent'; says: string }
  /** The server that mail is fetched from does not work. */
  | { kind: 'unreachable'; says: string }
  | { kind: 'lost'; waitedMs: number }
  | ({ kind: 'back'; tookMs: number; folder: string; isFetched: boolean; isRemoved: boolean } & Judgement)

export interface Tested {
  mailbox: Mailbox
  incoming: IncomingSettings
  outgoing: OutgoingSettings
}

export interface Waiting {
  /** How long to wait for it. */
  patienceMs: number
  /** Between two looks. */
  pauseMs: number
  /** After each look. */
  onLook?(waitedMs: number): void
}

/** Never throws for what servers do. The mail is removed again, where the server can remove a single one. */
export async function makeRoundTrip(
  desk: MailDesk,
  tested: Tested,
  way: ProbeWay,
  waiting: Waiting,
): Promise<RoundTrip> {
  const { mailbox, incoming } = tested
  let client: ImapFlow | undefined
  try {
    client = await imapClient(
      incoming,
      await loginFor({ desk, mailbox, settings: incoming }),
      SHORT_PATIENCE,
      MAX_BYTES,
    )
    await client.connect()
    return await sendAndWait(desk, client, tested, newProbe(desk.installation.secret, mailbox, way), waiting)
  } catch (error) {
    return { kind: 'unreachable', says: troubleOf(error, 'incoming', incoming).says }
  } finally {
    client?.close()
  }
}

const MAX_BYTES = 10_000_000

async function sendAndWait(
  desk: MailDesk,
  client: ImapFlow,
  tested: Tested,
  probe: Probe,
  waiting: Waiting,
): Promise<RoundTrip> {
  // Noted before: what comes later has higher numbers.
  const places = await placesToLook(client, tested.incoming)
  const sent = await send(desk, tested, probe)
  if ('says' in sent) return { kind: 'unsent', says: sent.says }
  const began = Date.now()
  for (;;) {
    const found = await look(client, places, probe)
    const waitedMs = Date.now() - began
    waiting.onLook?.(waitedMs)
    if (found) {
      const read = await readMail(found.contents)
      const envelope = { folder: found.folder, uid: found.uid }
      return {
        kind: 'back',
        tookMs: waitedMs,
        folder: found.folder,
        isFetched: folderNames(tested.incoming).some((name) => isSameFolder(name, found.folder)),
        isRemoved: await remove(client, found),
        ...judge(desk.installation.secret, probe, read, envelope, sent.serverMessageId),
      }
    }
    if (waitedMs >= waiting.patienceMs) return { kind: 'lost', waitedMs }
    await new Promise((resolve) => setTimeout(resolve, waiting.pauseMs))
  }
}

async function send(
  desk: MailDesk,
  { mailbox, outgoing }: Tested,
  probe: Probe,
): Promise<{ serverMessageId: string | undefined } | { says: string }> {
  try {
    const connection = await openConnection(outgoing, await signInOf(desk, mailbox, outgoing))
    try {
      const mail = await mailStream(desk, mailbox, probeMail(probe, mailbox))
      const info = await connection.send({ from: mailbox.address, to: [probe.to] }, mail)
      return { serverMessageId: info.serverMessageId?.replace(/^<|>$/g, '') }
    } finally {
      connection.quit()
    }
  } catch (error) {
    const { command, response }: Record<string, unknown> = error instanceof Error ? { ...error } : {}
    const isRefused = typeof response === 'string' && typeof command === 'string' && STEPS.test(command)
    return {
      says: isRefused
        ? `${outgoing.host} does not take a mail from ${mailbox.address} to ${probe.to}. It says: ${quoted(response)}`
        : troubleOf(error, 'outgoing', outgoing).says,
    }
  }
}

/** The steps of SMTP at which a mail is refused, not a client. */
const STEPS = /^(?:MAIL FROM|RCPT TO|DATA|BDAT)/i

interface LookedAt {
  folder: string
  /** Numbers below are older. */
  uidNext: number
}

const isSameFolder = (a: string, b: string): boolean => a === b || (/^inbox$/i.test(a) && /^inbox$/i.test(b))

/** The folders that are fetched, and those that a mail gets into instead: INBOX, and the one for spam. */
async function placesToLook(client: ImapFlow, settings: IncomingSettings): Promise<LookedAt[]> {
  const listed = await client.list()
  const wanted = [...folderNames(settings), 'INBOX']
  const names = listed
    .filter(({ path, specialUse }) => specialUse === '\\Junk' || wanted.some((name) => isSameFolder(name, path)))
    .map(({ path }) => path)
  const places: LookedAt[] = []
  for (const folder of names) places.push({ folder, uidNext: (await client.mailboxOpen(folder, READ_ONLY)).uidNext })
  return places
}

const READ_ONLY = { readOnly: true }

interface Found {
  folder: string
  uid: number
  contents: Buffer
}

async function look(client: ImapFlow, places: readonly LookedAt[], probe: Probe): Promise<Found | undefined> {
  for (const { folder, uidNext } of places) {
    const { exists } = await client.mailboxOpen(folder, READ_ONLY)
    if (exists === 0) continue
    const uid = await findIn(client, uidNext, probe)
    if (uid === undefined) continue
    const mail = await client.fetchOne(String(uid), { source: true }, { uid: true })
    const contents = mail ? mail.source : undefined
    if (contents) return { folder, uid, contents }
  }
  return undefined
}

async function findIn(client: ImapFlow, uidNext: number, { mark, messageId }: Probe): Promise<number | undefined> {
  let found: number | undefined
  for await (const { uid, headers } of client.fetch(
    `${uidNext}:*`,
    { uid: true, headers: ['x-deskhand-check', 'subject', 'message-id'] },
    { uid: true },
  )) {
    const text = headers?.toString('latin1') ?? ''
    // `9:*` finds the newest one even if its number is below 9.
    if (uid >= uidNext && (text.includes(mark) || text.includes(messageId))) found = uid
  }
  return found
}

/** False: the server could only remove it together with whatever else is marked as deleted. */
async function remove(client: ImapFlow, { folder, uid }: Found): Promise<boolean> {
  if (!client.capabilities.has('UIDPLUS')) return false
  await client.mailboxOpen(folder)
  return client.messageDelete(String(uid), { uid: true })
}
