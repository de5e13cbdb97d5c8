// Reads a raw mail. Whatever the bytes are, something is read of them, and `faults` says what could not be.
import { createHash } from 'node:crypto'
import { escapeHtml } from '../../../lib/markup.ts'
import { parseAddresses } from './addresses.ts'
import { prepareBytes } from './bytes.ts'
import { faultSentences } from './fault-sentences.ts'
import { type Gathered, gather, htmlOf, plainOf } from './gather.ts'
import { type HeaderField, readHeaderFields } from './header-fields.ts'
import { headerText, unicodeOf } from './header-text.ts'
import { type Located, markShown } from './inline-images.ts'
import { LIMITS, type ReadLimits } from './limits.ts'
import { machineOf } from './machine.ts'
import type { MailAddress, MailAttachment, MailPart, ReadMail } from './mail.ts'
import { mailDate } from './mail-date.ts'
import { messageIdOf, messageIdsIn } from './message-ids.ts'
import { declaredCharset, readTree } from './mime-tree.ts'
import { oneLine } from './one-line.ts'
import { partsOf } from './parts.ts'

export interface ReadOptions {
  /** Envelope; empty: the null return path; undefined: not known, so that header Return-Path counts. */
  returnPath?: string | undefined
  limits?: Partial<ReadLimits>
}

/** Never rejects, for any bytes. */
export async function readMail(raw: Uint8Array, options: ReadOptions = {}): Promise<ReadMail> {
  const limits = { ...LIMITS, ...options.limits }
  try {
    if (raw.length > limits.rawBytes) {
      return readHeadersOnly(
        raw,
        'This mail is too large to be read: only its headers were. All of it is in its source.',
        options,
      )
    }
    return await readWhole(raw, limits, options)
  } catch (error) {
    const why = error instanceof Error ? oneLine(error.message, 200) : 'unknown reason'
    return readHeadersOnly(raw, `This mail could not be read (${why}): only its headers were.`, options)
  }
}

/** What is left when the rest cannot be read, or took too long. Never throws. */
export function readHeadersOnly(raw: Uint8Array, fault: string, options: ReadOptions = {}): ReadMail {
  const limits = { ...LIMITS, ...options.limits }
  let fields: HeaderField[] = []
  let bodyStart = 0
  try {
    const { bytes, start } = prepareBytes(raw.subarray(0, limits.headerBlockBytes))
    const read = readHeaderFields(bytes, start, bytes.length, { ...limits, maxBytes: limits.headerBlockBytes })
    fields = read.fields
    bodyStart = read.bodyStart
    return { ...nothingRead(raw, bodyStart), ...headersOfMail(fields, limits, undefined), faults: [fault] }
  } catch {
    return { ...nothingRead(raw, bodyStart), faults: [fault] }
  }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function nothingRead(raw: Uint8Array, bodyStart: number): ReadMail {
  return {
    messageId: undefined,
    inReplyTo: [],
    references: [],
    from: undefined,
    furtherAuthors: [],
    sender: undefined,
    replyTo: [],
    to: [],
    cc: [],
    deliveredTo: [],
    subject: '',
    date: undefined,
    parts: [],
    attachments: [],
    kind: 'person',
    kindReason: undefined,
    reports: [],
    aboutMessageIds: [],
    headers: [],
    bodyHash: hashOf(raw.subarray(bodyStart)),
    faults: [],
  }
}

async function readWhole(raw: Uint8Array, limits: ReadLimits, options: ReadOptions): Promise<ReadMail> {
  const { bytes, start } = prepareBytes(raw)
  if (start >= bytes.length) return { ...nothingRead(raw, 0), faults: ['This mail is empty.'] }
  const { root, bodyStart, faults: treeFaults } = readTree(bytes, start, limits)
  const hint = declaredCharset(root)
  const head = headersOfMail(root.fields, limits, hint)
  const gathered = gather(root, limits, hint)
  const { parts, attachments, isTextFailed } = await textOf(gathered)
  const returnPath = options.returnPath ?? head.headers.find(([name]) => name === 'return-path')?.[1]
  const text = parts.map((part) => part.text).join('\n')
  return {
    ...head,
    parts,
    attachments,
    ...machineOf({ ...head, root, text, returnPath }),
    bodyHash: hashOf(bytes.subarray(bodyStart)),
    faults: faultSentences({
      head,
      fields: root.fields,
      tree: treeFaults,
      gathered: gathered.faults,
      isTextFailed,
    }).slice(0, limits.faults),
  }
}

// Headers

type Head = Omit<
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

function headersOfMail(fields: readonly HeaderField[], limits: ReadLimits, hint: string | undefined): Head {
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

// Text

async function textOf({
  segments,
  attachments,
  calendarLines,
}: Gathered): Promise<{ parts: MailPart[]; attachments: MailAttachment[]; isTextFailed: boolean }> {
  const whole = htmlOf(segments)
  const html = whole === undefined ? undefined : markShown(whole, attachments)
  const { parts, isFailed } = await safeParts({ html, text: plainOf(segments) })
  return {
    parts: withCalendar(parts, calendarLines),
    attachments: attachments.map(plainAttachment),
    isTextFailed: isFailed,
  }
}

function plainAttachment({ location: _, ...attachment }: Located): MailAttachment {
  return attachment
}

/** A text that cannot be taken apart is shown as it is. */
async function safeParts(source: {
  html: string | undefined
  text: string | undefined
}): Promise<{ parts: MailPart[]; isFailed: boolean }> {
  try {
    const parts = await partsOf(source)
    return {
      parts: parts.map((part) => ({ ...part, body: storable(part.body), text: storable(part.text) })),
      isFailed: false,
    }
  } catch {
    const text = source.text ?? source.html ?? ''
    return { parts: [{ kind: 'message', body: text, isHtml: false, text }], isFailed: true }
  }
}

/** Entities of HTML can stand for what no database takes, and a cut can go through a character. */
const storable = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed()

/** Invitations are read before anything else: the files that they come in are opened by few. */
function withCalendar(parts: MailPart[], lines: readonly string[]): MailPart[] {
  if (lines.length === 0) return parts
  const line = lines.join('\n')
  const at = parts.findIndex(({ kind }) => kind === 'message')
  const first = parts[at]
  if (!first) return [{ kind: 'message', body: line, isHtml: false, text: line }, ...parts]
  const body = first.isHtml
    ? `<p>${escapeHtml(line).replaceAll('\n', '<br>')}</p>${first.body}`
    : join(line, first.body)
  return parts.with(at, { ...first, body, text: join(line, first.text) })
}

const join = (line: string, text: string): string => (text.trim() === '' ? line : `${line}\n\n${text}`)
