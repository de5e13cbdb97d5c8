// Bytes into text: as declared, unless the bytes themselves say otherwise. Wrong, missing and unknown declarations are
// common: programs that forward, lists that add footers, and spam.
import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { charsetOf, decoderOf } from './charset-names.ts'
import { CODE_PAGES, decodeCodePage } from './code-pages.ts'
import { guessCharset } from './guess-charset.ts'
import { unshifted } from './shifted-charsets.ts'
import { decodeUtf7 } from './utf-7.ts'

const SEVEN_BITS = new Set([
  'utf-7',
  'hz-gb-2312',
  'iso-2022-jp',
  'iso-2022-kr',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'utf-32',
])
const MANY_BYTES = new Set(['gb18030', 'gbk', 'big5', 'shift_jis', 'euc-jp', 'euc-kr'])

export interface Decoded {
  text: string
  /** What it was decoded by. */
  charset: string
  /** The declaration was wrong or missing, and the bytes did not say for sure. */
  isGuess: boolean
}

/** `hint`: what else in the mail is written in, for text without a declaration. */
export function decodeBytes(bytes: Uint8Array, declared: string | undefined, hint?: string): Decoded {
  const marked = byMark(bytes)
  if (marked) return marked
  const charset = charsetOf(declared)
  if (isAscii(bytes)) {
    if (charset !== undefined && SEVEN_BITS.has(charset)) return decodeAs(bytes, charset)
    // Japanese without a declaration: its escape sequences say what it is.
    if (hasJapaneseEscapes(bytes)) return decodeAs(bytes, 'iso-2022-jp')
    return { text: latin1(bytes), charset: 'us-ascii', isGuess: false }
  }
  if (charset !== undefined && SEVEN_BITS.has(charset)) {
    if (charset.startsWith('utf-')) return charset === 'utf-7' ? undeclared(bytes, hint) : decodeAs(bytes, charset)
    return isUtf8(bytes) ? sure(bytes, 'utf-8') : decodeAs(bytes, charset)
  }
  if (isUtf8(bytes) && !isMoreLikely(bytes, charset)) return sure(bytes, 'utf-8')
  if (charset === 'utf-8') return isNearlyUtf8(bytes) ? sure(bytes, 'utf-8') : undeclared(bytes, hint)
  if (charset === undefined || declaredAscii(declared)) return undeclared(bytes, hint)
  if (charset === 'windows-1252' && !isMostlyLatin(bytes)) return undeclared(bytes, hint)
  return decodeAs(bytes, charset)
}

/** Short text in a charset of many bytes can look like UTF-8 by chance: then the declaration counts. */
function isMoreLikely(bytes: Uint8Array, charset: string | undefined): boolean {
  if (charset === undefined || !MANY_BYTES.has(charset) || bytes.length > 12) return false
  return !sure(bytes, charset).text.includes('\ufffd')
}

/** One character was cut, or a few bytes were damaged on the way. */
function isNearlyUtf8(bytes: Uint8Array): boolean {
  const text = sure(bytes.subarray(0, 100_000), 'utf-8').text
  let damaged = 0
  let good = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0xfffd) damaged++
    else if (code > 127) good++
  }
  return good > damaged * 4
}

/** us-ascii is `windows-1252` for decoders: as a declaration, it says that there is nothing to decode. */
const declaredAscii = (declared: string | undefined): boolean => /ascii|ansi_x3|646/i.test(declared?.slice(0, 60) ?? '')

/** Western texts have their letters with accents alone, among plain ones. */
function isMostlyLatin(bytes: Uint8Array): boolean {
  let high = 0
  let plain = 0
  const end = Math.min(bytes.length, 20_000)
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0xa0) high++
    else if ((byte | 32) >= 97 && (byte | 32) <= 122) plain++
  }
  return high <= Math.max(3, plain)
}

function undeclared(bytes: Uint8Array, hint: string | undefined): Decoded {
  if (isUtf8(bytes)) return sure(bytes, 'utf-8')
  const hinted = charsetOf(hint)
  if (hinted !== undefined && hinted !== 'utf-8' && !SEVEN_BITS.has(hinted)) {
    const decoded = decodeAs(bytes, hinted)
    if (!decoded.text.includes('\ufffd')) return { ...decoded, isGuess: true }
  }
  return { ...decodeAs(bytes, guessCharset(bytes)), isGuess: true }
}

function byMark(bytes: Uint8Array): Decoded | undefined {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf)
    return { ...decodeBytes(bytes.subarray(3), 'utf-8'), isGuess: false }
  // Half of all bytes are zero, or the mark would be two letters of another charset.
  if (bytes.length >= 4 && bytes.subarray(0, 200).includes(0)) {
    if (first === 0xff && second === 0xfe) return sure(bytes, 'utf-16le')
    if (first === 0xfe && second === 0xff) return sure(bytes, 'utf-16be')
  }
  return undefined
}

function sure(bytes: Uint8Array, charset: string): Decoded {
  return { text: (decoderOf(charset) ?? new TextDecoder()).decode(bytes), charset, isGuess: false }
}

/** What windows programs write where they declare the ISO charset. */
const WINDOWS_OF: Record<string, string> = {
  'iso-8859-2': 'windows-1250',
  'iso-8859-7': 'windows-1253',
  'iso-8859-8': 'windows-1255',
  'iso-8859-8-i': 'windows-1255',
  'iso-8859-6': 'windows-1256',
  'iso-8859-13': 'windows-1257',
  'iso-8859-15': 'windows-1252',
}

function decodeAs(bytes: Uint8Array, charset: string): Decoded {
  const decoded = (text: string): Decoded => ({ text, charset, isGuess: false })
  if (charset in CODE_PAGES) return decoded(decodeCodePage(bytes, charset))
  if (charset === 'utf-7') return decoded(decodeUtf7(latin1(bytes)))
  if (charset === 'hz-gb-2312') return sure(unshifted(bytes, charset), 'gb18030')
  if (charset === 'iso-2022-kr') return decoded(korean(bytes))
  if (charset === 'utf-16' || charset === 'utf-16le' || charset === 'utf-16be') return utf16(bytes, charset)
  if (charset === 'utf-32') return decoded(decodeUtf32(bytes))
  const windows = WINDOWS_OF[charset]
  return sure(bytes, windows !== undefined && hasControls(bytes) ? windows : charset)
}

/** Its announcement at the beginning of the text is no part of it. */
const korean = (bytes: Uint8Array): string =>
  sure(unshifted(bytes, 'iso-2022-kr'), 'euc-kr').text.replaceAll('\u001b$)C', '')

function hasControls(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 && byte <= 0x9f) return true
  return false
}

/** Declared without a mark, either order is met; and text that has none of its zeros is not UTF-16 at all. */
function utf16(bytes: Uint8Array, charset: string): Decoded {
  let even = 0
  let odd = 0
  const end = Math.min(bytes.length, 2_000)
  for (let at = 0; at < end; at++) if (bytes[at] === 0) at % 2 === 0 ? even++ : odd++
  if (even === 0 && odd === 0 && (isAscii(bytes) || isUtf8(bytes))) return sure(bytes, 'utf-8')
  if (even > odd * 2) return sure(bytes, 'utf-16be')
  if (odd > even * 2) return sure(bytes, 'utf-16le')
  return sure(bytes, charset === 'utf-16be' ? 'utf-16be' : 'utf-16le')
}

function decodeUtf32(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isLittle = bytes[0] !== 0
  let text = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, isLittle)
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return text.replace(/^\ufeff/, '')
}

function hasJapaneseEscapes(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(0x1b)
  return at !== -1 && bytes[at + 1] === 0x24 && (bytes[at + 2] === 0x42 || bytes[at + 2] === 0x40)
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
