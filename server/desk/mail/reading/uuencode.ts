// Files as programs before MIME put them into the text: `begin 644 name`, lines, `end`.
import { isUtf8 } from 'node:buffer'
import { lineAt } from './header-fields.ts'

export interface UuBlock {
  name: string
  bytes: Uint8Array
  start: number
  end: number
}

const BEGIN = /^begin(?:-base64)? [0-7]{3,4} (\S.{0,255}?)\s*$/
const BEGIN_BYTES = Buffer.from('begin')
const MAX_BLOCKS = 50
/** Lines that begin like a block and are none. */
const MAX_TRIES = 1_000

/** The first block from `from` on. */
export function decodeUuBlock(source: Buffer, from = 0): UuBlock | undefined {
  let at = source.indexOf(BEGIN_BYTES, from)
  for (let tries = 0; at !== -1 && tries < MAX_TRIES; at = source.indexOf(BEGIN_BYTES, at + 5)) {
    if (at > 0 && source[at - 1] !== 10) continue
    const line = lineAt(source, at, source.length)
    const head = BEGIN.exec(source.toString('latin1', at, Math.min(line.end, at + 300)))
    tries++
    if (!head) continue
    const name = Buffer.from(head[1] ?? '', 'latin1')
    const isBase64 = source.toString('latin1', at + 5, at + 12) === '-base64'
    const { bytes, end, lines } = isBase64 ? base64Lines(source, line.next) : uuLines(source, line.next)
    // The word at the beginning of a sentence is no file.
    if (lines > 0) return { name: isUtf8(name) ? name.toString() : name.toString('latin1'), bytes, start: at, end }
  }
  return undefined
}

interface Lines {
  bytes: Uint8Array
  end: number
  lines: number
}

function uuLines(source: Buffer, start: number): Lines {
  const found = uuExtent(source, start)
  const out = Buffer.allocUnsafe(found.size + 3)
  let length = 0
  for (const { at, end } of found.lines) {
    const size = ((source[at] ?? 32) - 32) & 63
    const value = (place: number): number => (place < end ? ((source[place] ?? 32) - 32) & 63 : 0)
    for (let done = 0, place = at + 1; done < size; done += 3, place += 4) {
      const bits = (value(place) << 18) | (value(place + 1) << 12) | (value(place + 2) << 6) | value(place + 3)
      out[length++] = bits >> 16
      if (done + 1 < size) out[length++] = bits >> 8
      if (done + 2 < size) out[length++] = bits
    }
  }
  return { bytes: out.subarray(0, length), end: found.end, lines: found.lines.length }
}

interface Extent {
  lines: { at: number; end: number }[]
  /** Bytes when decoded. */
  size: number
  end: number
}

/** Up to `end`, or as far as the lines can be such lines. */
function uuExtent(source: Buffer, start: number): Extent {
  const lines: { at: number; end: number }[] = []
  let size = 0
  let at = start
  while (at < source.length) {
    const line = lineAt(source, at, source.length)
    const first = source[at] ?? 0
    const bytes = (first - 32) & 63
    const letters = Math.ceil(bytes / 3) * 4
    if (line.end - at < 8 && source.toString('latin1', at, line.end).trimEnd() === 'end')
      return { lines, size, end: line.next }
    // Blanks at its end may be missing; more than a checksum too many is no such line.
    const length = line.end - at - 1
    const isEmpty = length < 0 || (bytes === 0 && length < 2)
    const isLine = first >= 32 && first <= 96 && length <= letters + 2 && length >= letters / 2
    if (!isEmpty && !isLine) break
    if (!isEmpty) {
      lines.push({ at, end: line.end })
      size += bytes
    }
    at = line.next
  }
  return { lines, size, end: at }
}

function base64Lines(source: Buffer, start: number): Lines {
  let at = start
  let lines = 0
  while (at < source.length) {
    const line = lineAt(source, at, source.length)
    if (!/^[A-Za-z0-9+/]{1,200}={0,2}$/.test(source.toString('latin1', at, Math.min(line.end, at + 210)))) break
    lines++
    at = line.next
  }
  const bytes = Buffer.from(source.toString('latin1', start, at), 'base64')
  const last = lineAt(source, at, source.length)
  const isEnd = source.toString('latin1', at, last.end).startsWith('====')
  return { bytes, end: isEnd ? last.next : at, lines }
}

/** The text without the files in it. */
export function takeUuFiles(source: Buffer): { text: Buffer; files: { name: string; bytes: Uint8Array }[] } {
  const files: UuBlock[] = []
  for (let from = 0; files.length < MAX_BLOCKS; ) {
    const block = decodeUuBlock(source, from)
    if (!block) break
    files.push(block)
    from = block.end
  }
  if (files.length === 0) return { text: source, files }
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end } of files) {
    pieces.push(source.subarray(at, start))
    at = end
  }
  pieces.push(source.subarray(at))
  return { text: Buffer.concat(pieces), files }
}
