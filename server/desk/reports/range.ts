// Ranges of reports, and the hours, days, weeks and months that lie in them. A page of a range of a thousand years costs
// as little as one of a day: intervals are counted on the wall clock, and only those of the page are made.
import { instantOfWall, offsetAt } from '../../lib/zone.ts'

/** Instants, half-open. A reversed range contains nothing. */
export interface Range {
  from: number
  before: number
  /** The account's time zone. */
  zone: string
}

export interface Page {
  offset: number
  limit: number
}

export const units = ['hour', 'day', 'week', 'month'] as const
export type Unit = (typeof units)[number]

/** `from` and `before` are instants; `wallFrom` and `wallBefore` what the zone's clocks show then, as if in UTC. */
export interface Interval {
  from: number
  before: number
  wallFrom: number
  wallBefore: number
}

const HOUR = 3_600_000
const DAY = 86_400_000
/** 1970 began on a Thursday, three days after a Monday. */
const MONDAY = -3 * DAY

/** Every interval of a unit has a number; the next one has the next number. */
const grids: Record<Unit, { numberOf(wall: number): number; startOf(number: number): number }> = {
  hour: every(HOUR),
  day: every(DAY),
  week: every(7 * DAY, MONDAY),
  month: { numberOf: monthOf, startOf: startOfMonth },
}

function every(length: number, first = 0) {
  return {
    numberOf: (wall: number): number => Math.floor((wall - first) / length),
    startOf: (number: number): number => first + number * length,
  }
}

/** Months are numbered from the year 0. */
export function monthOf(wall: number): number {
  const date = new Date(wall)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** The wall-clock time at which a month begins. */
export function startOfMonth(month: number): number {
  // Date.UTC takes the years 0 to 99 for those of the 20th century.
  return new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1)
}

export const startOfDay = (wall: number): number => grids.day.startOf(grids.day.numberOf(wall))

/** What the zone's clocks show at an instant, in milliseconds as if in UTC. */
export const wallAt = (instant: number, zone: string): number => instant + offsetAt(instant, zone)

/**
 * A page of the whole intervals that a range touches, in order. An hour that the clocks skip in spring is there and has no
 * length; an hour that they pass twice in autumn is one interval over both passes: every day has 24.
 */
export function listIntervals(range: Range, unit: Unit, { offset, limit }: Page): Interval[] {
  const { from, before, zone } = range
  if (from >= before) return []
  const { numberOf, startOf } = grids[unit]
  const first = numberOf(wallAt(from, zone)) + offset
  const last = Math.min(numberOf(wallAt(before - 1, zone)), first + limit - 1)
  // Far behind the end there are times that no clock shows.
  if (first > last) return []
  const intervals: Interval[] = []
  let [wallFrom, start] = [startOf(first), instantOfWall(startOf(first), zone)]
  for (let number = first; number <= last; number++) {
    const wallBefore = startOf(number + 1)
    const end = instantOfWall(wallBefore, zone)
    intervals.push({ wallFrom, wallBefore, from: start, before: end })
    wallFrom = wallBefore
    start = end
  }
  return intervals
}

/** The part of an interval that lies in a range. */
export function clip(interval: Interval, { from, before, zone }: Range): Interval {
  return {
    from: Math.max(interval.from, from),
    before: Math.min(interval.before, before),
    wallFrom: interval.from < from ? wallAt(from, zone) : interval.wallFrom,
    wallBefore: interval.before > before ? wallAt(before, zone) : interval.wallBefore,
  }
}

/** The instants between which intervals lie that follow one another. */
export const boundsOf = (intervals: readonly Interval[]): number[] => [
  ...intervals.map(({ from }) => from),
  ...intervals.slice(-1).map(({ before }) => before),
]
