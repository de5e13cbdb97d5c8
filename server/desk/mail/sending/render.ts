// A mail of the outbox as bytes, made anew for each attempt from what was fixed when it was queued.
import type { Readable } from 'node:stream'
import type { MailComposerOptions } from 'nodemailer/lib/mail-composer'
import { z } from 'zod'
import { prepared } from '../../../db/prepared.ts'
import { emailKey } from '../../../lib/email.ts'
import type { Conversation } from '../../conversations/conversation.ts'
import type { Message } from '../../conversations/history.ts'
import { dkimOf, type Mailbox, type OutgoingSettings, secretsOf } from '../../mailboxes/mailbox.ts'
import { replyAddress, rootMessageId } from '../../outbox/message-id.ts'
import { type OutboxMail, recipientsOf } from '../../outbox/outbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { attachment, chooseFiles, filesOf, inlineImages, linksTo } from './attachments.ts'
import { composeAnswer, composeSystemMail } from './compose.ts'
import { conversationOf } from './conversation-facts.ts'
import { type Threading, threadingOf } from './references.ts'
import { signed } from './sign.ts'
import { domainOf } from './system-mail.ts'

/** What sending itself keeps in `content`. */
const contentSchema = z.looseObject({
  useTemplate: z.boolean().default(true),
  /** Recipients (without regard to case) that the server has taken the mail for already. */
  accepted: z.array(z.string()).default([]),
  /** Message-ID, without brackets, of the mail that a mail of the system itself answers (RFC 3834, 3.1.5). */
  inReplyTo: z.string().nullish(),
})

export const contentOf = (mail: Pick<OutboxMail, 'content'>) => contentSchema.parse(JSON.parse(mail.content))

export interface RenderedMail {
  envelope: { from: string; to: string[] }
  /** Of the mailbox: the return path of what has none, where a server insists on one. */
  address: string
  subject: string
  /** The mail from its beginning, each time. */
  open(): Promise<Readable>
}

/** Undefined: it is not wanted any more. Throws NotFound if what it carries is gone. */
export async function renderMail(
  desk: MailDesk,
  mail: OutboxMail,
  mailbox: Mailbox,
  server: OutgoingSettings,
): Promise<RenderedMail | undefined> {
  const parts =
    mail.kind === 'answer' ? await answerParts(desk, mail, mailbox, server) : await systemParts(desk, mail, mailbox)
  if (!parts) return undefined
  const { to, cc } = recipientsOf(mail)
  const done = new Set(contentOf(mail).accepted)
  const isAnswerOfMachine = NOBODY_WANTS_BACK.has(mail.kind)
  const head: MailComposerOptions = {
    from: { name: mailbox.sender_name ?? desk.settings().company_name, address: mailbox.address },
    to,
    cc,
    subject: parts.subject,
    messageId: `<${mail.message_id}>`,
    // Every attempt is the same mail, also in its date.
    date: new Date(mail.created_at),
    ...(mail.kind !== 'answer' && { headers: machineHeaders(isAnswerOfMachine) }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  return {
    envelope: {
      from: isAnswerOfMachine ? '' : mailbox.address,
      to: [...to, ...cc].map(({ address }) => address).filter((address) => !done.has(emailKey(address))),
    },
    address: mailbox.address,
    subject: parts.subject,
    open: () => mailStream(desk, mailbox, { ...head, ...parts.body() }),
  }
}

/** Nobody reads what comes back to these: their return path is empty, so that no machine answers them (RFC 3834). */
const NOBODY_WANTS_BACK: ReadonlySet<string> = new Set(['acknowledgement', 'assignment', 'notice'])

const machineHeaders = (isReply: boolean): Record<string, string> => ({
  'Auto-Submitted': isReply ? 'auto-replied' : 'auto-generated',
  // Microsoft's servers do not know the other one.
  'X-Auto-Response-Suppress': 'All',
})

interface Parts {
  subject: string
  /** Streams can be read once: new ones for each attempt. */
  body(): MailComposerOptions
}

const groupBySeq = prepared((db, seq: number) => db.selectFrom('message_groups').selectAll().where('seq', '=', seq))
const messagesBySeq = prepared((db, seq: number, conversationId: string) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('group_seq', '=', seq)
    .orderBy('seq'),
)
const mailBySeq = prepared((db, seq: number) => db.selectFrom('mails').selectAll().where('group_seq', '=', seq))

async function answerParts(
  desk: MailDesk,
  mail: OutboxMail,
  mailbox: Mailbox,
  server: OutgoingSettings,
): Promise<Parts | undefined> {
  const db = desk.database.reader
  const [group] = await groupBySeq(db, mail.group_seq ?? -1)
  if (!group) return undefined
  // By the group, not by the row: it may have been moved to another conversation since.
  const conversation = await conversationOf(db, { ...mail, conversation_id: group.conversation_id })
  const messages = await messagesBySeq(db, group.seq, conversation.id)
  const [fixed] = await mailBySeq(db, group.seq)
  const composed = await composeAnswer(db, desk, {
    conversation,
    group,
    messages,
    mailbox,
    useTemplate: contentOf(mail).useTemplate,
    subject: fixed?.subject,
  })
  const threading = await headersOf(desk, conversation, mail, mailbox, fixed?.in_reply_to ?? null)
  return {
    subject: composed.subject,
    body: await bodyOf(desk, conversation, messages, mailbox, server, composed, threading),
  }
}

async function systemParts(desk: MailDesk, mail: OutboxMail, mailbox: Mailbox): Promise<Parts | undefined> {
  const db = desk.database.reader
  const composed = await composeSystemMail(db, desk, mail)
  if (!composed) return undefined
  const inReplyTo = contentOf(mail).inReplyTo ?? null
  const threading =
    mail.conversation_id === null ? {} : await headersOf(desk, await conversationOf(db, mail), mail, mailbox, inReplyTo)
  return { subject: composed.subject, body: () => ({ ...threading, html: composed.html, text: composed.text }) }
}

async function headersOf(
  desk: MailDesk,
  conversation: Conversation,
  mail: OutboxMail,
  mailbox: Mailbox,
  inReplyTo: string | null,
): Promise<Partial<Threading> & { replyTo?: string }> {
  const { secret } = desk.installation
  const rootId = rootMessageId(secret, conversation.id, domainOf(mailbox))
  const facts = { messageId: mail.message_id, inReplyTo, queuedAt: mail.created_at }
  return {
    ...(await threadingOf(desk.database.reader, conversation.id, facts, rootId)),
    ...(mailbox.plus_address && { replyTo: replyAddress(secret, conversation.id, mailbox.address) }),
  }
}

/** Room for the texts of the mail and its headers, beside its files. */
const HEADER_BYTES = 10_000

async function bodyOf(
  desk: MailDesk,
  conversation: Conversation,
  messages: readonly Message[],
  mailbox: Mailbox,
  server: OutgoingSettings,
  composed: { html: string; text: string },
  threading: MailComposerOptions,
): Promise<() => MailComposerOptions> {
  const files = await filesOf(desk.database.reader, messages)
  // Quoted-printable triples what is not ASCII.
  const texts = Buffer.byteLength(composed.html) * 3 + Buffer.byteLength(composed.text) * 3
  const { attached, linked } = chooseFiles(files, server.sizeLimit - texts - HEADER_BYTES)
  const shown = inlineImages(composed.html, attached, domainOf(mailbox))
  const links = linksTo(linked, desk.publicUrl(), conversation.public_code)
  return () => ({
    ...threading,
    text: composed.text + (links?.text ?? ''),
    html: links ? withLinks(shown.html, links.html) : shown.html,
    attachments: attached.map((file) => attachment(desk.files, file, shown.cids.get(file.id))),
  })
}

const withLinks = (html: string, links: string): string => {
  const end = html.lastIndexOf('</body>')
  return end < 0 ? html + links : html.slice(0, end) + links + html.slice(end)
}

/** A mail as bytes, signed where the mailbox has a key. */
export async function mailStream(
  desk: Pick<MailDesk, 'installation'>,
  mailbox: Mailbox,
  options: MailComposerOptions,
): Promise<Readable> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const message = new MailComposer(options).compile()
  const dkim = dkimOf(mailbox)
  const { dkimKey } = secretsOf(desk.installation.secret, mailbox)
  return dkim && dkimKey ? signed(message, { ...dkim, privateKey: dkimKey }) : message.createReadStream()
}
