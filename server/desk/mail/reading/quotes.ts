// Which lines of a mail were written for it, which are quoted, and which are the signature.
//
// Two ways of quoting: some programs mark every quoted line, and whatever is not marked was written now, above, below or
// between; others write a line or a block of headers, and everything from there on is old.

import type { Line } from './lines.ts'
import type { MailPart } from './mail.ts'
import {
  beginsAttribution,
  endsInColon,
  isAttribution,
  isForwardSeparator,
  isOriginalSeparator,
  isPlainAttribution,
  isReplyLine,
  type Label,
  labelOf,
} from './phrases.ts'
import { isDevice, isRule, signatureStart } from './signatures.ts'

export type Kind = MailPart['kind']

/** The kind of every line. There is always something of a message, if there is anything at all. */
export function kindsOf(lines: readonly Line[]): Kind[] {
  const kinds = markQuotes(lines)
  markSignatures(lines, kinds)
  keepVisible(lines, kinds)
  joinBlanks(lines, kinds)
  return kinds
}

function markQuotes(lines: readonly Line[]): Kind[] {
  const kinds = lines.map((line): Kind => (line.depth > 0 ? 'quote' : 'message'))
  /** Where the words begin that were written above. */
  let above = 0
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]
    if (!line || line.depth > 0 || line.isBlank) continue
    const begin = restBegins(lines, at)
    if (begin) {
      if (hasWords(lines, kinds, above, at)) return quoteFrom(lines, kinds, at)
      // Nothing was written above but perhaps a name: it is passed on, and what it is about stands below.
      for (let name = signatureStart(lines, above, at); name < at; name++)
        if (kinds[name] === 'message') kinds[name] = 'signature'
      at = begin.behind - 1
      above = begin.behind
      continue
    }
    const attribution = attributionAt(lines, at)
    if (!attribution) continue
    if (attribution.isPlain) {
      if (hasWords(lines, kinds, above, attribution.from)) return quoteFrom(lines, kinds, attribution.from)
      continue
    }
    at = quoteUntil(lines, kinds, attribution.from, attribution.to) - 1
  }
  return kinds
}

/** A sign that everything from this line on is old, and the line behind that sign. */
function restBegins(lines: readonly Line[], at: number): { behind: number } | undefined {
  const line = lines[at]
  if (!line) return undefined
  const isSeparator = isForwardSeparator(line.text) || isOriginalSeparator(line.text)
  if (isSeparator || line.mark === 'rest' || isReplyLine(line.text))
    return { behind: behindHeaders(lines, at + 1) ?? at + 1 }
  const behind = labelOf(line.text) && behindHeaders(lines, at)
  return behind === undefined ? undefined : { behind }
}

/** Header lines may be broken, and stand apart from each other. */
const MAX_HEADERS = 14

/**
 * The line behind a block of headers that begins here, blanks left out; undefined: there is none. Without a subject it is
 * none: who books a journey writes from, to and date.
 */
function behindHeaders(lines: readonly Line[], from: number): number | undefined {
  const found = new Set<Label>()
  let behind = from
  let strange = 0
  for (let at = from, seen = 0; at < lines.length && seen < MAX_HEADERS && strange < 2; at++) {
    const line = lines[at]
    if (!line || line.isBlank) continue
    seen++
    const label = line.depth > 0 ? undefined : labelOf(line.text)
    if (label === undefined) {
      if (found.size === 0 && seen > 1) break
      strange++
      continue
    }
    found.add(label)
    for (const other of labelsWithin(line.text)) found.add(other)
    behind = at + 1
    // Lists of recipients go on for lines; what stands behind the subject does not belong to it.
    strange = found.has('subject') && found.has('from') ? 1 : 0
  }
  return found.size >= 3 && found.has('from') && found.has('subject') ? behind : undefined
}

/** Where lines were lost, all headers stand in one: `From: Ada Sent: Monday To: Bob Subject: Hello`. */
const labelsWithin = (text: string): Label[] =>
  text
    .split(/\s(?=[\p{L}]+:)/u, 8)
    .slice(1)
    .flatMap((piece) => labelOf(piece) ?? [])

interface Attribution {
  from: number
  /** The line that follows it. */
  to: number
  /** Nothing marks what follows as a quote. */
  isPlain: boolean
}

function attributionAt(lines: readonly Line[], at: number): Attribution | undefined {
  const line = lines[at]
  if (!line) return undefined
  const next = nextWords(lines, at + 1)
  const isQuoteNext = next !== undefined && (lines[next]?.isIndented ?? false)
  if (line.mark === 'attribution')
    return isQuoteNext || hasMarkNext(lines, next) ? { from: at, to: at + 1, isPlain: false } : undefined
  if (!endsInColon(line.text)) return undefined
  const from = attributionStart(lines, at)
  const text = lines
    .slice(from, at + 1)
    .map((each) => each.text)
    .join(' ')
  if (isQuoteNext) return isAttribution(text) ? { from, to: at + 1, isPlain: false } : undefined
  return next !== undefined && isPlainAttribution(text) ? { from, to: at + 1, isPlain: true } : undefined
}

const hasMarkNext = (lines: readonly Line[], next: number | undefined): boolean =>
  next !== undefined && lines[next]?.mark === 'attribution'

/** It may be broken into three. */
function attributionStart(lines: readonly Line[], at: number): number {
  for (let from = at; from > at - 3 && from >= 0; from--) {
    const line = lines[from]
    if (!line || line.isBlank || line.depth > 0) break
    if (beginsAttribution(line.text)) return from
  }
  return at
}

function nextWords(lines: readonly Line[], from: number): number | undefined {
  for (let at = from; at < Math.min(lines.length, from + 4); at++) if (!lines[at]?.isBlank) return at
  return undefined
}

/** Marks a line about a quote and, where only their indent says so, the quoted lines below it. */
function quoteUntil(lines: readonly Line[], kinds: Kind[], from: number, to: number): number {
  for (let at = from; at < to; at++) kinds[at] = 'quote'
  let at = to
  while (at < lines.length && (lines[at]?.isBlank || (lines[at]?.isIndented && lines[at]?.depth === 0)))
    kinds[at++] = 'quote'
  return at
}

/** Everything from a line on, with the line drawn above it. */
function quoteFrom(lines: readonly Line[], kinds: Kind[], from: number): Kind[] {
  let start = from
  for (let at = from - 1; at >= 0 && (lines[at]?.isBlank || isRule(lines[at]?.text ?? '')); at--)
    if (!lines[at]?.isBlank) start = at
  return kinds.fill('quote', start)
}

/** Whether anything but a signature was written in these lines. */
function hasWords(lines: readonly Line[], kinds: readonly Kind[], from: number, to: number): boolean {
  const end = signatureStart(lines, from, to)
  for (let at = from; at < end; at++) {
    const line = lines[at]
    if (!line || line.isBlank || kinds[at] !== 'message' || line.mark === 'signature') continue
    if (!isDevice(line) && !isRule(line.text)) return true
  }
  return false
}

function markSignatures(lines: readonly Line[], kinds: Kind[]): void {
  for (const [at, line] of lines.entries())
    if (kinds[at] === 'message' && (line.mark === 'signature' || isDevice(line))) kinds[at] = 'signature'
  const runs = runsOf(kinds)
  // Between two quotes there are answers, and nobody signs each of them.
  for (const run of new Set([runs[0], runs.at(-1)])) {
    if (!run) continue
    const start = signatureStart(lines, run.from, run.to)
    for (let at = start; at < run.to; at++) kinds[at] = 'signature'
  }
}

/** Neighbouring lines of the message. */
function runsOf(kinds: readonly Kind[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (const [at, kind] of kinds.entries()) {
    if (kind !== 'message') continue
    const last = runs.at(-1)
    if (last?.to === at) last.to = at + 1
    else runs.push({ from: at, to: at + 1 })
  }
  return runs
}

/** A mail that is nothing but quote, or nothing but signature, says what it says by that. */
function keepVisible(lines: readonly Line[], kinds: Kind[]): void {
  const has = (kind: Kind): boolean => kinds.some((each, at) => each === kind && !lines[at]?.isBlank)
  if (has('message')) return
  const shown: Kind = has('quote') ? 'quote' : 'signature'
  for (const [at, kind] of kinds.entries()) if (kind === shown) kinds[at] = 'message'
}

/** Empty lines go with what stands above them. */
function joinBlanks(lines: readonly Line[], kinds: Kind[]): void {
  let kind = kinds[lines.findIndex(({ isBlank }) => !isBlank)] ?? 'message'
  for (const [at, line] of lines.entries()) {
    if (line.isBlank) kinds[at] = kind
    else kind = kinds[at] ?? kind
  }
}
