// When a desk is open: weekly hours in a time zone, without its holidays.
import { z } from 'zod'
import { isZone } from '../../lib/zone.ts'

const DAY = 86_400_000
const MINUTE = 60_000
const MAX_KNOWN_DAYS = 10_000

const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day from 00:00 to 24:00, such as 09:30')

export const businessHoursSchema = z.object({
  /** IANA name. */
  zone: z.string().refine(isZone, 'must be a time zone such as Europe/Berlin or GMT'),
  /** `day` is 1 for Monday to 7 for Sunday. Openings of a day may touch or overlap; one over midnight is two. */
  week: z
    .array(
      z
        .object({ day: z.number().int().min(1).max(7), from: timeOfDay, to: timeOfDay })
        .refine(({ from, to }) => from < to, 'must end after it begins; one that goes over midnight is written as two'),
    )
    .max(100),
  /** `2026-12-24`, or `12-25` for every year. */
  holidays: z
    .array(
      z
        .string()
        .regex(/^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be a date such as 2026-12-24, or 12-25'),
    )
    .max(1_000),
})
export type BusinessHours = z.infer<typeof businessHoursSchema>

/** Whether a holiday, written as in business hours, ever comes. */
export function isDayOfCalendar(holiday: string): boolean {
  // For every year: also if only leap years have it.
  const date = holiday.length === 5 ? `2024-${holiday}` : holiday
  const at = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}

/** Milliseconds since local midnight, half-open. */
export interface Opening {
  from: number
  to: number
}

/** Business hours made ready for reckoning. */
export interface Calendar {
  zone: string
  /** There are no openings at all. */
  isNever: boolean
  /** The openings of a local day, in order and apart from each other. `day` counts whole days since 1970-01-01. */
  openingsOn(day: number): readonly Opening[]
}

const NONE: readonly Opening[] = []

export function calendarOf({ zone, week, holidays }: BusinessHours): Calendar {
  const byWeekday = Array.from({ length: 7 }, (_, weekday) =>
    joined(week.filter(({ day }) => day === weekday + 1).map(({ from, to }) => ({ from: ofDay(from), to: ofDay(to) }))),
  )
  const free = new Set(holidays)
  const isFree = onceForEachDay((day) => {
    const date = new Date(day * DAY).toISOString().slice(0, 10)
    return free.has(date) || free.has(date.slice(5))
  })
  return {
    zone,
    isNever: week.length === 0,
    openingsOn(day) {
      const openings = byWeekday[weekdayOf(day)] ?? NONE
      if (openings.length === 0 || free.size === 0) return openings
      return isFree(day) ? NONE : openings
    },
  }
}

/** Days are looked at again and again. */
function onceForEachDay(look: (day: number) => boolean): (day: number) => boolean {
  const known = new Map<number, boolean>()
  return (day) => {
    const found = known.get(day)
    if (found !== undefined) return found
    if (known.size >= MAX_KNOWN_DAYS) known.clear()
    const is = look(day)
    known.set(day, is)
    return is
  }
}

/** 0 for Monday. The first of January 1970 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7

const ofDay = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE

/** Openings in order, those that touch or overlap made one. */
function joined(openings: Opening[]): Opening[] {
  const apart: Opening[] = []
  for (const { from, to } of openings.sort((a, b) => a.from - b.from)) {
    const last = apart.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else apart.push({ from, to })
  }
  return apart
}
