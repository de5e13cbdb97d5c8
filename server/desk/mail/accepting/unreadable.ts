// A mail that could not be read or accepted still becomes a conversation, with the raw mail attached, that says why.
import type { Tx } from '../../../db/write.ts'
import { isEmail } from '../../../lib/email.ts'
import { openConversation } from '../../conversations/conversation.ts'
import { addCustomer, findOrAddCustomer } from '../../customers/customers.ts'
import { addFile } from '../../files/files.ts'
import type { RawMail } from '../intake/read-raw.ts'
import type { MailPart } from '../reading/mail.ts'
import { type Around, departmentFor } from './around.ts'
import { clean, type StoredFile } from './body.ts'
import { noteOutcome, type Outcome } from './outcome.ts'

/** Read by the simplest means: the usual ones have just failed. */
export interface Glimpse {
  from: string | undefined
  subject: string
}

const HEADERS_LOOKED_AT = 64 * 1024

/** What the first lines of a mail say, as far as plain ASCII goes. */
export function glimpse(contents: Uint8Array): Glimpse {
  const text = Buffer.from(contents.buffer, contents.byteOffset, Math.min(contents.byteLength, HEADERS_LOOKED_AT))
    .toString('latin1')
    .replace(/\r\n?/g, '\n')
  const [head = ''] = text.split('\n\n', 1)
  const field = (name: string): string =>
    head
      .split(/\n(?![ \t])/)
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .replace(/[^\x20-\x7e]+/g, ' ')
      .trim() ?? ''
  const address = /<([^<>]*)>\s*$/.exec(field('from'))?.[1] ?? field('from')
  return { from: isEmail(address.trim()) ? address.trim() : undefined, subject: field('subject').slice(0, 200) }
}

/** The mail as a file that mail programs open. */
export const asFile = (contents: Uint8Array) => ({
  name: 'mail.eml',
  type: 'message/rfc822',
  contents,
  contentId: undefined,
})

/** What stands in the conversation instead of its text. */
export function unreadPart(why: string): MailPart {
  const text = clean(`This mail could not be read: ${why}\nIt is attached as it came.`)
  return { kind: 'message', body: text, isHtml: false, text }
}

/** It was attached to a conversation before, and is tried again. */
export const isUnreadBefore = (raw: Pick<RawMail, 'verdict' | 'conversation_id'>): boolean =>
  raw.verdict === 'unreadable' && raw.conversation_id !== null

/** Nothing new to show: it is attached already. */
export const stillUnread = (raw: Pick<RawMail, 'conversation_id'>, why: string): Outcome => ({
  verdict: 'unreadable',
  reason: why,
  conversationId: raw.conversation_id ?? undefined,
})

export async function acceptUnreadable(
  tx: Tx,
  around: Around,
  raw: RawMail,
  seen: Glimpse,
  file: StoredFile,
  why: string,
): Promise<Outcome> {
  if (isUnreadBefore(raw)) return noteOutcome(tx, raw.seq, undefined, stillUnread(raw, why))
  const requester = seen.from
    ? await findOrAddCustomer(tx, seen.from)
    : await addCustomer(tx, { firstname: 'Unknown', lastname: 'sender' })
  await addFile(tx, { id: file.id, name: file.name, type: file.type, size: file.size })
  const { text } = unreadPart(why)
  const opened = await openConversation(tx, {
    author: { kind: 'customer', userId: requester.user_id },
    customerId: requester.id,
    departmentId: departmentFor(around, raw),
    subject: seen.subject || 'A mail that could not be read',
    channel: 'E',
    message: { body: text, isHtml: false, text, fileIds: [file.id] },
    at: raw.received_at,
  })
  return noteOutcome(tx, raw.seq, undefined, {
    verdict: 'unreadable',
    reason: why,
    conversationId: opened.id,
    groupSeq: opened.groupSeq,
  })
}
