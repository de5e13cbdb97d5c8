// The text of a mail in RTF, which is all that some winmail.dat hold: unpacked ([MS-OXRTFCP]), and turned into the HTML that
// it was made from ([MS-OXRTFEX]) or into plain text.
import { decodeBytes } from './charsets.ts'

const COMPRESSED = 0x75465a4c
const UNCOMPRESSED = 0x414c454d
/** Unpacked, nothing is longer than nine times what it was; this is for what is long already. */
const MAX_LENGTH = 8 * 1024 * 1024

const BEGINNING = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
)

/** One character for each byte; undefined: it is not packed as it should be. */
export function unpackRtf(bytes: Uint8Array): string | undefined {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (source.length < 16) return undefined
  const kind = source.readUInt32LE(8)
  if (kind === UNCOMPRESSED) return source.toString('latin1', 16, 16 + MAX_LENGTH)
  if (kind !== COMPRESSED) return undefined
  const size = Math.min(source.readUInt32LE(4), MAX_LENGTH, source.length * 9)
  const out = Buffer.alloc(size)
  const window = Buffer.alloc(4096, 32)
  BEGINNING.copy(window)
  let write = BEGINNING.length
  let length = 0
  let at = 16
  const put = (byte: number): void => {
    if (length < size) out[length++] = byte
    window[write] = byte
    write = (write + 1) & 4095
  }
  while (at < source.length && length < size) {
    const control = source[at++] ?? 0
    for (let bit = 0; bit < 8 && at < source.length && length < size; bit++) {
      if ((control & (1 << bit)) === 0) {
        put(source[at++] ?? 0)
        continue
      }
      if (at + 1 >= source.length) return out.toString('latin1', 0, length)
      const token = source.readUInt16BE(at)
      at += 2
      const offset = token >> 4
      // A reference to the place that is written next ends it.
      if (offset === write) return out.toString('latin1', 0, length)
      for (let copied = 0; copied < (token & 15) + 2; copied++) put(window[(offset + copied) & 4095] ?? 32)
    }
  }
  return out.toString('latin1', 0, length)
}

/** Groups that hold no text of the mail. */
const SILENT = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'info',
  'pict',
  'object',
  'header',
  'footer',
  'headerl',
  'headerr',
  'footerl',
  'footerr',
  'listtable',
  'listoverridetable',
  'generator',
  'xmlnstbl',
  'rsidtbl',
  'themedata',
  'datastore',
  'latentstyles',
  'fldinst',
])

const SIGNS: Record<string, string> = {
  par: '\n',
  line: '\n',
  tab: '\t',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  endash: '–',
  emdash: '—',
  cell: '\t',
  row: '\n',
}

interface Group {
  isSilent: boolean
  /** `\htmlrtf`: RTF for programs that do not know of the HTML. */
  isForRtf: boolean
  isTag: boolean
  skip: number
}

const MAX_GROUPS = 1_000
const CONTROL = /\\([a-zA-Z]{1,32})(-?\d{1,10})? ?/y

export function textOfRtf(rtf: string): { html: string | undefined; text: string | undefined } {
  const isHtml = rtf.slice(0, 2_000).includes('\\fromhtml')
  const charset = `cp${/\\ansicpg(\d{3,5})/.exec(rtf.slice(0, 2_000))?.[1] ?? '1252'}`
  const pieces: string[] = []
  let encoded: number[] = []
  const groups: Group[] = []
  let group: Group = { isSilent: false, isForRtf: false, isTag: false, skip: 1 }
  /** Characters for programs without Unicode, which follow each `\u`. */
  let skipping = 0
  const flush = (): void => {
    if (encoded.length > 0) pieces.push(decodeBytes(Uint8Array.from(encoded), charset).text)
    encoded = []
  }
  const put = (text: string): void => {
    if (skipping > 0) {
      skipping--
      return
    }
    if (group.isSilent || (isHtml && group.isForRtf)) return
    flush()
    pieces.push(text)
  }
  for (let at = 0; at < rtf.length; ) {
    const letter = rtf[at] ?? ''
    if (letter === '{') {
      if (groups.length < MAX_GROUPS) groups.push(group)
      group = { ...group }
      skipping = 0
      at++
      continue
    }
    if (letter === '}') {
      group = groups.pop() ?? group
      skipping = 0
      at++
      continue
    }
    if (letter === '\r' || letter === '\n') {
      at++
      continue
    }
    if (letter !== '\\') {
      const end = plainEnd(rtf, at, skipping > 0)
      put(rtf.slice(at, end))
      at = end
      continue
    }
    const next = rtf[at + 1] ?? ''
    if (next === "'") {
      const value = Number.parseInt(rtf.slice(at + 2, at + 4), 16)
      at += 4
      if (skipping > 0) skipping--
      else if (!group.isSilent && !(isHtml && group.isForRtf) && !Number.isNaN(value)) encoded.push(value)
      continue
    }
    CONTROL.lastIndex = at
    const control = CONTROL.exec(rtf)
    if (!control) {
      // `{\*\unknown`: to be left out by who does not know it.
      if (next === '*') group.isSilent = !(isHtml && rtf.startsWith('\\htmltag', at + 2))
      else if (next === '\\' || next === '{' || next === '}') put(next)
      else if (next === '~') put('\u00a0')
      at += 2
      continue
    }
    at += control[0].length
    const word = control[1] ?? ''
    const number = control[2] === undefined ? undefined : Number(control[2])
    if (word === 'htmlrtf') group.isForRtf = number !== 0
    else if (word === 'htmltag') group.isTag = true
    else if (word === 'uc') group.skip = Math.min(Math.max(number ?? 1, 0), 10)
    else if (word === 'u') {
      put(String.fromCharCode(((number ?? 63) + 65_536) % 65_536))
      skipping = group.skip
    } else if (word === 'bin') at += Math.min(Math.max(number ?? 0, 0), rtf.length)
    else if (SILENT.has(word) && !group.isTag) group.isSilent = true
    else {
      const sign = SIGNS[word]
      if (sign !== undefined) put(sign)
    }
  }
  flush()
  const text = pieces.join('').trim()
  if (text === '') return { html: undefined, text: undefined }
  return isHtml ? { html: text, text: undefined } : { html: undefined, text }
}

function plainEnd(rtf: string, start: number, isSingle: boolean): number {
  if (isSingle) return start + 1
  let at = start
  while (at < rtf.length && !'{}\\\r\n'.includes(rtf[at] ?? '')) at++
  return at
}
