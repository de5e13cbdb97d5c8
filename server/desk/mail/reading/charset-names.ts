// What charsets are called: by the Encoding Standard, by vendors, and by programs that spell as they like.
import { TextDecoder } from 'node:util'
import { CODE_PAGES } from './code-pages.ts'

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

/** One for each charset; undefined: the platform has none. */
export function decoderOf(charset: string): TextDecoder | undefined {
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
