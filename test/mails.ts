// Mails for tests of what is made of them: as reading would give them, put among those that wait.
import { createHash } from 'node:crypto'
import { acceptWaiting } from '../server/desk/mail/accepting/accept-waiting.ts'
import type { Resolve } from '../server/desk/mail/accepting/authenticate.ts'
import { type Envelope, keepRaw, type RawSource } from '../server/desk/mail/intake/keep-raw.ts'
import type { MailPart, ReadMail } from '../server/desk/mail/reading/mail.ts'
import type { TestDesk } from './desk.ts'

export type MailFields = Partial<Omit<ReadMail, 'from' | 'to' | 'cc' | 'replyTo'>> & {
  from?: string | undefined
  to?: readonly string[]
  cc?: readonly string[]
  replyTo?: readonly string[]
  text?: string
}

const person = (address: string) => ({ name: '', address })
const textPart = (text: string): MailPart => ({ kind: 'message', body: text, isHtml: false, text })

let count = 0

/** A mail as reading gives it: from a customer to support@desk.test, unless said otherwise. */
export function aMail(fields: MailFields = {}): ReadMail {
  const { from, to, cc, replyTo, text, ...others } = fields
  const id = `m${++count}-${Math.random().toString(36).slice(2)}@mail.test`
  return {
    messageId: id,
    inReplyTo: [],
    references: [],
    from: 'from' in fields ? (from === undefined ? undefined : person(from)) : person('carla@customer.test'),
    furtherAuthors: [],
    sender: undefined,
    replyTo: (replyTo ?? []).map(person),
    to: (to ?? ['support@desk.test']).map(person),
    cc: (cc ?? []).map(person),
    deliveredTo: [],
    subject: 'Printer on fire',
    date: undefined,
    parts: [textPart(text ?? 'Please help.')],
    attachments: [],
    kind: 'person',
    kindReason: undefined,
    reports: [],
    aboutMessageIds: [],
    headers: [],
    bodyHash: createHash('sha256')
      .update(text ?? id)
      .digest('hex'),
    faults: [],
    ...others,
  }
}

export interface Delivery {
  source?: RawSource
  mailboxId?: string
  envelope?: Envelope
  receivedAt?: number
}

interface Wrapped {
  read: ReadMail
  attachments: string[]
  /** Makes two deliveries of one mail two raw mails, as trace headers do. */
  trace: number
}

/** Puts mails among those that wait, in order. */
export async function deliver(desk: TestDesk, read: ReadMail, delivery: Delivery = {}): Promise<number> {
  const wrapped: Wrapped = {
    read,
    attachments: read.attachments.map(({ contents }) => Buffer.from(contents).toString('base64')),
    trace: ++count,
  }
  const { seq } = await keepRaw(desk.app, {
    mailboxId: delivery.mailboxId ?? '',
    source: delivery.source ?? 'imap',
    contents: Buffer.from(JSON.stringify(wrapped)),
    envelope: delivery.envelope ?? {},
    receivedAt: delivery.receivedAt,
  })
  return seq
}

/** Reads what `deliver` wrote. */
export async function readWrapped(contents: Uint8Array): Promise<ReadMail> {
  const { read, attachments }: Wrapped = JSON.parse(Buffer.from(contents).toString())
  return {
    ...read,
    attachments: read.attachments.map((attachment, n) => ({
      ...attachment,
      contents: Buffer.from(attachments[n] ?? '', 'base64'),
    })),
  }
}

export const noNames: Resolve = (name) => Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }))

export const acceptAll = (desk: TestDesk, read = readWrapped): Promise<void> =>
  acceptWaiting(desk.app, { read, resolve: noNames, askingMs: 2_000 })

/** The row of a raw mail. */
export const rawMail = (desk: TestDesk, seq: number) =>
  desk.app.database.reader.selectFrom('raw_mails').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow()

/** Delivers a mail, accepts it, and gives its row. */
export async function accepted(desk: TestDesk, read: ReadMail, delivery: Delivery = {}) {
  const seq = await deliver(desk, read, delivery)
  await acceptAll(desk)
  return rawMail(desk, seq)
}

export const conversationOf = (desk: TestDesk, row: { conversation_id: string | null }) =>
  desk.app.database.reader
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', row.conversation_id ?? '')
    .executeTakeFirstOrThrow()

/** Texts of the notes in a conversation. */
export async function notesIn(desk: TestDesk, conversationId: string): Promise<string[]> {
  const rows = await desk.app.database.reader
    .selectFrom('messages')
    .select('body')
    .where('conversation_id', '=', conversationId)
    .where('rtype', '=', 'N')
    .orderBy('seq')
    .execute()
  return rows.map(({ body }) => body)
}
