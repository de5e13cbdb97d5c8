// Dates on the wire: wall-clock text in the account's time zone.
import type { Wall } from '../../../../contract/v1/params.ts'
import type { ChangedFilter } from '../../../desk/conversations/find.ts'
import { Invalid } from '../../../lib/errors.ts'
import { instantOfWall, localText, parseWall } from '../../../lib/zone.ts'

const SECOND = 1_000
const DAY = 86_400_000

/** An instant as `YYYY-MM-DD HH:MM:SS`. */
export const toDate = (instant: number, zone: string): string => localText(instant, zone)
export const toDateOrNull = (instant: number | null, zone: string): string | null =>
  instant === null ? null : localText(instant, zone)

/** The first instant of what the text names: of the second, or of the day. */
export const fromWall = ({ wall }: Wall, zone: string): number => instantOfWall(wall, zone)

/** The last millisecond of what the text names: of the second, or of the day. */
export const throughWall = ({ wall, isDate }: Wall, zone: string): number =>
  instantOfWall(wall + (isDate ? DAY : SECOND), zone) - 1

const OPERATOR = /^(eq|neq|gt|lt|gte|lte|btw|lk):/

/** Reads an `opdatetime` such as `gte:2009-11-12 05:02:01`. Comparisons are by the second, as the text is. */
export function fromOpDatetime(name: string, text: string, zone: string): ChangedFilter {
  const operator = OPERATOR.exec(text)?.[1] ?? 'eq'
  const operand = text.replace(OPERATOR, '')
  if (operator === 'lk') return likeFilter(name, operand, zone)
  if (operator === 'btw') {
    const [from, to, ...rest] = operand.split(',')
    if (from === undefined || to === undefined || rest.length > 0)
      throw new Invalid(name, 'must have two dates after btw:, separated by a comma')
    return { from: fromWall(wallOf(name, from), zone), before: throughWall(wallOf(name, to), zone) + 1 }
  }
  const wall = wallOf(name, operand)
  const first = fromWall(wall, zone)
  const next = throughWall(wall, zone) + 1
  switch (operator) {
    case 'neq':
      return { except: { from: first, before: next } }
    case 'gt':
      return { from: next }
    case 'gte':
      return { from: first }
    case 'lt':
      return { before: first }
    case 'lte':
      return { before: next }
    default:
      return { from: first, before: next }
  }
}

function wallOf(name: string, text: string): Wall {
  const wall = parseWall(text)
  if (!wall)
    throw new Invalid(
      name,
      `has a date that cannot be read: '${text.slice(0, 40)}'. Write 2009-11-12 05:02:01, if need be after eq:, neq:, gt:, lt:, gte:, lte:, btw: or lk:`,
    )
  return wall
}

/** `%` stands for any text and `?` for one character. */
function likeFilter(name: string, pattern: string, zone: string): ChangedFilter {
  if (!/^[\d\-: %?]{1,40}$/.test(pattern)) throw new Invalid(name, 'may have digits, - : % ? and spaces only after lk:')
  const like = pattern.replaceAll('?', '_')
  const prefix = /^[^%?]*/.exec(pattern)?.[0] ?? ''
  return { ...rangeOfPrefix(prefix, zone), pattern: { zone, like } }
}

/** Bounds that hold for every local time that begins so: they let the index do what the pattern alone could not. */
function rangeOfPrefix(prefix: string, zone: string): ChangedFilter {
  const year = /^\d{4}/.exec(prefix)?.[0]
  if (year === undefined) return {}
  const [month, day] = [/^\d{4}-(\d\d)/.exec(prefix)?.[1], /^\d{4}-\d\d-(\d\d)/.exec(prefix)?.[1]].map((part) =>
    part === undefined ? undefined : Number(part),
  )
  const y = Number(year)
  const from = Date.UTC(y, (month ?? 1) - 1, day ?? 1)
  const before = day !== undefined ? from + DAY : month !== undefined ? Date.UTC(y, month, 1) : Date.UTC(y + 1, 0, 1)
  if (!Number.isFinite(from) || !Number.isFinite(before)) return {}
  return { from: instantOfWall(from, zone), before: instantOfWall(before, zone) }
}
