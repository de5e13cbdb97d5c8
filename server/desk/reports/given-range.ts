// The range that a caller means: two dates, or a stretch with a name, in the account's time zone.
import { instantOfWall } from '../../lib/zone.ts'
import { monthOf, type Range, startOfDay, startOfMonth, wallAt } from './range.ts'

const SECOND = 1_000
const DAY = 86_400_000

/** A time on the account's clocks (milliseconds as if in UTC), or an instant and how long what it names lasts. */
export type Moment = { wall: number; isDate: boolean } | { instant: number; length: number }

/** The last 30 days, this month, the last one, or the month or day that begins then. */
export type Stretch = 'L30D' | 'TM' | 'LM' | { unit: 'month' | 'day'; start: { wall: number } }

export interface GivenRange {
  date_from?: Moment | undefined
  date_to?: Moment | undefined
  datetime?: Stretch | undefined
}

/** The first instant of what a moment names: of the second, or of the day. */
const firstOf = (moment: Moment, zone: string): number =>
  'instant' in moment ? moment.instant : instantOfWall(moment.wall, zone)

/** The first instant after what a moment names. */
const afterOf = (moment: Moment, zone: string): number =>
  'instant' in moment
    ? moment.instant + moment.length
    : instantOfWall(moment.wall + (moment.isDate ? DAY : SECOND), zone)

/**
 * Both dates belong to the range. Without dates, what `datetime` names. With one date only, the 30 days up to `date_to`, or
 * all since `date_from`.
 */
export function rangeOf({ date_from, date_to, datetime = 'L30D' }: GivenRange, zone: string, now = Date.now()): Range {
  if (!date_from && !date_to) return stretchOf(datetime, zone, now)
  const before = date_to ? afterOf(date_to, zone) : now + 1
  return { from: date_from ? firstOf(date_from, zone) : before - 30 * DAY, before, zone }
}

function stretchOf(stretch: Stretch, zone: string, now: number): Range {
  const today = startOfDay(wallAt(now, zone))
  const walls = (from: number, before: number): Range => ({
    from: instantOfWall(from, zone),
    before: instantOfWall(before, zone),
    zone,
  })
  if (stretch === 'L30D') return { ...walls(today - 30 * DAY, today), before: now + 1 }
  const month = monthOf(today)
  if (stretch === 'TM') return { ...walls(startOfMonth(month), today), before: now + 1 }
  if (stretch === 'LM') return walls(startOfMonth(month - 1), startOfMonth(month))
  const { wall } = stretch.start
  return walls(wall, stretch.unit === 'day' ? wall + DAY : startOfMonth(monthOf(wall) + 1))
}
