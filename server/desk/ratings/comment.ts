// What customers may write beside a rating: plain text of some length.
import { Invalid } from '../../lib/errors.ts'

export const MAX_COMMENT = 5_000

/** As it is stored: lines end as lines do, nothing stands around it. It is text whatever it looks like. */
export function commentOf(given: string): string {
  if (given.includes('\0')) throw new Invalid('comment', 'contains a NUL character')
  if (!given.isWellFormed()) throw new Invalid('comment', 'is not valid Unicode (it has half of a surrogate pair)')
  const text = given.replace(/\r\n?/g, '\n').trim()
  if (text.length > MAX_COMMENT) throw new Invalid('comment', `must not be longer than ${MAX_COMMENT} characters`)
  return text
}
