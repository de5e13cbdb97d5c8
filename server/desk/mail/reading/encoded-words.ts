// RFC 2047: words of other charsets in headers, as they are really written: split in the middle of a character, in quotes,
// glued to other words, with blanks inside, without their end.
import { charsetOf } from './charset-names.ts'
import { decodeBytes } from './charsets.ts'

interface Word {
  charset: string
  encoding: 'B' | 'Q'
  text: string
}

/** Of one header; a hostile one could consist of nothing else. */
const MAX_WORDS = 5_000

/** The text with each encoded word decoded. Never fails: what is no encoded word stays. */
export function decodeWords(source: string): string {
  if (!source.includes('=?')) return source
  const pieces: string[] = []
  let waiting: Word[] = []
  const flush = (): void => {
    if (waiting.length > 0) pieces.push(textOf(waiting))
    waiting = []
  }
  let at = 0
  for (let words = 0; words < MAX_WORDS; words++) {
    const found = nextWord(source, at)
    if (!found) break
    const between = source.slice(at, found.start)
    // Blanks between two encoded words only fold the line.
    if (waiting.length === 0 || !isBlank(between)) {
      flush()
      pieces.push(between)
    }
    if (waiting.length > 0 && !isSameCharset(waiting, found.word)) flush()
    waiting.push(found.word)
    at = found.end
  }
  flush()
  pieces.push(source.slice(at))
  return pieces.join('')
}

const isBlank = (text: string): boolean => text.length < 200 && /^[ \t\r\n]*$/.test(text)

function isSameCharset(waiting: readonly Word[], word: Word): boolean {
  return waiting[0]?.charset.toLowerCase() === word.charset.toLowerCase()
}

const BEGIN = /^=\?([^?\s]{1,60})\?([bqBQ])\?/

function nextWord(source: string, from: number): { start: number; end: number; word: Word } | undefined {
  for (let start = source.indexOf('=?', from); start !== -1; start = source.indexOf('=?', start + 2)) {
    const head = BEGIN.exec(source.slice(start, start + 80))
    if (!head) continue
    const textStart = start + head[0].length
    const found = source.indexOf('?=', textStart)
    // Cut off by a program that shortens headers: what is there is decoded.
    const textEnd = found === -1 ? source.length : found
    const text = source.slice(textStart, textEnd)
    // Not closed, and another one begins within: this one was cut off there.
    const inner = text.search(/=\?[^?\s]{1,60}\?[bqBQ]\?/)
    const length = inner === -1 ? text.length : inner
    const word: Word = {
      charset: (head[1] ?? '').split('*', 1)[0] ?? '',
      encoding: head[2] === 'b' || head[2] === 'B' ? 'B' : 'Q',
      text: inner === -1 ? text : text.slice(0, inner),
    }
    const end = inner !== -1 ? textStart + length : found === -1 ? source.length : found + 2
    return { start, end, word }
  }
  return undefined
}

/** Together, since a character may be split between two words. */
function textOf(words: readonly Word[]): string {
  const pieces: Uint8Array[] = []
  let base64 = ''
  const flush = (): void => {
    if (base64 !== '') pieces.push(Buffer.from(base64, 'base64'))
    base64 = ''
  }
  for (const word of words) {
    if (word.encoding === 'B') {
      // Some programs cut the base64 itself into words: only padding or whole groups of four end it.
      base64 += word.text.replace(/[^A-Za-z0-9+/=_-]+/g, '')
      if (base64.length % 4 === 0 || base64.endsWith('=')) flush()
    } else {
      flush()
      pieces.push(bytesOfQ(word.text))
    }
  }
  flush()
  const charset = words[0]?.charset ?? ''
  const { text } = decodeBytes(Buffer.concat(pieces), charset)
  // Each word of a charset with escapes begins anew; together they may be read wrongly, as may words that were cut.
  if (words.length > 1 && text.includes('\ufffd') && charsetOf(charset) !== undefined) {
    const alone = words.map((word) => textOf([word])).join('')
    if (alone.split('\ufffd').length < text.split('\ufffd').length) return alone
  }
  return text
}

function bytesOfQ(text: string): Uint8Array {
  const source = Buffer.from(text.replaceAll('_', ' '))
  const out = Buffer.allocUnsafe(source.length)
  let length = 0
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] ?? 0
    if (byte === 61) {
      const value = hexPair(source, at + 1)
      if (value >= 0) {
        out[length++] = value
        at += 2
        continue
      }
    }
    out[length++] = byte
  }
  return out.subarray(0, length)
}

export function hexPair(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes[at])
  const low = hexDigit(bytes[at + 1])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
