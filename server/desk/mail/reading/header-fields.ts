// Takes the headers of a mail or of a part from its bytes: with every kind of line end, badly folded, cut off, or absent.
import type { ReadLimits } from './limits.ts'

export interface HeaderField {
  /** In lower case. */
  name: string
  /** Unfolded; one character for each byte, since nothing is known of the charset yet. */
  raw: string
}

export interface HeaderBlock {
  fields: HeaderField[]
  /** Where what follows the blank line begins. */
  bodyStart: number
  /** Some were too many or too long. */
  isCut: boolean
}

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const DASH = 45

/** No header line is longer than this before its name ends. */
const FIELD = /^([!-9;-~]{1,200})[ \t]*:/
const PARAMETER = /^[a-z][a-z0-9*-]{1,40}[ \t]*=/i
const MBOX_LINE = /^>?From /

export interface Line {
  /** Without the line end. */
  end: number
  /** Where the next one begins. */
  next: number
}

export function lineAt(bytes: Buffer, start: number, limit: number): Line {
  const lf = bytes.indexOf(LF, start)
  const next = lf === -1 || lf >= limit ? limit : lf + 1
  let end = lf === -1 || lf >= limit ? limit : lf
  // Programs that write CR LF in text mode leave CR CR LF.
  while (end > start && bytes[end - 1] === CR) end--
  return { end, next }
}

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB

export function readHeaderFields(
  bytes: Buffer,
  start: number,
  limit: number,
  { maxBytes, headerBytes, headers }: Pick<ReadLimits, 'headerBytes' | 'headers'> & { maxBytes: number },
): HeaderBlock {
  const fields: HeaderField[] = []
  let isCut = false
  let room = maxBytes
  let current: { name: string; pieces: string[]; room: number } | undefined
  const finish = (): void => {
    if (current) fields.push({ name: current.name, raw: withoutBreaks(current.pieces.join('')).trim() })
    current = undefined
  }
  const take = (from: number, to: number): void => {
    if (!current) return
    const length = Math.min(to - from, current.room, room)
    if (length < to - from) isCut = true
    current.pieces.push(bytes.toString('latin1', from, from + length))
    current.room -= length
    room -= length
  }

  let at = start
  while (at < limit) {
    const { end, next } = lineAt(bytes, at, limit)
    if (end === at) {
      finish()
      return { fields, bodyStart: next, isCut }
    }
    // The next part begins: this one has headers alone.
    if (bytes[at] === DASH && bytes[at + 1] === DASH) {
      finish()
      return { fields, bodyStart: at, isCut }
    }
    if (isBlank(bytes[at])) {
      // A line of blanks separates, too, where nothing is left to be continued after it.
      if (isAllBlank(bytes, at, end) && !isFieldAt(bytes, next, limit)) {
        finish()
        return { fields, bodyStart: next, isCut }
      }
      take(at, end)
    } else {
      const head = FIELD.exec(bytes.toString('latin1', at, Math.min(end, at + 300)))
      if (head) {
        finish()
        if (fields.length >= headers) isCut = true
        else {
          current = { name: (head[1] ?? '').toLowerCase(), pieces: [], room: headerBytes }
          take(at + head[0].length, end)
        }
      } else if (!MBOX_LINE.test(bytes.toString('latin1', at, Math.min(end, at + 6)))) {
        // Folded without a blank, or the text begins without a blank line before it: what follows tells.
        if (fields.length === 0 && !current) return { fields, bodyStart: at, isCut }
        const isParameter =
          current?.name.startsWith('content-') && PARAMETER.test(bytes.toString('latin1', at, Math.min(end, at + 60)))
        if (!isParameter && !isFieldAt(bytes, next, limit)) {
          finish()
          return { fields, bodyStart: at, isCut }
        }
        current?.pieces.push(' ')
        take(at, end)
      }
    }
    at = next
  }
  finish()
  return { fields, bodyStart: limit, isCut }
}

/** A CR amid a line must not become a line of its own for whoever writes the value out again; NUL no database takes. */
const withoutBreaks = (raw: string): string => raw.replaceAll('\r', ' ').replaceAll('\0', '')

function isAllBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isBlank(bytes[at])) return false
  return true
}

function isFieldAt(bytes: Buffer, at: number, limit: number): boolean {
  if (isBlank(bytes[at])) return true
  return FIELD.test(bytes.toString('latin1', at, Math.min(limit, at + 300)))
}
