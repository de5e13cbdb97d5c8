// Bounces, receipts and complaints.
import { FEEDBACK_TYPE, HEADER_TYPES, MAIL_TYPES, RECEIPT_TYPES, STATUS_TYPES } from './about.ts'
import { headerOf } from './header-lookup.ts'
import { isNullPath, type Known, type Verdict } from './known-mail.ts'
import { leavesOf } from './mime-part.ts'
import { looksLikeBounceSubject, looksLikeBounceText } from './old-bounces.ts'

export function report(known: Known): Verdict | undefined {
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

export function isFromDaemon({ from }: Known): boolean {
  return from !== undefined && (DAEMON.test(from.address) || DAEMON_NAME.test(from.name))
}
