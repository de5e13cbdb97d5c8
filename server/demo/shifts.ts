// When agents are at work: early, core and late shifts by turns, a Saturday and a Sunday now and then, breaks, holidays and
// days off. The same for every seed, so that a second history fits to the first.
import { type Span, wholeSecond } from '../desk/presence/spans.ts'
import { instantOfWall } from '../lib/zone.ts'
import { type Random, randomFrom } from './random.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Nobody works, and few write. Month and day. */
const HOLIDAYS: readonly string[] = ['01-01', '05-01', '12-25', '12-26']

/** `day` counts whole days since 1970-01-01. */
export const isHoliday = (day: number): boolean => HOLIDAYS.includes(new Date(day * DAY).toISOString().slice(5, 10))

/** Hours since midnight. */
const SHIFTS = [
  { from: 7, to: 15.5 },
  { from: 8.5, to: 17 },
  { from: 10.5, to: 19 },
] as const
const WEEKEND = { from: 9, to: 15 }

/** When an agent is at work between two instants, oldest first: whole seconds, apart from each other. */
export function shiftsOf(agent: number, zone: string, from: number, until: number): Span[] {
  const spans: Span[] = []
  for (let day = Math.floor(from / DAY) - 1; day <= Math.floor(until / DAY) + 1; day++)
    for (const [begin, end] of hoursOf(agent, day)) {
      const at = (hours: number): number => wholeSecond(instantOfWall(day * DAY + Math.round(hours * HOUR), zone))
      const span = { from: Math.max(at(begin), wholeSecond(from)), before: Math.min(at(end), wholeSecond(until)) }
      if (span.from < span.before) spans.push(span)
    }
  return spans
}

/** What an agent works on a local day, around his breaks. */
function hoursOf(agent: number, day: number): [number, number][] {
  const shift = shiftOf(agent, day)
  if (!shift) return []
  const random = randomFrom(Math.imul(agent + 1, 0x9e3779b1) ^ Math.imul(day, 0x85ebca6b))
  if (random.chance(0.02)) return []
  const begin = shift.from + minutes(random, -10, 10)
  const end = shift.to + minutes(random, -10, 20)
  const lunch = begin + (end - begin) * 0.45 + minutes(random, -30, 30)
  const back = lunch + minutes(random, 30, 60)
  if (!random.chance(0.3))
    return [
      [begin, lunch],
      [back, end],
    ]
  const coffee = back + (end - back) * 0.5 + minutes(random, -20, 20)
  return [
    [begin, lunch],
    [back, coffee],
    [coffee + minutes(random, 8, 20), end],
  ]
}

function shiftOf(agent: number, day: number): { from: number; to: number } | undefined {
  // Twelve days off, twice a year.
  if (isHoliday(day) || (day + agent * 53) % 182 < 12) return undefined
  const weekday = (day + 3) % 7
  const week = Math.floor((day + 3) / 7)
  if (weekday === 5) return (week + agent) % 3 === 0 ? WEEKEND : undefined
  if (weekday === 6) return (week + agent) % 4 === 1 ? WEEKEND : undefined
  return SHIFTS[(week + agent) % SHIFTS.length]
}

/** In hours. */
const minutes = (random: Random, from: number, to: number): number => (from + random.next() * (to - from)) / 60
