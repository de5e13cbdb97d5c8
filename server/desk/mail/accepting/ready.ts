// Everything about a mail that takes time, done before the write: reading it, asking its sender's domain, storing its files.
import { createHash } from 'node:crypto'
import { cleanFileName, cleanFileType, UNKNOWN_TYPE } from '../../files/names.ts'
import type { Envelope } from '../intake/keep-raw.ts'
import type { RawMail } from '../intake/read-raw.ts'
import type { MailDesk } from '../mail-desk.ts'
import type { MailAddress, ReadMail } from '../reading/mail.ts'
import type { Authentication } from './authenticate.ts'
import { clean, type StoredFile } from './body.ts'

/** A mail ready for the write. */
export interface ReadyMail {
  raw: RawMail
  envelope: Envelope
  read: ReadMail
  /** Null: not looked at, as with imported mails: what its domain says today says nothing about then. */
  authentication: Authentication | null
  /** In the store already, without rows. */
  files: StoredFile[]
  /** Why only its headers could be read; undefined: all of it was. */
  unread?: string | undefined
}

/** Subjects and names end up in headers of our own mails, where a line break would begin another header. */
const inOneLine = (text: string): string =>
  clean(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()

const cleanAddress = ({ name, address }: MailAddress): MailAddress => ({
  name: inOneLine(name),
  address: inOneLine(address),
})

/** What is looked up and stored, in characters that every database takes. */
export const cleaned = (read: ReadMail): ReadMail => ({
  ...read,
  messageId: read.messageId === undefined ? undefined : clean(read.messageId),
  inReplyTo: read.inReplyTo.map(clean),
  references: read.references.map(clean),
  from: read.from && cleanAddress(read.from),
  sender: read.sender && cleanAddress(read.sender),
  replyTo: read.replyTo.map(cleanAddress),
  to: read.to.map(cleanAddress),
  cc: read.cc.map(cleanAddress),
  subject: inOneLine(read.subject),
  aboutMessageIds: read.aboutMessageIds.map(clean),
})

/**
 * Puts the attachments of a mail into the store. Their ids follow from the mail, so that a second attempt stores the same
 * ones again and leaves no waste; the secret keeps them from being guessed.
 */
export async function storeAttachments(
  desk: Pick<MailDesk, 'files' | 'installation'>,
  raw: Pick<RawMail, 'seq' | 'attempts' | 'verdict'>,
  attachments: readonly Pick<ReadMail['attachments'][number], 'name' | 'type' | 'contents' | 'contentId'>[],
): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  for (const [position, { name, type, contents, contentId }] of attachments.entries()) {
    const id = createHash('sha256')
      .update(`mail file ${desk.installation.secret} ${raw.seq} ${position} ${name} ${contents.length}`)
      .digest('hex')
      .slice(0, 32)
    // The attempt before may have left it.
    if (raw.attempts > 1 || raw.verdict !== null) await desk.files.remove(id)
    await desk.files.put(id, contents)
    files.push({
      id,
      name: cleanFileName(name),
      type: cleanFileType(type) ?? UNKNOWN_TYPE,
      size: contents.length,
      contentId,
    })
  }
  return files
}

/** Takes files out of the store again that no row names. */
export async function dropFiles(desk: Pick<MailDesk, 'files'>, files: readonly StoredFile[]): Promise<void> {
  for (const { id } of files) await desk.files.remove(id)
}
