// Reckoning in business time: how much of it lies between two instants, and when so much of it will have passed.
//
// Business time are the instants at which the zone's clocks show an opening. So an hour that the clocks skip in spring is
// not there, and one that they pass twice in autumn counts twice: as long as people are really at work.
import { offsetAt } from '../../lib/zone.ts'
import type { Calendar } from './business-hours.ts'

const DAY = 86_400_000
const QUARTER = 15 * 60_000
/** Beyond this, "never": a level without openings, or with holidays only. */
const HORIZON = 20 * 366 * DAY
/** How far a change of the clocks is looked for at once: most reckonings end within days. */
const LOOK_AHEAD = 8 * DAY

/** Milliseconds of business time from one instant until before another; 0 where they are reversed. */
export function businessTimeBetween(calendar: Calendar, from: number, to: number): number {
  let sum = 0
  for (const stretch of stretches(calendar.zone, from, to)) {
    for (const opening of openingsIn(calendar, stretch)) sum += opening.to - opening.from
  }
  return sum
}

/**
 * The instant at which `duration` milliseconds of business time have passed since `from`; undefined: not within twenty
 * years. Time that ends as the desk closes ends then, not when it opens again.
 */
export function afterBusinessTime(calendar: Calendar, from: number, duration: number): number | undefined {
  if (duration <= 0) return from
  if (calendar.isNever) return undefined
  let left = duration
  for (const stretch of stretches(calendar.zone, from, from + HORIZON)) {
    for (const opening of openingsIn(calendar, stretch)) {
      if (opening.to - opening.from >= left) return opening.from + left
      left -= opening.to - opening.from
    }
  }
  return undefined
}

/** Instants, half-open, between which the clocks are not changed. What follows may have the same offset. */
interface Stretch {
  from: number
  to: number
  offset: number
}

function* stretches(zone: string, from: number, to: number): Generator<Stretch> {
  for (let start = from; start < to; ) {
    const offset = offsetAt(start, zone)
    const end = changeAfter(zone, start, offset, Math.min(to, start + LOOK_AHEAD))
    yield { from: start, to: end, offset }
    start = end
  }
}

/** The first instant after `start`, `limit` at most, at which the zone's offset is another one. */
function changeAfter(zone: string, start: number, offset: number, limit: number): number {
  let before = start
  while (before < limit) {
    // At midnights in UTC, the same for all who ask, so that zone.ts knows most of the answers.
    const after = (Math.floor(before / DAY) + 1) * DAY
    if (offsetAt(after, zone) !== offset) break
    before = after
  }
  if (before >= limit) return limit
  // Clocks are changed at quarters of an hour.
  let low = Math.floor(before / QUARTER)
  let high = ((Math.floor(before / DAY) + 1) * DAY) / QUARTER
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * QUARTER, zone) === offset) low = middle
    else high = middle
  }
  return Math.min(high * QUARTER, limit)
}

/** The openings within a stretch, cut to it, as instants. */
function* openingsIn(calendar: Calendar, { from, to, offset }: Stretch): Generator<{ from: number; to: number }> {
  const lastDay = Math.floor((to + offset - 1) / DAY)
  for (let day = Math.floor((from + offset) / DAY); day <= lastDay; day++) {
    const midnight = day * DAY - offset
    for (const opening of calendar.openingsOn(day)) {
      const begin = Math.max(from, midnight + opening.from)
      const end = Math.min(to, midnight + opening.to)
      if (begin < end) yield { from: begin, to: end }
    }
  }
}
