// Reports of servers that do not write what RFC 3464 asks for: qmail, Exim, old Postfix and sendmail, Exchange, Domino,
// GroupWise, Yahoo and others. People can read them, and we must.
import { emailKey, isEmail } from '../../../lib/email.ts'
import { recipientOf, statusIn } from './delivery-status.ts'
import type { DeliveryReport } from './mail.ts'
import { messageIdsIn } from './message-ids.ts'
import { oneLine } from './one-line.ts'

const SUBJECTS = [
  /^(re: )?(failure notice|mail (delivery )?fail(ed|ure)|delivery (status notification|failure|failed|has failed|report|notification)|returned mail|return(ed)? to sender)/i,
  /undeliver(ed|able)|nondeliver|non-?delivery|not delivered|could ?n.t be delivered|returning message to sender|message (delivery|status)|delivery (problem|error)|mail system error|rejected mail|delayed mail|mail could not be delivered|could not (be )?(send|sent|deliver)|warning: (message|could not)/i,
  /unzustellbar|nicht zustellbar|zustell(ung|barkeit).{0,30}(fehl|nicht|verz)|nicht (zu)?gestellt|fehlgeschlagen/i,
  /non remis|échec (de )?(la )?(remise|distribution)|non distribu|message non délivré|no (se (puede|pudo) entregar|entregado)|devuelto|no entregable|mancata consegna|non recapit|impossibile recapitare|não entregue|falha na entrega|onbestelbaar|niet (bezorgd|afgeleverd)|olevererbart|kan inte leverera|nedoručiteln|niedostarcz|nie można dostarczyć/i,
  /недостав|не доставлен|не удалось доставить|配信(できません|不能|失敗)|送信(できません|失敗)|退信|投递失败|無法(投遞|傳遞)|반송|전송 실패/,
]

const SIGNATURES = [
  'this is the qmail-send program',
  'hi. this is the',
  'this message was created automatically by mail delivery software',
  'this is the postfix program',
  'this is the mail system at host',
  'the original message was received at',
  'had permanent fatal errors',
  'did not reach the following recipient',
  'following recipient(s) could not be reached',
  'could not be delivered',
  "couldn't be delivered",
  'was not delivered',
  "wasn't delivered",
  'delivery to the following recipient',
  'delivery has failed',
  'delivery failed',
  'failed to deliver',
  'unable to deliver',
  'undeliverable',
  'has not yet been delivered',
  'returned to sender',
  'returned mail',
  'user unknown',
  'unknown user',
  'no such user',
  'mailbox unavailable',
  'mailbox is full',
  'quota exceeded',
  'over quota',
  'not listed in',
  'konnte nicht zugestellt werden',
  'konnten nicht zugestellt werden',
  'could not be sent',
  'permanent error',
  "n'a pas pu être",
  'no se ha podido entregar',
  'не может быть доставлено',
]

export const looksLikeBounceSubject = (subject: string): boolean => SUBJECTS.some((pattern) => pattern.test(subject))

export function looksLikeBounceText(text: string): boolean {
  const source = text.slice(0, 5_000).toLowerCase().replaceAll('’', "'")
  return SIGNATURES.some((words) => source.includes(words))
}

const LOOKED_AT = 200_000
const MAX_LINES = 3_000
const MAX_REPORTS = 50
const MAX_DIAGNOSTIC = 1_000

/** Where the report ends and the mail that could not be delivered begins. */
const ORIGINAL = [
  /^-{2,}.{0,40}(below this line|copy of (the|your) message|original message|returned message|unsent message|message (header|text|body)s? follow|header of the original|undelivered message|ursprüngliche nachricht|included (is|message)|message d'origine)/i,
  /^(the (header|text|body|first .{1,20}) of the original message|(a copy of )?(the|your) original (message|mail) (follows|is (attached|below|included))|original message (follows|headers?:))/i,
  /^={5,}.{0,30}(original|message)/i,
  /^(return-path|received): /i,
]

/** The report, and the mail that it is about, as far as it is there. */
export function splitReport(text: string): { report: string; original: string } {
  const source = text.slice(0, LOOKED_AT)
  let at = 0
  for (let lines = 0; at < source.length && lines < MAX_LINES; lines++) {
    const end = source.indexOf('\n', at)
    const next = end === -1 ? source.length : end + 1
    const line = source.slice(at, Math.min(next, at + 300)).trim()
    if (at > 0 && ORIGINAL.some((pattern) => pattern.test(line))) {
      return { report: source.slice(0, at), original: source.slice(at) }
    }
    at = next
  }
  return { report: source, original: '' }
}

/** The recipients that it names. `others`: who it comes from and goes to, who are none of them. */
export function reportsInText(
  report: string,
  { subject, failed, others }: { subject: string; failed: string | undefined; others: readonly string[] },
): DeliveryReport[] {
  const excluded = new Set(others.map(emailKey))
  const lines = report.split('\n', MAX_LINES).map((line) => line.slice(0, 1_000))
  const named = (failed ?? '').split(/[\s,;]+/).flatMap((word) => recipientOf(word) ?? [])
  const certain =
    named.length > 0 ? named : addressesIn(lines, beginning).filter((address) => !excluded.has(emailKey(address)))
  const addresses =
    certain.length > 0 ? certain : addressesIn(lines, anywhere).filter((address) => !excluded.has(emailKey(address)))
  const isDelayed =
    /delay|warning|still trying|verzög|retard/i.test(subject) ||
    /has not yet been delivered|will continue to (try|be)|no action is required on your part/i.test(
      report.slice(0, 5_000),
    )
  const once = new Map(addresses.map((address) => [emailKey(address), address]))
  const recipients = [...once.values()].slice(0, MAX_REPORTS)
  if (recipients.length === 0) return [reportOf(undefined, report.slice(0, 4_000), isDelayed)]
  return recipients.map((recipient) => reportOf(recipient, diagnosticOf(lines, recipient, recipients), isDelayed))
}

function reportOf(recipient: string | undefined, words: string, isDelayed: boolean): DeliveryReport {
  return {
    action: isDelayed ? 'delayed' : 'failed',
    recipient,
    status: statusIn(words),
    diagnostic: oneLine(words, MAX_DIAGNOSTIC) || undefined,
  }
}

/** `<a@b>:`, `  a@b`, `a@b on 10/2/2003`, `To: a@b`, `RCPT TO:<a@b>`. */
const BEGINNING =
  /^[\s*>•-]{0,20}(?:(?:to|recipient|failed recipient|recipient address|final-recipient|user|address|empfänger|destinataire)s?\s?:\s*(?:rfc822;\s*)?)?["'<(]{0,3}([^\s<>()"',;:]{1,64}@[^\s<>()"',;:]{1,189})/i
const RCPT = /rcpt to:\s?<([^\s<>]{1,64}@[^\s<>]{1,189})>/i
const ANYWHERE = /[^\s<>()"',;:]{1,64}@[^\s<>()"',;:]{1,189}/

function beginning(line: string): string | undefined {
  return BEGINNING.exec(line)?.[1] ?? RCPT.exec(line)?.[1]
}

function anywhere(line: string): string | undefined {
  // Whom to ask for help, and the id of the mail, are no recipients.
  return /contact|help|assist|support|question|message-id/i.test(line)
    ? undefined
    : line
        .split(/\s+/)
        .map((word) => ANYWHERE.exec(word)?.[0])
        .find((word) => word !== undefined)
}

function addressesIn(lines: readonly string[], find: (line: string) => string | undefined): string[] {
  const found: string[] = []
  for (const line of lines) {
    if (!line.includes('@')) continue
    const address = find(line)
      ?.replace(/^mailto:/i, '')
      .replace(/[.\]]+$/, '')
    if (address !== undefined && isEmail(address)) found.push(address)
    if (found.length >= MAX_REPORTS * 4) break
  }
  return found
}

const MAX_MENTIONS = 5

/** Of the places that name the recipient: what the first with a status says, or else what the last says. */
function diagnosticOf(lines: readonly string[], recipient: string, recipients: readonly string[]): string {
  const key = recipient.toLowerCase()
  const mentions: string[] = []
  for (let at = 0; at < lines.length && mentions.length < MAX_MENTIONS; at++) {
    const place = lines[at]?.toLowerCase().indexOf(key) ?? -1
    if (place === -1) continue
    const rest = lines[at]?.slice(place + key.length).replace(/^[>)"':\s]+/, '') ?? ''
    mentions.push(paragraphOf(rest, lines.slice(at + 1, at + 15), recipient, recipients))
  }
  return mentions.find((words) => statusIn(words) !== undefined) ?? mentions.findLast((words) => words !== '') ?? ''
}

/** What stands behind the address and below it, up to the next recipient or the end of the paragraph. */
function paragraphOf(rest: string, below: readonly string[], recipient: string, recipients: readonly string[]): string {
  const words = [rest.trim()]
  for (const line of below) {
    // Some leave a line free between the address and the reason.
    if (line.trim() === '' && words.some((said) => said !== '')) break
    const other = beginning(line)
    const isOther = other !== undefined && emailKey(other) !== emailKey(recipient)
    if (isOther && recipients.some((one) => emailKey(one) === emailKey(other))) break
    words.push(line.trim())
  }
  return words.filter((said) => said !== '').join(' ')
}

/** Ids that headers in the text name: those of the mail that came back. */
export function messageIdsInText(text: string): string[] {
  const ids: string[] = []
  let isInside = false
  for (const line of text.slice(0, LOOKED_AT).split('\n', MAX_LINES * 2)) {
    const [, value] = /^[\s>|]{0,10}message-?id\s?:(.{0,1000})/i.exec(line) ?? []
    // Folded: the id stands alone on the next line.
    const found: string[] =
      value !== undefined || (isInside && /^[\s>|]{1,10}</.test(line)) ? messageIdsIn(value ?? line, 2) : []
    ids.push(...found)
    isInside = value !== undefined && found.length === 0
    if (ids.length > 10) break
  }
  return ids
}
