// What a mail of the corpus is expected to say: everything but what is as it is in most of them.
import type { MailAddress, ReadMail } from '../mail.ts'

const SHOWN = 60

export function summaryOf(mail: ReadMail): Record<string, unknown> {
  const address = ({ name, address: bare }: MailAddress): string => (name === '' ? bare : `${name} <${bare}>`)
  const all: Record<string, unknown> = {
    subject: mail.subject,
    from: mail.from && address(mail.from),
    furtherAuthors: mail.furtherAuthors.map(address),
    sender: mail.sender && address(mail.sender),
    replyTo: mail.replyTo.map(address),
    to: mail.to.map(address),
    cc: mail.cc.map(address),
    deliveredTo: mail.deliveredTo,
    date: mail.date === undefined ? undefined : new Date(mail.date).toISOString(),
    messageId: mail.messageId,
    inReplyTo: mail.inReplyTo,
    references: mail.references,
    kind: mail.kind,
    kindReason: mail.kindReason,
    reports: mail.reports,
    aboutMessageIds: mail.aboutMessageIds,
    text: words(mail.parts.map(({ text }) => text)),
    html: words(mail.parts.filter(({ isHtml }) => isHtml).map(({ body }) => body)),
    attachments: mail.attachments.map(
      ({ name, type, contents, isInline, contentId }) =>
        `${name} (${type}, ${contents.length} bytes${isInline ? `, shown as ${contentId}` : ''}): ${beginning(contents)}`,
    ),
    faults: mail.faults,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !isNothing(value)))
}

/** Where quotes and signatures begin is not what is looked at here. */
const words = (texts: readonly string[]): string => texts.join('\n').replace(/\s+/g, ' ').trim()

const isNothing = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

const beginning = (contents: Uint8Array): string =>
  JSON.stringify(Buffer.from(contents.subarray(0, SHOWN)).toString('latin1'))
