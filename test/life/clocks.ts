// What clocks on the wall show, and how much of a time a desk is open: minute by minute, with nothing of the product's own
// arithmetic.
import type { BusinessHours } from '../../server/desk/sla/business-hours.ts'

const SECOND = 1_000
const MINUTE = 60_000
const QUARTER = 15 * MINUTE
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

interface Shown {
  /** `2025-03-30 01:45` */
  minute: string
  /** 1 for Monday. */
  day: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
const known = new Map<string, Shown>()

/** What the clocks of a zone show at the beginning of a quarter of an hour. */
function shownAt(quarter: number, zone: string): Shown {
  const key = `${zone} ${quarter}`
  const before = known.get(key)
  if (before) return before
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      ...({ year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'short' } as const),
      ...({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const),
    })
  formats.set(zone, format)
  const part = Object.fromEntries(format.formatToParts(quarter * QUARTER).map(({ type, value }) => [type, value]))
  const shown = {
    minute: `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`,
    day: DAYS.indexOf(part.weekday ?? '') + 1,
  }
  if (known.size > 200_000) known.clear()
  known.set(key, shown)
  return shown
}

const two = (n: number): string => String(n).padStart(2, '0')

/** `2025-03-30 01:45:07` */
export function wallText(instant: number, zone: string): string {
  const quarter = Math.floor(instant / QUARTER)
  const { minute } = shownAt(quarter, zone)
  const rest = Math.floor((instant - quarter * QUARTER) / SECOND)
  return `${minute.slice(0, 14)}${two(Number(minute.slice(14)) + Math.floor(rest / 60))}:${two(rest % 60)}`
}

/** Whether the desk is open in the minute that begins at an instant. */
function isOpen({ zone, week, holidays }: BusinessHours, instant: number): boolean {
  const { minute: text, day } = shownAt(Math.floor(instant / QUARTER), zone)
  const time = wallText(instant, zone).slice(11, 16)
  const date = text.slice(0, 10)
  if (holidays.includes(date) || holidays.includes(date.slice(5))) return false
  return week.some((opening) => opening.day === day && opening.from <= time && time < opening.to)
}

/** Seconds in which the desk is open. */
export function openSeconds(hours: BusinessHours, from: number, before: number): number {
  let seconds = 0
  let at = Math.floor(from / SECOND) * SECOND
  const end = Math.floor(before / SECOND) * SECOND
  while (at < end) {
    const next = Math.min(end, (Math.floor(at / MINUTE) + 1) * MINUTE)
    if (isOpen(hours, at)) seconds += (next - at) / SECOND
    at = next
  }
  return seconds
}

/** When the desk will have been open for so many seconds; null: never. */
export function dueAt(hours: BusinessHours, from: number, seconds: number): number | null {
  if (hours.week.length === 0) return null
  let left = seconds
  for (let at = Math.floor(from / SECOND) * SECOND; ; ) {
    const next = (Math.floor(at / MINUTE) + 1) * MINUTE
    if (isOpen(hours, at)) {
      if (left <= (next - at) / SECOND) return at + left * SECOND
      left -= (next - at) / SECOND
    }
    at = next
  }
}
