// When people write: more on Mondays than on Sundays, more at eleven than at four, more before Christmas, hardly on
// holidays, and more from month to month, for the desk grows. By the clocks of the desk's zone.
import { offsetAt } from '../lib/zone.ts'
import { isHoliday } from './shifts.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Sunday first. */
const WEEKDAYS = [0.4, 1.25, 1.15, 1.1, 1.05, 0.95, 0.45]
const HOURS = [
  0.08, 0.05, 0.03, 0.03, 0.04, 0.1, 0.25, 0.55, 1.0, 1.45, 1.6, 1.55, 1.25, 1.2, 1.4, 1.45, 1.35, 1.15, 0.95, 0.9,
  0.85, 0.7, 0.4, 0.2,
]
/** January first. */
const MONTHS = [1.05, 0.95, 0.95, 0.9, 0.9, 0.85, 0.8, 0.85, 0.95, 1.0, 1.25, 1.45]
const ON_HOLIDAYS = 0.35

/** The instant by which a share (0 to 1) of everything has been written. Rises with the share. */
export function timeline(from: number, until: number, zone: string): (share: number) => number {
  const hours = Math.max(1, Math.ceil((until - from) / HOUR))
  const sums = new Float64Array(hours + 1)
  for (let hour = 0; hour < hours; hour++) {
    const growth = 0.7 + (0.6 * hour) / hours
    sums[hour + 1] = (sums[hour] ?? 0) + weightOf(from + hour * HOUR, zone) * growth
  }
  const total = sums[hours] ?? 1
  return (share) => {
    const target = share * total
    const hour = lastNotAbove(sums, target)
    const start = sums[hour] ?? 0
    const weight = (sums[hour + 1] ?? start) - start
    const within = weight > 0 ? (target - start) / weight : 0
    return Math.min(until, Math.floor(from + (hour + within) * HOUR))
  }
}

function weightOf(at: number, zone: string): number {
  const wall = new Date(at + offsetAt(at, zone))
  const weekday = WEEKDAYS[wall.getUTCDay()] ?? 1
  const hour = HOURS[wall.getUTCHours()] ?? 1
  const month = MONTHS[wall.getUTCMonth()] ?? 1
  return weekday * hour * month * (isHoliday(Math.floor(wall.getTime() / DAY)) ? ON_HOLIDAYS : 1)
}

function lastNotAbove(sums: Float64Array, target: number): number {
  let low = 0
  let high = sums.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sums[middle] ?? 0) <= target) low = middle
    else high = middle - 1
  }
  return low
}
