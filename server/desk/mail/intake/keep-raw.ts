// The first thing that happens to any mail: it is stored as it came, before anything looks at it.
//
// A mail is known by its mailbox and the SHA-256 of its contents: whoever brings it again, after a crash or an answer that
// got lost, stores nothing more.
import { hash, webcrypto } from 'node:crypto'
import { prepared } from '../../../db/prepared.ts'
import { together } from '../../../db/together.ts'
import { beforeCommit, type Reader, type Tx } from '../../../db/write.ts'
import { enqueue } from '../../../jobs/queue.ts'
import { Conflict } from '../../../lib/errors.ts'
import { newFileId } from '../../../lib/ids.ts'
import type { MailDesk } from '../mail-desk.ts'

/** How a mail came, as far as it is known. */
export interface Envelope {
  /** MAIL FROM; empty: the null return path; undefined: not known (IMAP, import). */
  from?: string | undefined
  /** RCPT TO. */
  to?: string[] | undefined
  /** Who handed it over: for SPF. Undefined: it came from a mailbox or a file. */
  client?: { address: string; name: string | undefined } | undefined
  /** IMAP: where it lay. */
  folder?: string | undefined
  uid?: number | undefined
}

export type RawSource = 'imap' | 'smtp' | 'lmtp' | 'import'

export interface RawDraft {
  /** Empty: it came to no mailbox; it needs a department then. */
  mailboxId: string
  source: RawSource
  contents: Uint8Array
  envelope: Envelope
  /** The department that it is imported into, or of its folder; null: the mailbox's. */
  departmentId?: string | null | undefined
  /** When its server got it; now unless said otherwise. */
  receivedAt?: number | undefined
}

/** A mail ready for a transaction: hashed and, if it is large, in the file store already. */
export interface PreparedRaw {
  mailboxId: string
  contentHash: string
  source: RawSource
  departmentId: string | null
  size: number
  /** Undefined: the contents are in the file store under `fileId`, or known already. */
  data: Buffer | undefined
  fileId: string | null
  envelope: string
  receivedAt: number
}

export interface Kept {
  /** Number of the raw mail, old or new. */
  seq: number
  /** False: it was there already, and nothing was written. */
  isNew: boolean
}

/** Contents above this go to the file store: a database is slow with them, and so is its backup. */
export const MAX_ROW_BYTES = 512 * 1024
const DAY_MS = 86_400_000

/**
 * Stores a mail and resolves once that is durable. Mails that are kept at the same time share one commit. Throws
 * Unavailable if the disk is full or the database away: whoever brought it must bring it again.
 */
export async function keepRaw(desk: MailDesk, draft: RawDraft): Promise<Kept> {
  const mail = draft.contents.length > MAX_ROW_BYTES ? await prepareRaw(desk, draft) : prepareSmall(draft)
  return keepTogether(desk.database, mail)
}

const keepTogether = together<PreparedRaw, Kept>({
  write: (tx, mail) => keepRawIn(tx, mail),
  keyOf: ({ mailboxId, contentHash }) => `${mailboxId} ${contentHash}`,
  bytesOf: ({ data }) => data?.length ?? 0,
})

/** Makes a mail ready for `keepRawIn`. Outside of any transaction: it hashes, and large contents go to the file store. */
export async function prepareRaw(desk: MailDesk, draft: RawDraft): Promise<PreparedRaw> {
  if (draft.contents.length <= MAX_ROW_BYTES) return prepareSmall(draft)
  // In a thread of its own: 50 MB would stop everything else for a tenth of a second.
  const contentHash = Buffer.from(await webcrypto.subtle.digest('SHA-256', bytesOf(draft.contents))).toString('hex')
  const known = await findKept(desk.database.reader, draft.mailboxId, contentHash)
  return prepare(draft, contentHash, undefined, known === undefined ? await putContents(desk, draft.contents) : null)
}

/**
 * Stores a prepared mail in a transaction of the caller's, with whatever else must be true when it is stored: the
 * position in an IMAP folder.
 */
export async function keepRawIn(tx: Tx, mail: PreparedRaw): Promise<Kept> {
  const now = Date.now()
  const [row] = await insertRaw(
    tx,
    mail.mailboxId,
    mail.contentHash,
    mail.source,
    mail.departmentId,
    mail.size,
    mail.fileId,
    mail.envelope,
    mail.receivedAt,
    now,
  )
  if (!row) return keptAlready(tx, mail)
  if (mail.data) await insertContents(tx, row.seq, mail.data)
  else await claimContents(tx, mail)
  // Last: other processes that keep mails wait for the row of this job until the commit.
  beforeCommit(tx, 'accept-mails', (hook) => enqueue(hook, 'accept-mails', {}, { uniqueKey: 'accept-mails' }))
  return { seq: row.seq, isNew: true }
}

const insertRaw = prepared(
  (
    tx: Tx,
    mailboxId: string,
    contentHash: string,
    source: string,
    departmentId: string | null,
    size: number,
    fileId: string | null,
    envelope: string,
    receivedAt: number,
    now: number,
  ) =>
    tx
      .insertInto('raw_mails')
      .values({
        mailbox_id: mailboxId,
        content_hash: contentHash,
        source,
        department_id: departmentId,
        size,
        file_id: fileId,
        envelope,
        state: 'waiting',
        attempts: 0,
        received_at: receivedAt,
        created_at: now,
      })
      .onConflict((conflict) => conflict.columns(['mailbox_id', 'content_hash']).doNothing())
      .returning('seq'),
)

const insertContents = prepared((tx: Tx, seq: number, data: Uint8Array) =>
  tx.insertInto('raw_mail_contents').values({ raw_seq: seq, data }),
)

const seqOf = prepared((db: Reader, mailboxId: string, contentHash: string) =>
  db.selectFrom('raw_mails').select('seq').where('mailbox_id', '=', mailboxId).where('content_hash', '=', contentHash),
)

const findKept = async (db: Reader, mailboxId: string, contentHash: string): Promise<number | undefined> =>
  (await seqOf(db, mailboxId, contentHash))[0]?.seq

async function keptAlready(tx: Tx, mail: PreparedRaw): Promise<Kept> {
  const seq = await findKept(tx, mail.mailboxId, mail.contentHash)
  if (seq === undefined) throw new Conflict('This mail was removed while it came once more. Try again.')
  // Two brought it at the same time: the contents of the second are waste now.
  if (mail.fileId !== null) {
    await tx.updateTable('jobs').set({ run_at: Date.now() }).where('unique_key', '=', wasteKey(mail.fileId)).execute()
  }
  return { seq, isNew: false }
}

const bytesOf = (contents: Uint8Array): Buffer => Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength)

function prepareSmall(draft: RawDraft): PreparedRaw {
  const data = bytesOf(draft.contents)
  return prepare(draft, hash('sha256', data, 'hex'), data, null)
}

const prepare = (
  draft: RawDraft,
  contentHash: string,
  data: Buffer | undefined,
  fileId: string | null,
): PreparedRaw => ({
  mailboxId: draft.mailboxId,
  contentHash,
  source: draft.source,
  departmentId: draft.departmentId ?? null,
  size: draft.contents.length,
  data,
  fileId,
  envelope: JSON.stringify(draft.envelope),
  receivedAt: draft.receivedAt ?? Date.now(),
})

const wasteKey = (fileId: string): string => `raw-contents:${fileId}`

/**
 * Puts large contents into the file store. A job that would remove them is stored before, and taken back together with
 * the row that names them: after a crash in between it finds the waste, a day later.
 */
async function putContents({ database, files }: MailDesk, contents: Uint8Array): Promise<string> {
  const fileId = newFileId()
  await database.write((tx) =>
    enqueue(tx, 'remove-file', { fileId }, { runAt: Date.now() + DAY_MS, uniqueKey: wasteKey(fileId) }),
  )
  await files.put(fileId, contents)
  return fileId
}

async function claimContents(tx: Tx, { fileId }: PreparedRaw): Promise<void> {
  const claimed =
    fileId !== null &&
    (await tx
      .deleteFrom('jobs')
      .where('unique_key', '=', wasteKey(fileId))
      .where('locked_until', 'is', null)
      .where('dead_at', 'is', null)
      .executeTakeFirst())
  // Known when it was prepared and removed since, or a whole day between preparing and storing.
  if (!claimed || Number(claimed.numDeletedRows) === 0)
    throw new Conflict('The contents of this mail are gone. Bring it once more.')
}
