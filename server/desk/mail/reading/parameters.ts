// `text/plain; charset=utf-8; name="a.txt"`: the value and the parameters of Content-Type and Content-Disposition, with
// RFC 2231, with encoded words where they do not belong, and as badly quoted as they come.
import { decodeBytes } from './charsets.ts'
import { decodeWords, hexPair } from './encoded-words.ts'
import { unicodeOf } from './header-text.ts'

export interface Structured {
  /** In lower case. */
  value: string
  parameters: Map<string, string>
}

const MAX_PARAMETERS = 100
const MAX_LENGTH = 20_000

export function parseStructured(raw: string | undefined, hint?: string): Structured {
  if (raw === undefined) return { value: '', parameters: new Map() }
  const [first = '', ...rest] = split(unicodeOf(raw.slice(0, MAX_LENGTH), hint))
  const given = new Map<string, string>()
  for (const piece of rest) {
    const equals = piece.indexOf('=')
    if (equals < 1) continue
    const name = piece.slice(0, equals).trim().toLowerCase()
    // The first of two counts, as for headers.
    if (!given.has(name)) given.set(name, unquote(piece.slice(equals + 1)))
  }
  return { value: withoutComments(first).trim().toLowerCase(), parameters: joined(given) }
}

/** At the semicolons outside quotes. A quote that is never closed ends at the next semicolon. */
function split(source: string): string[] {
  const pieces: string[] = []
  let start = 0
  let quote = -1
  for (let at = 0; at <= source.length && pieces.length < MAX_PARAMETERS; at++) {
    const letter = source[at]
    if (letter === undefined) {
      if (quote === -1) {
        pieces.push(source.slice(start))
        break
      }
      const semicolon = source.indexOf(';', quote)
      if (semicolon === -1) {
        pieces.push(source.slice(start))
        break
      }
      pieces.push(source.slice(start, semicolon))
      start = semicolon + 1
      at = semicolon
      quote = -1
    } else if (quote !== -1 && letter === '\\') at++
    // A quotation mark amid a value is a letter of it: `name=5" disk.txt`.
    else if (letter === '"' && (quote !== -1 || isValueBegin(source, start, at))) quote = quote === -1 ? at : -1
    else if (letter === ';' && quote === -1) {
      pieces.push(source.slice(start, at))
      start = at + 1
    }
  }
  return pieces
}

function isValueBegin(source: string, start: number, at: number): boolean {
  for (let before = at - 1; before >= start; before--) {
    const letter = source[before]
    if (letter === '=') return true
    if (letter !== ' ' && letter !== '\t') return false
  }
  return false
}

function unquote(value: string): string {
  const text = value.trim()
  if (text.startsWith('(')) return withoutComments(text).trim().replace(/^"|"$/g, '')
  if (!text.startsWith('"')) return withoutTrailingComment(text)
  let out = ''
  for (let at = 1; at < text.length; at++) {
    const letter = text[at] ?? ''
    if (letter === '"') break
    const next = text[at + 1]
    // A path of Windows, written without escaping: only what must be escaped is.
    if (letter === '\\' && (next === '"' || next === '\\')) {
      out += next
      at++
    } else out += letter
  }
  return out
}

function withoutTrailingComment(text: string): string {
  const begin = text.search(/[ \t]\(/)
  return begin > 0 && text.endsWith(')') ? text.slice(0, begin).trimEnd() : text
}

/** `(comment) text/plain (another)`. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let depth = 0
  let out = ''
  for (const letter of text) {
    if (letter === '(') depth++
    else if (letter === ')' && depth > 0) depth--
    else if (depth === 0) out += letter
  }
  return out
}

/** RFC 2231: `name*0*=utf-8''…; name*1=…`, `name*=utf-8''…`. Beside it, the plain `name` is for programs without it. */
function joined(given: ReadonlyMap<string, string>): Map<string, string> {
  const parameters = new Map<string, string>()
  const sections = new Map<string, { number: number; isEncoded: boolean; value: string }[]>()
  for (const [name, value] of given) {
    const match = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/.exec(name)
    if (!match) {
      parameters.set(name, decodeWords(value))
      continue
    }
    const [, base = '', number, star] = match
    const list = sections.get(base) ?? []
    list.push({ number: Number(number ?? 0), isEncoded: number === undefined || star !== undefined, value })
    sections.set(base, list)
  }
  for (const [name, list] of sections) {
    list.sort((one, other) => one.number - other.number)
    const text = decodeSections(list)
    if (text !== '') parameters.set(name, text)
  }
  return parameters
}

function decodeSections(sections: readonly { isEncoded: boolean; value: string }[]): string {
  const [, charset, rest] = /^([^']{0,60})'[^']{0,60}'([\s\S]*)$/.exec(sections[0]?.value ?? '') ?? []
  const isMarked = charset !== undefined && sections[0]?.isEncoded === true
  const bytes = sections.map(({ isEncoded, value }, index) => {
    const text = index === 0 && isMarked ? (rest ?? '') : value
    return isEncoded ? percentBytes(text) : Buffer.from(text)
  })
  const { text } = decodeBytes(Buffer.concat(bytes), charset)
  // Some programs continue encoded words: each section alone is none.
  return decodeWords(text)
}

function percentBytes(text: string): Buffer {
  const source = Buffer.from(text)
  const out = Buffer.allocUnsafe(source.length)
  let length = 0
  for (let at = 0; at < source.length; at++) {
    const value = source[at] === 37 ? hexPair(source, at + 1) : -1
    out[length++] = value >= 0 ? value : (source[at] ?? 0)
    if (value >= 0) at += 2
  }
  return out.subarray(0, length)
}
