// Whether a person wrote a mail, or which kind of machine did, and which of our mails a machine writes about. RFC 3464 and 3462
// (bounces), 3834 (automatic answers), 8098 (receipts), 5965 (feedback), 2919 and 2369 (lists), and what programs do instead.
import { decodeBytes } from './charsets.ts'
import { deliveryReports, fieldGroups } from './delivery-status.ts'
import { readHeaderFields } from './header-fields.ts'
import { headerOf, headersOf } from './header-lookup.ts'
import type { DeliveryReport, MailKind, ReadMail } from './mail.ts'
import { messageIdOf, messageIdsIn } from './message-ids.ts'
import { leavesOf, type MimePart } from './mime-tree.ts'
import {
  looksLikeBounceSubject,
  looksLikeBounceText,
  messageIdsInText,
  reportsInText,
  splitReport,
} from './old-bounces.ts'
import { contentsOf } from './transfer.ts'

/** What is known of a mail when its kind is told. */
export type Known = Pick<
  ReadMail,
  'headers' | 'subject' | 'from' | 'to' | 'cc' | 'inReplyTo' | 'references' | 'deliveredTo'
> & {
  root: MimePart
  /** All of its text, without HTML. */
  text: string
  /** Envelope; empty: the null return path; undefined: not known. */
  returnPath: string | undefined
}

export interface Machine {
  kind: MailKind
  kindReason: string | undefined
  reports: DeliveryReport[]
  aboutMessageIds: string[]
}

type Verdict = { kind: MailKind; reason: string }

const MAX_ABOUT = 20

export function machineOf(known: Known): Machine {
  const verdict = report(known) ?? autoReply(known) ?? list(known) ?? bulk(known) ?? automatic(known)
  if (!verdict) return { kind: 'person', kindReason: undefined, reports: [], aboutMessageIds: [] }
  const { kind, reason } = verdict
  const isAbout = kind === 'bounce' || kind === 'receipt' || kind === 'auto-reply' || kind === 'feedback'
  return {
    kind,
    kindReason: reason.slice(0, 300),
    reports: kind === 'bounce' ? bounceReports(known) : [],
    aboutMessageIds: isAbout ? aboutIds(known, kind) : [],
  }
}

// Reports

const STATUS_TYPES = new Set(['message/delivery-status', 'message/global-delivery-status'])
const RECEIPT_TYPES = new Set(['message/disposition-notification', 'message/global-disposition-notification'])
const FEEDBACK_TYPE = 'message/feedback-report'
const HEADER_TYPES = new Set([
  'text/rfc822-headers',
  'message/rfc822-headers',
  'text/rfc822-header',
  'message/global-headers',
])
const MAIL_TYPES = new Set(['message/rfc822', 'message/global', 'text/rfc822', 'message/news'])

function report(known: Known): Verdict | undefined {
  const { root } = known
  const isReport = root.type === 'multipart/report'
  const reportType = root.parameters.get('report-type')?.toLowerCase() ?? ''
  const types = new Set([...leavesOf(root)].map(({ type }) => type))
  const has = (wanted: ReadonlySet<string>): boolean => [...wanted].some((type) => types.has(type))
  // A person who forwards a report sends its parts as well: without the frame, the sender must be a machine.
  const isTrusted = isReport || isFromDaemon(known) || isNullPath(known)
  const frame = `Content-Type: multipart/report${reportType && `; report-type=${reportType}`}`
  if (types.has(FEEDBACK_TYPE) && (isTrusted || reportType === 'feedback-report'))
    return { kind: 'feedback', reason: frame }
  if (isTrusted && has(STATUS_TYPES))
    return { kind: 'bounce', reason: isReport ? frame : 'part message/delivery-status' }
  if (isTrusted && has(RECEIPT_TYPES)) return { kind: 'receipt', reason: frame }
  if (isReport && reportType === 'delivery-status') return { kind: 'bounce', reason: frame }
  if (isReport && reportType === 'disposition-notification') return { kind: 'receipt', reason: frame }
  return oldBounce(known)
}

function oldBounce(known: Known): Verdict | undefined {
  const failed = headerOf(known, 'X-Failed-Recipients')
  if (failed) return { kind: 'bounce', reason: `X-Failed-Recipients: ${failed}` }
  const isDaemon = isFromDaemon(known)
  if (!isDaemon && !isNullPath(known)) return undefined
  const isSubject = looksLikeBounceSubject(known.subject)
  const isText = looksLikeBounceText(known.text)
  // A null path alone has many reasons: both must say it, but of a daemon one of them is enough.
  if (!(isDaemon ? isSubject || isText : isSubject && (isText || isOriginalAttached(known)))) return undefined
  const who = isDaemon ? `From: ${known.from?.address ?? ''}` : 'Return-Path: <>'
  return { kind: 'bounce', reason: isSubject ? `${who}, Subject: ${known.subject}` : who }
}

const isOriginalAttached = ({ root }: Known): boolean =>
  [...leavesOf(root)].some(({ type }) => MAIL_TYPES.has(type) || HEADER_TYPES.has(type))

const DAEMON =
  /^(mailer-?daemon|mail-?daemon|mailerdaemon|daemon|postmaster|mail-?delivery|maildelivery|mmdf|smtpd?|uucp|bounces?)([+=-].*)?@/i
const DAEMON_NAME =
  /^(mail delivery (sub)?system|mailer[ -]?daemon|mail[ -]?daemon|system administrator|systemadministrator|internet mail delivery|mail administrator|microsoft (outlook|exchange))\b/i

function isFromDaemon({ from }: Known): boolean {
  return from !== undefined && (DAEMON.test(from.address) || DAEMON_NAME.test(from.name))
}

function isNullPath({ returnPath }: Known): boolean {
  return returnPath !== undefined && /^\s*(<\s*>)?\s*$/.test(returnPath)
}

const MAX_STATUS = 500_000

function textOf(part: MimePart): string {
  const { bytes } = contentsOf(part)
  return decodeBytes(bytes.subarray(0, MAX_STATUS), part.parameters.get('charset') ?? 'utf-8').text
}

function bounceReports(known: Known): DeliveryReport[] {
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

// What it is about

function aboutIds(known: Known, kind: MailKind): string[] {
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

// Automatic answers

const REPLY_HEADERS = [
  'x-autoreply',
  'x-auto-reply',
  'x-autoreply-from',
  'x-autoreply-domain',
  'x-autorespond',
  'x-auto-respond',
  'x-autoresponse',
  'x-autoresponder',
  'x-autoresponder-id',
  'x-mail-autoreply',
  'x-vacation',
  'x-out-of-office',
]
const REPLY_VALUES: [header: string, value: RegExp][] = [
  ['auto-submitted', /^auto-?replied/i],
  ['precedence', /^auto[_-]?(reply|replied|respon)/i],
  ['x-precedence', /^auto[_-]?(reply|replied|respon)/i],
  ['preference', /^auto[_-]?reply/i],
  ['x-autogenerated', /reply/i],
  ['x-post-messageclass', /autorespond/i],
  ['delivered-to', /^autoresponder$/i],
  ['x-ms-exchange-inbox-rules-loop', /oof/i],
]

/** In the usual languages. Supporting evidence alone: people write such subjects, too. */
const VACATION =
  /^(re: ?|aw: ?)?((auto(matic|mated|mat)?|automatische?)[ _:-]{0,3}(reply|repl|response|antwort|reaktion|antwoord)|autoreply|auto ?: ?|out of (the )?office|ooo\b|vacation|on (vacation|holiday|leave)|away from|abwesen|ich bin (im urlaub|nicht)|urlaub|r[ée]ponse automatique|absence|absent|message d'absence|respuesta autom|fuera de (la )?oficina|risposta automatica|assente|fuori (sede|ufficio)|resposta autom|fora do escritório|automatisch antwoord|afwezig|autosvar|automatiskt svar|automatisk svar|fr[åa]nvaro|ikke til ?stede|poissa|automaattinen|automatick[áa] odpov|nepřítomn|autoodpow|automatyczna odpow|nieobecno|automatikus válasz|házon kívül|răspuns automat|αυτόματη απάντηση|автоответ|автоматическ|відповідь автомат|автоматична відп|自動応答|自動返信|不在|自动(回复|答复)|自動(回覆|答覆)|자동 ?(응답|회신)|부재|otomatik (yanıt|cevap)|תשובה אוטומטית|رد تلقائي|tự động trả lời|ตอบกลับอัตโนมัติ)/i

function autoReply(known: Known): Verdict | undefined {
  for (const name of REPLY_HEADERS) {
    const value = headerOf(known, name)
    if (value !== undefined && !/^(no|false|0)?$/i.test(value))
      return { kind: 'auto-reply', reason: `${name}: ${value}` }
  }
  for (const [name, pattern] of REPLY_VALUES) {
    const value = headersOf(known, name).find((text) => pattern.test(text))
    if (value !== undefined) return { kind: 'auto-reply', reason: `${name}: ${value}` }
  }
  const isVacation = VACATION.test(known.subject)
  const support = isVacation ? supportOf(known) : undefined
  if (support !== undefined) return { kind: 'auto-reply', reason: `${support}, Subject: ${known.subject}` }
  if (isNullPath(known) && known.inReplyTo.length + known.references.length > 0) {
    return { kind: 'auto-reply', reason: 'Return-Path: <>' }
  }
  return undefined
}

/** What, together with such a subject, makes it an automatic answer. */
function supportOf(known: Known): string | undefined {
  const machine = isNullPath(known) ? 'Return-Path: <>' : undefined
  return (
    machine ??
    automaticHeader(known) ??
    given(known, 'precedence', /bulk|junk/i) ??
    given(known, 'x-auto-response-suppress', /./)
  )
}

function given(known: Known, name: string, pattern: RegExp): string | undefined {
  const value = headersOf(known, name).find((text) => pattern.test(text))
  return value === undefined ? undefined : `${name}: ${value}`
}

// Lists, newsletters, programs

function list(known: Known): Verdict | undefined {
  const said =
    given(known, 'list-post', /^(?!\s*no\b)./i) ??
    given(known, 'mailing-list', /./) ??
    given(known, 'x-mailing-list', /./) ??
    given(known, 'x-beenthere', /./) ??
    given(known, 'x-mailman-version', /./) ??
    given(known, 'x-list-id', /./) ??
    given(known, 'x-listname', /./) ??
    given(known, 'precedence', /^list\b/i)
  if (said !== undefined) return { kind: 'list', reason: said }
  // Majordomo and its kind.
  const owner = /bulk/i.test(headerOf(known, 'precedence') ?? '')
    ? given(known, 'sender', /\bowner-|-(owner|admin|bounces?|request)@/i)
    : undefined
  if (owner !== undefined) return { kind: 'list', reason: owner }
  // Newsletters have a List-Id as well; what they are is said beside it.
  const id = given(known, 'list-id', /./)
  return id !== undefined && bulk(known) === undefined ? { kind: 'list', reason: id } : undefined
}

function bulk(known: Known): Verdict | undefined {
  const said =
    given(known, 'precedence', /^(bulk|junk|mass)/i) ??
    given(known, 'list-unsubscribe', /./) ??
    given(known, 'list-unsubscribe-post', /./) ??
    given(known, 'x-campaign', /./) ??
    given(known, 'x-campaignid', /./) ??
    given(known, 'x-mailchimp-id', /./) ??
    given(known, 'x-mc-user', /./) ??
    given(known, 'feedback-id', /./) ??
    given(known, 'x-csa-complaints', /./)
  return said === undefined ? undefined : { kind: 'bulk', reason: said }
}

const NO_REPLY =
  /^(no-?_?\.?repl(y|ies)|do-?_?\.?not-?_?\.?reply|dont-?reply|nicht-?_?antworten|keine-?antwort|ne-?pas-?repondre|pas-?de-?reponse|no-?responder|nao-?responda|non-?rispondere|niet-?beantwoorden)([+.=_-].*)?@|[._-]no-?reply@/i

/** Headers by which programs say that nobody wrote it. */
function automaticHeader(known: Known): string | undefined {
  return (
    given(known, 'auto-submitted', /^(?!\s*no\b)./i) ??
    given(known, 'x-auto-response-suppress', /\b(all|oof|autoreply)\b/i) ??
    given(known, 'x-autogenerated', /./) ??
    given(known, 'x-auto-generated', /./) ??
    given(known, 'x-otrs-loop', /./) ??
    given(known, 'x-cron-env', /./)
  )
}

function automatic(known: Known): Verdict | undefined {
  const said = automaticHeader(known)
  if (said !== undefined) return { kind: 'automatic', reason: said }
  if (isNullPath(known)) return { kind: 'automatic', reason: 'Return-Path: <>' }
  const address = known.from?.address ?? ''
  if (NO_REPLY.test(address) || isFromDaemon(known)) return { kind: 'automatic', reason: `From: ${address}` }
  return undefined
}
