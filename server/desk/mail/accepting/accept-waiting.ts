// Turns raw mails that wait into messages. Reading happens in threads of its own while this one writes.
import type { Database } from '../../../db/open.ts'
import { enqueue } from '../../../jobs/queue.ts'
import { Unavailable } from '../../../lib/errors.ts'
import { type RawMail, readRaw } from '../intake/read-raw.ts'
import type { MailDesk } from '../mail-desk.ts'
import { acceptTogether } from './accept-together.ts'
import { type Around, lookAround } from './around.ts'
import { authenticate } from './authenticate.ts'
import { BEAT_MS, claimRaw, failuresOf, giveBack, keepClaimed, postpone } from './claim.ts'
import { envelopeOf } from './envelope.ts'
import { type InQueue, Queue, Room } from './in-turn.ts'
import { AcceptedAlready, noteOutcome, type Outcome } from './outcome.ts'
import { cleaned, dropFiles, type ReadyMail, storeAttachments } from './ready.ts'
import { openTools, type Tools } from './tools.ts'
import { acceptUnreadable, asFile, glimpse, unreadPart } from './unreadable.ts'
import { isInConversation } from './verdict.ts'

/** Claimed at once. The next portion is claimed when this one is done, so a process that ends leaves no more behind. */
const PORTION = 200
/** In memory at the same time, raw and read. At least one, however large. */
const MAX_BYTES = 32 * 1024 * 1024
const MAX_AT_ONCE = 96
/** Then it becomes a conversation that says why it could not be accepted. */
const MAX_FAILURES = 3
/**
 * Claimed so often without a word about how it went: it ends the process each time. Many, because others of its portion
 * may do that, or somebody who kills the process for reasons of his own.
 */
const MAX_CRASHES = 40

/** Accepts raw mails until none waits. */
export async function acceptWaiting(desk: MailDesk, tools: Tools = openTools()): Promise<void> {
  while (await acceptSome(desk, tools));
}

/** What a job does before it gives others a turn; a server that is told to stop waits no longer than that. */
const TURN_MS = 2_000

const turns = new WeakMap<Database, Promise<void>>()

/**
 * The job: accepts for a while, and leaves the rest to another one. One at a time in a process: portions that go on side by
 * side would put answers before their questions.
 */
export function acceptInTurn(desk: MailDesk, tools: Tools = openTools()): Promise<void> {
  const turn = (turns.get(desk.database) ?? Promise.resolve()).catch(() => {}).then(() => takeTurn(desk, tools))
  turns.set(desk.database, turn)
  return turn
}

async function takeTurn(desk: MailDesk, tools: Tools): Promise<void> {
  const end = Date.now() + TURN_MS
  while (await acceptSome(desk, tools)) {
    if (Date.now() < end) continue
    return desk.database.write((tx) => enqueue(tx, 'accept-mails', {}, { uniqueKey: 'accept-mails' }))
  }
}

/** Accepts a portion. False: none waited. */
async function acceptSome(desk: MailDesk, tools: Tools): Promise<boolean> {
  const portion = await claimRaw(desk.database, PORTION)
  if (portion.length > 0) await acceptPortion(desk, tools, portion)
  return portion.length > 0
}

async function acceptPortion(desk: MailDesk, tools: Tools, portion: readonly RawMail[]): Promise<void> {
  const around = await lookAround(desk)
  const room = new Room(MAX_AT_ONCE, MAX_BYTES)
  const queue = new Queue()
  const unfinished = new Set(portion.map(({ seq }) => seq))
  let away: unknown
  const beat = setInterval(() => void keepClaimed(desk.database, [...unfinished]).catch(() => {}), BEAT_MS)
  const accepting: Promise<void>[] = []
  for (const raw of portion) {
    await room.enter(raw.size)
    if (away) break
    const place = queue.stand()
    accepting.push(
      acceptOne(around, tools, raw, place)
        .then(() => void unfinished.delete(raw.seq))
        .catch((error: unknown) => {
          away = error
        })
        .finally(() => {
          place.leave()
          room.leave(raw.size)
        }),
    )
  }
  await Promise.all(accepting)
  clearInterval(beat)
  if (!away) return
  // The database or the disk, not the mails: the job is tried again, and they with it.
  await giveBack(desk.database, [...unfinished]).catch(() => {})
  throw away
}

/** Throws only where it is not the mail's fault. */
async function acceptOne(around: Around, tools: Tools, raw: RawMail, place: InQueue): Promise<void> {
  try {
    if (raw.attempts > MAX_CRASHES) throw new Error('the process ended each time while it was read')
    await readAndAccept(around, tools, raw, place)
  } catch (error) {
    if (error instanceof Unavailable) throw error
    const why = error instanceof Error ? error.message : String(error)
    const failures = raw.attempts > MAX_CRASHES ? MAX_FAILURES : failuresOf(raw) + 1
    around.desk.log.warn({ err: error, rawmail: raw.seq, failures }, 'a mail could not be accepted')
    if (failures < MAX_FAILURES) await postpone(around.desk.database, raw.seq, failures, why)
    else await attachRaw(around, raw, why)
  }
}

async function readAndAccept(around: Around, tools: Tools, raw: RawMail, place: InQueue): Promise<void> {
  const { desk } = around
  const contents = await readRaw(desk, raw)
  const envelope = envelopeOf(raw)
  const read = cleaned(await tools.read(contents, { returnPath: envelope.from }))
  const unread = read.parts.length === 0 && read.faults.length > 0 ? read.faults.join(' ') : undefined
  const authentication =
    raw.source === 'import'
      ? null
      : await authenticate(contents, read, envelope, {
          resolve: tools.resolve,
          timeoutMs: tools.askingMs,
          trustedServer: around.settings.mail_trusted_authserv,
        })
  const files = await storeAttachments(desk, raw, unread ? [asFile(contents)] : read.attachments)
  // The contents are in the store: what waits for the write needs them no longer.
  read.attachments = []
  if (unread) read.parts = [unreadPart(unread)]
  // In the order in which they came: a question before its answer. The writes themselves go on side by side.
  await place.first
  const accepted = acceptRead(around, { raw, envelope, read, authentication, files, unread })
  place.leave()
  await accepted
}

async function acceptRead(around: Around, mail: ReadyMail): Promise<void> {
  const { desk } = around
  try {
    const outcome = await acceptTogether(around, mail)
    if (!hasMessage(outcome)) await dropFiles(desk, mail.files)
  } catch (error) {
    // Whoever accepted it uses the same files.
    if (error instanceof AcceptedAlready) return
    // After an answer that got lost nobody knows whether rows name them.
    if (!(error instanceof Unavailable)) await dropFiles(desk, mail.files)
    throw error
  }
}

const hasMessage = ({ verdict, groupSeq }: Outcome): boolean => isInConversation(verdict) && groupSeq !== undefined

/** The last resort, and the one after that: `failed`, until somebody replays it. */
async function attachRaw(around: Around, raw: RawMail, why: string): Promise<void> {
  const { desk } = around
  try {
    const contents = await readRaw(desk, raw)
    const [file] = await storeAttachments(desk, raw, [asFile(contents)])
    if (!file) throw new Error('the raw mail was not stored as a file')
    await desk.database.write((tx) => acceptUnreadable(tx, around, raw, glimpse(contents), file, why))
  } catch (error) {
    if (error instanceof AcceptedAlready) return
    if (error instanceof Unavailable) throw error
    desk.log.error({ err: error, rawmail: raw.seq }, 'a mail could not even be attached to a conversation')
    const reason = `${why} ${error instanceof Error ? error.message : String(error)}`
    await desk.database.write((tx) => noteOutcome(tx, raw.seq, undefined, { verdict: 'failed', reason }))
  }
}
