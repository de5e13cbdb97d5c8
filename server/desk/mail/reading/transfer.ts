// Takes contents out of their transfer encoding: base64 and quoted-printable as they come, with junk in them and cut off.

import { hexPair } from './encoded-words.ts'
import type { MimePart } from './mime-part.ts'
import { decodeUuBlock } from './uuencode.ts'

export interface Contents {
  bytes: Uint8Array
  /** It is not encoded as it says; what could be read is here. */
  isBroken: boolean
}

const BASE64 = new Int8Array(256).fill(-1)
for (const [value, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  BASE64[letter.charCodeAt(0)] = value
}

const EQUALS = 61
const LF = 10
const CR = 13

/** Never fails. What is not encoded is not copied. */
export function contentsOf(part: MimePart): Contents {
  const source = part.bytes.subarray(part.start, part.end)
  if (part.encoding === 'base64') return decodeBase64(source)
  if (part.encoding === 'quoted-printable') return { bytes: decodeQuotedPrintable(source), isBroken: false }
  if (/^(x-)?uu(e|encode)?$/.test(part.encoding)) {
    const block = decodeUuBlock(source)
    return block ? { bytes: block.bytes, isBroken: false } : { bytes: source, isBroken: true }
  }
  return { bytes: source, isBroken: false }
}

/** Lists append their footer to encoded text: what follows the padding and is no base64 comes after it as it is. */
export function decodeBase64(source: Buffer): Contents {
  const out = Buffer.allocUnsafe(Math.ceil(source.length / 4) * 3 + 3)
  let length = 0
  let bits = 0
  let count = 0
  let junk = 0
  let at = 0
  for (; at < source.length; at++) {
    const byte = source[at] ?? 0
    const value = BASE64[byte] ?? -1
    if (value >= 0) {
      bits = ((bits << 6) | value) & 0xffffff
      if (++count === 4) {
        out[length++] = bits >> 16
        out[length++] = bits >> 8
        out[length++] = bits
        count = 0
      }
    } else if (byte === EQUALS) {
      length = flush(out, length, bits, count)
      count = 0
      const { next, isTail } = afterPadding(source, at)
      if (isTail) {
        if (junk > 0 && junk * 5 > at) return { bytes: source, isBroken: true }
        return { bytes: Buffer.concat([out.subarray(0, length), source.subarray(next)]), isBroken: false }
      }
      at = next - 1
    } else if (byte > 32) junk++
    else if (byte === LF && (source[at + 1] === LF || source[at + 1] === CR)) {
      // A blank line: behind it, a footer may begin although nothing was padded.
      const { next, isTail } = afterPadding(source, at)
      if (isTail && length > 0 && count === 0 && junk === 0) {
        return { bytes: Buffer.concat([out.subarray(0, length), source.subarray(next)]), isBroken: false }
      }
      at = Math.max(at, next - 1)
    }
  }
  // Text that is only called base64.
  if (junk * 5 > source.length || (junk > 0 && looksLikeText(source))) return { bytes: source, isBroken: true }
  length = flush(out, length, bits, count)
  return { bytes: out.subarray(0, length), isBroken: junk > 0 || count === 1 }
}

/** Two or three letters of the last group are one or two bytes. */
function flush(out: Buffer, length: number, bits: number, count: number): number {
  if (count < 2) return length
  const whole = bits << (6 * (4 - count))
  out[length] = whole >> 16
  if (count === 3) out[length + 1] = whole >> 8
  return length + count - 1
}

/** What follows the padding: nothing, more base64, or something else. */
function afterPadding(source: Buffer, padding: number): { next: number; isTail: boolean } {
  let next = padding
  while (next < source.length && (source[next] === EQUALS || (source[next] ?? 0) <= 32)) next++
  // A line of base64 hardly needs to be looked at any further.
  const limit = Math.min(source.length, next + 200)
  for (let at = next; at < limit && source[at] !== LF; at++) {
    const byte = source[at] ?? 0
    if ((BASE64[byte] ?? -1) < 0 && byte !== EQUALS && byte !== CR) return { next, isTail: true }
  }
  return { next, isTail: false }
}

/** Words with blanks between them. Base64 has hardly any blank but those of its line ends. */
function looksLikeText(source: Buffer): boolean {
  let blanks = 0
  const end = Math.min(source.length, 4_000)
  for (let at = 0; at < end; at++) if (source[at] === 32) blanks++
  return blanks > end / 15
}

/** Never fails: an `=` that begins nothing stays. */
export function decodeQuotedPrintable(source: Buffer): Buffer {
  if (source.indexOf(EQUALS) === -1) return source
  const out = Buffer.allocUnsafe(source.length)
  let length = 0
  /** Blanks at the end of a line were added on the way: they count from here. */
  let solid = 0
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] ?? 0
    if (byte === EQUALS) {
      const value = hexPair(source, at + 1)
      if (value >= 0) {
        out[length++] = value
        solid = length
        at += 2
        continue
      }
      const end = softBreak(source, at + 1)
      if (end !== -1) {
        solid = length
        at = end
        continue
      }
    } else if (byte === LF) {
      const hasCr = source[at - 1] === 13 && length > 0 && out[length - 1] === 13
      length = solid
      if (hasCr) out[length++] = 13
      out[length++] = LF
      solid = length
      continue
    }
    out[length++] = byte
    if (byte !== 32 && byte !== 9 && byte !== 13) solid = length
  }
  return out.subarray(0, length)
}

/** Place of the line end that an `=` takes away; also behind blanks, and at the end of all. */
function softBreak(source: Buffer, from: number): number {
  let at = from
  while (source[at] === 32 || source[at] === 9 || source[at] === 13) at++
  if (source[at] === LF) return at
  return at >= source.length ? source.length - 1 : -1
}
