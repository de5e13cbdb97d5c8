// The lines between the parts of a mail.
import { lineAt } from './header-fields.ts'
import type { MimePart } from './mime-part.ts'

const DASH = 45
/** RFC 2046 allows 70 characters; longer ones are met. */
export const MAX_BOUNDARY = 500

/** The line end before a boundary belongs to the boundary. */
export function beforeLineEnd(bytes: Buffer, at: number): number {
  let end = at
  if (bytes[end - 1] === 10) end--
  while (end < at && bytes[end - 1] === 13) end--
  return end
}

export function cleanBoundary(given: string | undefined): string | undefined {
  const boundary = given?.trimEnd()
  if (!boundary || boundary.length > MAX_BOUNDARY) return undefined
  // Compared with bytes, of which each is a character.
  return Buffer.from(boundary).toString('latin1')
}

const GUESS_RANGE = 64 * 1024
/** Each looks at what may be the whole mail. */
const MAX_LINES = 2_000

/** The first line with dashes before it that a header of a part follows. */
export function guessBoundary({ bytes, start, end }: MimePart): string | undefined {
  const limit = Math.min(end, start + GUESS_RANGE)
  let at = start
  for (let lines = 0; at < limit && lines < MAX_LINES; lines++) {
    const line = lineAt(bytes, at, limit)
    if (bytes[at] === DASH && bytes[at + 1] === DASH && line.end - at > 2 && line.end - at < MAX_BOUNDARY) {
      const next = bytes.toString('latin1', line.next, Math.min(limit, line.next + 12)).toLowerCase()
      if (next.startsWith('content-') || next.startsWith('mime-version')) {
        return bytes.toString('latin1', at + 2, line.end).trimEnd()
      }
    }
    at = line.next
  }
  return undefined
}
