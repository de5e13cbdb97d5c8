// What a report or an automatic answer is about: which recipients, and which of our mails.
import { decodeBytes } from './charsets.ts'
import { deliveryReports, fieldGroups } from './delivery-status.ts'
import { readHeaderFields } from './header-fields.ts'
import { headersOf } from './header-lookup.ts'
import type { Known } from './known-mail.ts'
import type { DeliveryReport, MailKind } from './mail.ts'
import { messageIdOf, messageIdsIn } from './message-ids.ts'
import { leavesOf, type MimePart } from './mime-part.ts'
import { messageIdsInText, reportsInText, splitReport } from './old-bounces.ts'
import { contentsOf } from './transfer.ts'

export const STATUS_TYPES = new Set(['message/delivery-status', 'message/global-delivery-status'])
export const RECEIPT_TYPES = new Set(['message/disposition-notification', 'message/global-disposition-notification'])
export const FEEDBACK_TYPE = 'message/feedback-report'
export const HEADER_TYPES = new Set([
  'text/rfc822-headers',
  'message/rfc822-headers',
  'text/rfc822-header',
  'message/global-headers',
])
export const MAIL_TYPES = new Set(['message/rfc822', 'message/global', 'text/rfc822', 'message/news'])

const MAX_ABOUT = 20

const MAX_STATUS = 500_000

function textOf(part: MimePart): string {
  const { bytes } = contentsOf(part)
  return decodeBytes(bytes.subarray(0, MAX_STATUS), part.parameters.get('charset') ?? 'utf-8').text
}

/** What a bounce says of each recipient. */
export function bounceReports(known: Known): DeliveryReport[] {
  const found = [...leavesOf(known.root)]
    .filter(({ type }) => STATUS_TYPES.has(type))
    .flatMap((part) => deliveryReports(textOf(part)))
  if (found.length > 0) return found.slice(0, 500)
  return reportsInText(splitReport(known.text).report, {
    subject: known.subject,
    failed: headersOf(known, 'X-Failed-Recipients').join(','),
    others: [...known.to, ...known.cc, ...(known.from ? [known.from] : [])]
      .map(({ address }) => address)
      .concat(known.deliveredTo),
  })
}

/** Message-IDs, the most certain first. */
export function aboutIds(known: Known, kind: MailKind): string[] {
  const ids: string[] = []
  const leaves = [...leavesOf(known.root)]
  for (const part of leaves) {
    if (RECEIPT_TYPES.has(part.type) || STATUS_TYPES.has(part.type) || part.type === FEEDBACK_TYPE) {
      for (const group of fieldGroups(textOf(part))) {
        const id = messageIdOf(group.get('original-message-id') ?? group.get('x-original-message-id'))
        if (id !== undefined) ids.push(id)
      }
    }
  }
  if (kind !== 'auto-reply') for (const part of leaves) ids.push(...idOfOriginal(part))
  if (kind === 'bounce' && ids.length === 0) {
    const { report: words, original } = splitReport(known.text)
    ids.push(...messageIdsInText(original), ...messageIdsInText(words))
  }
  ids.push(...headersOf(known, 'X-Original-Message-ID').flatMap((value) => messageIdsIn(value, 3)))
  ids.push(...known.inReplyTo, ...known.references.toReversed())
  return [...new Set(ids)].slice(0, MAX_ABOUT)
}

/** Of a mail that came back, whole or only its headers. */
function idOfOriginal(part: MimePart): string[] {
  const isNamed = /\.eml$/i.test(part.fileName ?? '')
  if (!MAIL_TYPES.has(part.type) && !HEADER_TYPES.has(part.type) && !isNamed) return []
  const { bytes } = contentsOf(part)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = 0
  while (buffer[start] === 10 || buffer[start] === 13) start++
  const { fields } = readHeaderFields(buffer, start, buffer.length, {
    maxBytes: 500_000,
    headerBytes: 20_000,
    headers: 500,
  })
  const id = messageIdOf(fields.find(({ name }) => name === 'message-id')?.raw)
  return id === undefined ? [] : [id]
}
