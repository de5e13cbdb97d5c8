// Reading what is new in one folder of a mailbox.
import type { ImapFlow } from 'imapflow'
import { departmentOfFolder, type IncomingSettings, type Mailbox } from '../../mailboxes/mailbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { fetchHeader, fetchLarge, PIECE_BYTES, standIn } from './imap-contents.ts'
import { assertMine, findPosition, type Position, putPosition } from './imap-position.ts'
import { keepRawIn, type PreparedRaw, prepareRaw } from './keep-raw.ts'

/** What reading needs of the connection that it is done over. */
export interface FolderReader {
  desk: MailDesk
  client: ImapFlow
  mailbox: Mailbox
  settings: IncomingSettings
  /** This process. */
  owner: string
  /** Largest mail that is taken, in bytes. */
  sizeLimit: number
  /** How often mails could not be fetched, by folder and UID; outlives the connection. */
  failures: Map<string, number>
  isStopped(): boolean
}

const MAILS_AT_ONCE = 50
const BYTES_AT_ONCE = 4_000_000
/** After so many attempts a mail is left where it is, with a note: those behind it must not wait for ever. */
const MAX_FAILURES = 4
const DAY_MS = 86_400_000

interface Found {
  uid: number
  size: number
  /** When the server got it. */
  receivedAt: number
}

/** Stores every mail of a folder that has come since it was read last. */
export async function readFolder(reader: FolderReader, folder: string): Promise<void> {
  const opened = await reader.client.mailboxOpen(folder, { readOnly: true })
  const uidValidity = String(opened.uidValidity)
  const before = await findPosition(reader.desk.database.reader, reader.mailbox.id, folder)
  const isKnown = before?.uidValidity === uidValidity
  const place: Place = { folder, uidValidity, lastUid: isKnown ? before.lastUid : 0 }
  if (isKnown || !reader.settings.isOnlyNew) {
    const uids = opened.exists === 0 ? [] : await searchUids(reader.client, { uid: `${place.lastUid + 1}:*` })
    return readUids(reader, place, uids)
  }
  // A first look, or a folder that the server has numbered anew. The position is stored with the last of them: after a
  // crash in between all are looked at again, by their dates.
  const uids = opened.exists === 0 ? [] : await newSince(reader)
  await readUids(reader, { ...place, isBeginning: true }, uids)
  await store(reader, place, [], Math.max(opened.uidNext - 1, 0, ...uids.slice(-1)))
}

interface Place extends Position {
  folder: string
  /** The position is not moved yet. */
  isBeginning?: boolean
}

async function searchUids(client: ImapFlow, query: { uid?: string; since?: Date }): Promise<number[]> {
  const found = await client.search(query, { uid: true })
  // `9:*` finds the newest one even if its number is below 9.
  const first = Number(query.uid?.split(':')[0] ?? 1)
  return (found || []).filter((uid) => uid >= first).sort((a, b) => a - b)
}

/** Mails that the server got after the mailbox was set up. Servers search by days, and in a time zone of their own. */
async function newSince({ client, settings }: FolderReader): Promise<number[]> {
  const candidates = await searchUids(client, { since: new Date(settings.since - 2 * DAY_MS) })
  const uids: number[] = []
  // Their clocks tell whole seconds.
  const since = Math.floor(settings.since / 1_000) * 1_000
  for (let at = 0; at < candidates.length; at += 1_000)
    for (const { uid, receivedAt } of await describe(client, candidates.slice(at, at + 1_000)))
      if (receivedAt >= since) uids.push(uid)
  return uids
}

/** Sizes and dates, in the order of their UIDs; without those that are gone. */
async function describe(client: ImapFlow, uids: readonly number[]): Promise<Found[]> {
  const found: Found[] = []
  if (uids.length === 0) return found
  for await (const { uid, size, internalDate } of client.fetch(
    uids.join(),
    { uid: true, size: true, internalDate: true },
    { uid: true },
  )) {
    const date = internalDate === undefined ? Number.NaN : new Date(internalDate).getTime()
    found.push({ uid, size: size ?? 0, receivedAt: Number.isNaN(date) ? Date.now() : date })
  }
  return found.sort((a, b) => a.uid - b.uid)
}

async function readUids(reader: FolderReader, place: Place, uids: readonly number[]): Promise<void> {
  for (let at = 0; at < uids.length && !reader.isStopped(); at += MAILS_AT_ONCE) {
    const found = await describe(reader.client, uids.slice(at, at + MAILS_AT_ONCE))
    for (const together of portions(reader, place, found)) {
      if (reader.isStopped()) return
      await store(reader, place, await fetchPortion(reader, place, together), together.at(-1)?.uid)
    }
  }
}

const failureKey = ({ folder, uidValidity }: Place, uid: number): string => `${uid} ${uidValidity} ${folder}`

/** Small mails together; large ones, and those that made trouble, by themselves. */
function portions(reader: FolderReader, place: Place, found: readonly Found[]): Found[][] {
  const result: Found[][] = []
  let bytes = 0
  for (const mail of found) {
    const isAlone = mail.size > PIECE_BYTES || reader.failures.has(failureKey(place, mail.uid))
    const last = result.at(-1)
    if (!last || isAlone || bytes + mail.size > BYTES_AT_ONCE) {
      result.push([mail])
      bytes = isAlone ? BYTES_AT_ONCE : mail.size
    } else {
      last.push(mail)
      bytes += mail.size
    }
  }
  return result
}

async function fetchPortion(reader: FolderReader, place: Place, found: Found[]): Promise<PreparedRaw[]> {
  const fetched = found.length > 1 ? await fetchTogether(reader, place, found) : undefined
  const raws: PreparedRaw[] = []
  for (const mail of found) {
    const contents = fetched ? fetched.get(mail.uid) : await fetchAlone(reader, place, mail)
    if (contents) raws.push(await prepared(reader, place, mail, contents))
  }
  return raws
}

/** Contents by UID, without mails that are gone. Undefined: one of them makes trouble. */
async function fetchTogether(
  { client, failures }: FolderReader,
  place: Place,
  found: readonly Found[],
): Promise<Map<number, Buffer> | undefined> {
  const fetched = new Map<number, Buffer>()
  try {
    const uids = found.map(({ uid }) => uid).join()
    for await (const { uid, source } of client.fetch(uids, { uid: true, source: true }, { uid: true })) {
      // A server that lists a mail and gives nothing of it has failed.
      if (!source) throw new Error('the server gives no contents')
      fetched.set(uid, source)
    }
    return fetched
  } catch (error) {
    for (const { uid } of found) failures.set(failureKey(place, uid), 0)
    if (!client.usable) throw error
    return undefined
  }
}

/** The contents of one mail; those of a stand-in if it cannot be had; undefined: it is gone. */
async function fetchAlone(reader: FolderReader, place: Place, mail: Found): Promise<Buffer | undefined> {
  const key = failureKey(place, mail.uid)
  const { client, sizeLimit, failures, desk } = reader
  for (;;) {
    const failed = failures.get(key) ?? 0
    if (failed >= MAX_FAILURES) return standingIn(reader, place, mail, CANNOT_BE_FETCHED, failed === MAX_FAILURES)
    try {
      if (mail.size > sizeLimit) return await standingIn(reader, place, mail, tooLarge(mail.size, sizeLimit), true)
      const contents = await fetchLarge(client, mail.uid, mail.size, sizeLimit)
      if (!contents || contents.length === 0) {
        const [still] = await describe(client, [mail.uid])
        if (!still) return undefined
        if (still.size > 0) throw new Error('the server gives no contents')
      }
      failures.delete(key)
      return contents ?? Buffer.alloc(0)
    } catch (error) {
      failures.set(key, failed + 1)
      desk.log.warn({ mailbox: reader.mailbox.id, uid: mail.uid, err: error }, 'a mail could not be fetched')
      if (!client.usable) throw error
    }
  }
}

const CANNOT_BE_FETCHED = 'The mail server could not hand over this mail.'

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
const tooLarge = (size: number, limit: number): string =>
  `This mail has ${megabytes(size)} MB, more than the ${megabytes(limit)} MB that Deskhand takes (setting DESKHAND_MAIL_LIMIT).`

async function standingIn(
  { client, mailbox, failures }: FolderReader,
  place: Place,
  mail: Found,
  why: string,
  withHeader: boolean,
): Promise<Buffer> {
  const key = failureKey(place, mail.uid)
  // Noted before: if even the headers end the connection, the next attempt does without them.
  failures.set(key, Math.max(failures.get(key) ?? 0, MAX_FAILURES) + 1)
  let header: Buffer = Buffer.alloc(0)
  try {
    if (withHeader) header = await fetchHeader(client, mail.uid)
  } catch (error) {
    if (!client.usable) throw error
  }
  const where = `It was left on the server of ${mailbox.address}, in the folder ${place.folder} (number ${mail.uid}).`
  return standIn(header, `${why} ${where}`)
}

const prepared = (
  { desk, mailbox, settings }: FolderReader,
  place: Place,
  mail: Found,
  contents: Buffer,
): Promise<PreparedRaw> =>
  prepareRaw(desk, {
    mailboxId: mailbox.id,
    source: 'imap',
    contents,
    envelope: { folder: place.folder, uid: mail.uid },
    departmentId: departmentOfFolder(settings, place.folder),
    receivedAt: mail.receivedAt,
  })

async function store(
  { desk, mailbox, owner }: FolderReader,
  place: Place,
  raws: readonly PreparedRaw[],
  lastUid: number | undefined,
): Promise<void> {
  const moves = !place.isBeginning && lastUid !== undefined
  if (raws.length === 0 && !moves) return
  await desk.database.write(async (tx) => {
    await assertMine(tx, mailbox.id, owner)
    for (const raw of raws) await keepRawIn(tx, raw)
    if (moves) await putPosition(tx, mailbox.id, place.folder, { uidValidity: place.uidValidity, lastUid })
  })
}
