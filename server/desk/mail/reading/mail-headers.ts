// What the headers of a mail say, decoded and made fit to be stored.
import { parseAddresses } from './addresses.ts'
import type { HeaderField } from './header-fields.ts'
import { headerText, unicodeOf } from './header-text.ts'
import type { ReadLimits } from './limits.ts'
import type { MailAddress, ReadMail } from './mail.ts'
import { mailDate } from './mail-date.ts'
import { messageIdOf, messageIdsIn } from './message-ids.ts'
import { oneLine } from './one-line.ts'

/** The part of a mail that its headers give. */
export type Head = Omit<
  ReadMail,
  'parts' | 'attachments' | 'kind' | 'kindReason' | 'reports' | 'aboutMessageIds' | 'bodyHash' | 'faults'
>

const DELIVERED = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'x-original-recipient',
  'x-rcpt-to',
]

/** `hint`: what is not declared is written in. */
export function headersOfMail(fields: readonly HeaderField[], limits: ReadLimits, hint: string | undefined): Head {
  const all = (name: string): string[] => fields.filter((field) => field.name === name).map(({ raw }) => raw)
  const first = (name: string): string | undefined =>
    fields.find((field) => field.name === name && field.raw !== '')?.raw
  const addresses = (...names: string[]): MailAddress[] => {
    const found = names.flatMap(all).flatMap((raw) => parseAddresses(unicodeOf(raw, hint), limits))
    return found.slice(0, limits.addresses)
  }
  const ids = (name: string): string[] =>
    [...new Set(all(name).flatMap((raw) => messageIdsIn(unicodeOf(raw), limits.messageIds)))].slice(
      0,
      limits.messageIds,
    )
  const [from, ...furtherAuthors] = addresses('from')
  return {
    messageId: messageIdOf(first('message-id') && unicodeOf(first('message-id') ?? '')),
    inReplyTo: ids('in-reply-to'),
    references: ids('references'),
    from,
    furtherAuthors: furtherAuthors.filter(({ address }) => address.toLowerCase() !== from?.address.toLowerCase()),
    sender: addresses('sender')[0],
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    deliveredTo: [...new Set(addresses(...DELIVERED).map(({ address }) => address))],
    subject: oneLine(
      headerText((first('subject') ?? '').slice(0, limits.subjectCharacters * 8), hint),
      limits.subjectCharacters,
    ),
    date: mailDate(unicodeOf((first('date') ?? '').slice(0, 300), hint)),
    headers: fields
      .slice(0, limits.headers)
      .map(({ name, raw }) => [
        name,
        oneLine(headerText(raw.slice(0, limits.headerCharacters * 3), hint), limits.headerCharacters),
      ]),
  }
}
