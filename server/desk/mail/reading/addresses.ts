// Addresses of headers: RFC 5322 with names in quotes, comments, groups and routes, and what programs make of it.
import { isEmail } from '../../../lib/email.ts'
import { decodeWords } from './encoded-words.ts'
import type { ReadLimits } from './limits.ts'
import type { MailAddress } from './mail.ts'
import { oneLine } from './one-line.ts'

type Bounds = Pick<ReadLimits, 'addresses' | 'nameCharacters'>

interface Entry {
  /** Before the brackets. */
  words: string
  /** After them: the name of the next one, if a comma is missing, or else a name that was put behind. */
  after: string
  comment: string
  /** Between angle brackets. */
  angle: string | undefined
}

/** Everybody in it who has an address. `source` is text in which encoded words are not decoded yet: they may hold commas. */
export function parseAddresses(source: string, bounds: Bounds): MailAddress[] {
  const found: MailAddress[] = []
  /** `Berg, Anna <anna@…>` without quotes: the name began before the comma. */
  let before = ''
  for (const entry of entriesOf(source)) {
    const isNamed = before !== '' && entry.angle !== undefined
    const address = addressOf(isNamed ? { ...entry, words: `${before}, ${entry.words.trim()}` } : entry, bounds)
    if (address) found.push(address)
    before = !address && entry.angle === undefined ? entry.words.trim().slice(0, bounds.nameCharacters) : ''
    if (found.length >= bounds.addresses) break
  }
  if (found.length > 0 || source.length > 20_000 || !source.includes('=?')) return found
  // Some programs encode the line as a whole. Only with brackets: an address must not arise from a mere name.
  const decoded = decodeWords(source)
  return decoded !== source && /<[^<>@\s]{1,64}@[^<>@\s]{1,200}>/.test(decoded)
    ? parseAddresses(decoded.replaceAll('=?', ''), bounds)
    : []
}

/** Linear in the length, whatever is open or closed too often. */
function* entriesOf(source: string): Generator<Entry> {
  let entry: Entry = { words: '', after: '', comment: '', angle: undefined }
  const add = (text: string): void => {
    if (entry.angle === undefined) entry.words += text
    else entry.after += text
  }
  const isUsed = (): boolean => entry.words.trim() !== '' || entry.angle !== undefined || entry.comment !== ''
  for (let at = 0; at < source.length; ) {
    const letter = source[at] ?? ''
    if (letter === '"') {
      const end = quoteEnd(source, at)
      // Behind a quoted local part, what follows belongs to it.
      add(unescaped(source.slice(at + 1, end)) + (source[end + 1] === '@' ? '' : ' '))
      at = end + 1
    } else if (letter === '(') {
      const end = commentEnd(source, at)
      entry.comment = `${entry.comment} ${unescaped(source.slice(at + 1, end))}`.trim().slice(0, 1_000)
      at = end + 1
    } else if (letter === '=' && source[at + 1] === '?') {
      // Commas and colons in an encoded word belong to it, although they ought to be encoded.
      const end = encodedWordEnd(source, at)
      add(source.slice(at, end))
      at = end
    } else if (letter === '<') {
      const close = source.indexOf('>', at)
      const end = close === -1 ? source.length : close
      if (entry.angle !== undefined && isEmail(entry.angle.trim())) {
        // Two addresses without a comma between them.
        const { after } = entry
        yield { ...entry, after: '' }
        entry = { words: after, after: '', comment: '', angle: undefined }
      }
      entry.angle = source.slice(at + 1, end)
      at = end + 1
    } else if (letter === ',' || letter === ';') {
      if (isUsed()) yield entry
      entry = { words: '', after: '', comment: '', angle: undefined }
      at++
    } else if (letter === ':' && entry.angle === undefined) {
      // What stood before it was the name of a group.
      entry = { words: '', after: '', comment: '', angle: undefined }
      at++
    } else {
      const end = plainEnd(source, at + 1)
      add(source.slice(at, end))
      at = end
    }
  }
  if (isUsed()) yield entry
}

function plainEnd(source: string, from: number): number {
  let at = from
  while (at < source.length && !'"(<,;:='.includes(source[at] ?? '')) at++
  return at
}

const WORD_BEGIN = /^=\?[^?\s]{1,60}\?[bq]\?/i

/** Behind the word; if it is none, behind its `=`. */
function encodedWordEnd(source: string, start: number): number {
  const head = WORD_BEGIN.exec(source.slice(start, start + 80))
  const end = head ? source.slice(start, start + 2_000).indexOf('?=', head[0].length) : -1
  return end === -1 ? start + 1 : start + end + 2
}

/** Where the quote ends; if it is never closed: before the first bracket, or at the end. */
function quoteEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '"') return at
  }
  const bracket = source.indexOf('<', start)
  return bracket === -1 ? source.length : bracket - 1
}

function commentEnd(source: string, start: number): number {
  let depth = 0
  for (let at = start; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '(') depth++
    else if (source[at] === ')' && --depth === 0) return at
  }
  return source.length
}

const unescaped = (text: string): string => (text.includes('\\') ? text.replace(/\\([\s\S])/g, '$1') : text)

function addressOf({ words, after, comment, angle }: Entry, { nameCharacters }: Bounds): MailAddress | undefined {
  const name = (text: string): string => {
    const line = oneLine(decodeWords(text.slice(0, 4_000)), nameCharacters)
    // Quotes around the quotes.
    return line.replace(/^(['"])(.*)\1$/, '$2').trim()
  }
  if (angle !== undefined) {
    const address = bare(angle)
    if (address !== undefined) {
      const shown = name(words.trim() || comment || after)
      return { name: shown === address ? '' : shown, address }
    }
  }
  // Without brackets: the last word that is an address.
  const pieces = words
    .slice(0, 10_000)
    .split(/[\s<>[\]]+/)
    .filter((piece) => piece !== '')
  for (let at = pieces.length - 1; at >= 0; at--) {
    const address = bare(pieces[at] ?? '')
    if (address === undefined) continue
    pieces.splice(at, 1)
    return { name: name(pieces.join(' ') || comment), address }
  }
  return undefined
}

/** Without a route, `mailto:`, quotes and blanks; undefined if it is no address. */
function bare(text: string): string | undefined {
  if (text.length > 2_000) return undefined
  const address = text
    .replace(/^[\s<'"]+/, '')
    .replace(/[\s>'".]+$/, '')
    .replace(/^@[^:]{0,1000}:/, '')
    .replace(/^mailto:/i, '')
    .replace(/^"([^"\\@\s]{1,64})"@/, '$1@')
    .replace(/\s*@\s*/, '@')
  return isEmail(address) && address.isWellFormed() && !/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/.test(address)
    ? address
    : undefined
}
