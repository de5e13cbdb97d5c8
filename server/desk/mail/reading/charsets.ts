// Bytes into text: as declared, unless the bytes themselves say otherwise. Wrong, missing and unknown declarations are
// common: programs that forward, lists that add footers, and spam.
import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { CODE_PAGES, decodeCodePage } from './code-pages.ts'
import { guessCharset } from './guess-charset.ts'
import { decodeUtf7 } from './utf-7.ts'

/** Names that the Encoding Standard has not, without separators. */
const ALIASES: Record<string, string> = {
  '8859': 'windows-1252',
  ansi: 'windows-1252',
  ansix341968: 'us-ascii',
  '8bit': '',
  '7bit': '',
  binary: '',
  default: '',
  defaultcharset: '',
  none: '',
  null: '',
  unknown: '',
  unknown8bit: '',
  userdefined: '',
  xunknown: '',
  xuserdefined: '',
  charsetascii: 'us-ascii',
  '646': 'us-ascii',
  iso646us: 'us-ascii',
  cp932: 'shift_jis',
  cp936: 'gb18030',
  cp949: 'euc-kr',
  cp950: 'big5',
  cp874: 'windows-874',
  cp51932: 'euc-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  cp50222: 'iso-2022-jp',
  cp65001: 'utf-8',
  cp65000: 'utf-7',
  cp20866: 'koi8-r',
  cp21866: 'koi8-u',
  cp28591: 'windows-1252',
  cp28592: 'iso-8859-2',
  cp54936: 'gb18030',
  windows31j: 'shift_jis',
  mskanji: 'shift_jis',
  shiftjis: 'shift_jis',
  sjis: 'shift_jis',
  eucjp: 'euc-jp',
  ujis: 'euc-jp',
  euckr: 'euc-kr',
  uhc: 'euc-kr',
  ksc56011987: 'euc-kr',
  johab: 'euc-kr',
  euccn: 'gb18030',
  gb2312: 'gb18030',
  gb231280: 'gb18030',
  gbk: 'gb18030',
  hz: 'hz-gb-2312',
  hzgb2312: 'hz-gb-2312',
  big5hkscs: 'big5',
  cnbig5: 'big5',
  big5eten: 'big5',
  euctw: 'big5',
  iso2022jp: 'iso-2022-jp',
  iso2022jp1: 'iso-2022-jp',
  iso2022jp2: 'iso-2022-jp',
  iso2022jp3: 'iso-2022-jp',
  iso2022jpms: 'iso-2022-jp',
  iso2022kr: 'iso-2022-kr',
  iso88598i: 'iso-8859-8-i',
  iso88598e: 'iso-8859-8',
  iso885911: 'windows-874',
  tis620: 'windows-874',
  utf7: 'utf-7',
  unicode11utf7: 'utf-7',
  utf8: 'utf-8',
  utf8mb4: 'utf-8',
  utf: 'utf-8',
  utf16: 'utf-16',
  utf32: 'utf-32',
  utf32le: 'utf-32',
  utf32be: 'utf-32',
  ucs4: 'utf-32',
  macroman: 'macintosh',
  xmacroman: 'macintosh',
  maccyrillic: 'x-mac-cyrillic',
  koi8ru: 'koi8-u',
  koi8: 'koi8-r',
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  ibm819: 'windows-1252',
}

const known = new Map<string, string | undefined>()

/** The name that we decode by; undefined: not declared, not known, or it means nothing. */
export function charsetOf(declared: string | undefined): string | undefined {
  if (declared === undefined) return undefined
  const label = declared
    .slice(0, 60)
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '')
  if (label === '') return undefined
  if (known.has(label)) return known.get(label)
  const charset = lookUp(label)
  // A sender chooses the names: the table must not grow with them.
  if (known.size < 500) known.set(label, charset)
  return charset
}

function lookUp(label: string): string | undefined {
  const bare = label.replace(/^(?:x-ms-|x-|cs)/, '').replace(/[^a-z0-9]+/g, '')
  const page = bare.replace(/^(?:windows|ms|ibm|codepage|dos|win)(?=\d{3,5}$)/, 'cp')
  if (page in CODE_PAGES) return page
  const alias = ALIASES[page] ?? ALIASES[bare]
  if (alias !== undefined) return alias === '' ? undefined : alias
  const candidates = [
    label,
    page.replace(/^cp(125\d)$/, 'windows-$1'),
    bare.replace(/^iso8859(\d{1,2})$/, 'iso-8859-$1'),
    bare,
  ]
  for (const candidate of candidates) {
    const encoding = decoderOf(candidate)?.encoding
    if (encoding !== undefined) return encoding === 'x-user-defined' ? undefined : encoding
  }
  return undefined
}

const decoders = new Map<string, TextDecoder>()

function decoderOf(charset: string): TextDecoder | undefined {
  const made = decoders.get(charset)
  if (made) return made
  try {
    const decoder = new TextDecoder(charset)
    if (decoders.size < 200) decoders.set(charset, decoder)
    return decoder
  } catch {
    return undefined
  }
}

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
  if (charset === 'hz-gb-2312') return decoded(decodeShifted(bytes, 'gb18030', HZ))
  if (charset === 'iso-2022-kr') return decoded(decodeShifted(bytes, 'euc-kr', KOREAN))
  if (charset === 'utf-16' || charset === 'utf-16le' || charset === 'utf-16be') return utf16(bytes, charset)
  if (charset === 'utf-32') return decoded(decodeUtf32(bytes))
  const windows = WINDOWS_OF[charset]
  return sure(bytes, windows !== undefined && hasControls(bytes) ? windows : charset)
}

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

interface Shifts {
  /** Length of what turns it on at this place; 0: nothing does. */
  on(bytes: Uint8Array, at: number): number
  off(bytes: Uint8Array, at: number): number
}

const HZ: Shifts = {
  on: (bytes, at) => (bytes[at] === 0x7e && bytes[at + 1] === 0x7b ? 2 : 0),
  off: (bytes, at) => (bytes[at] === 0x7e && bytes[at + 1] === 0x7d ? 2 : bytes[at] === 10 ? -1 : 0),
}
const KOREAN: Shifts = {
  on: (bytes, at) => (bytes[at] === 0x0e ? 1 : 0),
  off: (bytes, at) => (bytes[at] === 0x0f ? 1 : bytes[at] === 10 ? -1 : 0),
}

/** Charsets of seven bits that are another one with its eighth bit off between two marks. */
function decodeShifted(bytes: Uint8Array, charset: string, shifts: Shifts): string {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let isOn = false
  for (let at = 0; at < bytes.length; ) {
    const mark = isOn ? shifts.off(bytes, at) : shifts.on(bytes, at)
    if (mark !== 0) isOn = !isOn
    if (mark > 0) {
      at += mark
      continue
    }
    const byte = bytes[at++] ?? 0
    out[length++] = isOn && byte > 32 ? byte | 128 : byte
  }
  // The announcement of ISO-2022-KR at the beginning of the text.
  return sure(out.subarray(0, length), charset).text.replaceAll('\u001b$)C', '')
}

function hasJapaneseEscapes(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(0x1b)
  return at !== -1 && bytes[at + 1] === 0x24 && (bytes[at + 2] === 0x42 || bytes[at + 2] === 0x40)
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
