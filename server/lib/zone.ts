// Instants (milliseconds since 1970, UTC) to wall-clock text in a time zone and back.
// Offsets are asked of Intl once for each quarter of an hour and kept: asking for every row would cost 6 µs instead of 0.1.

const QUARTER = 15 * 60_000
const MAX_CACHED = 50_000
/** The years that have four digits without padding. A day is left at each end for the zones. */
export const FIRST_INSTANT = Date.UTC(1000, 0, 2)
export const LAST_INSTANT = Date.UTC(9999, 11, 30, 23, 59, 59, 999)

interface Zone {
  format: Intl.DateTimeFormat
  offsets: Map<number, number>
}
const zones = new Map<string, Zone>()

/** Whether `name` is an IANA time zone (or `GMT`, `UTC`). */
export function isZone(name: string): boolean {
  try {
    zoneOf(name)
    return true
  } catch {
    return false
  }
}

function zoneOf(name: string): Zone {
  let zone = zones.get(name)
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    zone = { format, offsets: new Map() }
    zones.set(name, zone)
  }
  return zone
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(instant: number, zoneName: string): number {
  if (zoneName === 'GMT' || zoneName === 'UTC') return 0
  const zone = zoneOf(zoneName)
  const quarter = Math.floor(instant / QUARTER)
  const known = zone.offsets.get(quarter)
  if (known !== undefined) return known
  const start = quarter * QUARTER
  const part: Record<string, number> = {}
  for (const { type, value } of zone.format.formatToParts(start)) part[type] = Number(value)
  const wall = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second)
  // Before standard time, offsets had seconds (London was 75 s behind): keep them whole.
  const offset = wall - start
  if (zone.offsets.size >= MAX_CACHED) zone.offsets.clear()
  zone.offsets.set(quarter, offset)
  return offset
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** `YYYY-MM-DD HH:MM:SS` in the zone. */
export function localText(instant: number, zone: string): string {
  const wall = new Date(instant + offsetAt(instant, zone))
  const year = String(wall.getUTCFullYear()).padStart(4, '0')
  return `${year}-${two(wall.getUTCMonth() + 1)}-${two(wall.getUTCDate())} ${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())}`
}

/**
 * The instant at which the zone's clocks show the given wall time (as if it were UTC milliseconds).
 * A time that occurs twice (autumn) means its first occurrence; one that does not exist (spring) is moved on by the gap.
 */
export function instantOfWall(wall: number, zone: string): number {
  const before = wall - offsetAt(wall - 86_400_000, zone)
  const after = wall - offsetAt(wall + 86_400_000, zone)
  // The earlier candidate is the one with the larger offset: try it first, so that a doubled time means its first pass.
  for (const candidate of before <= after ? [before, after] : [after, before]) {
    if (candidate + offsetAt(candidate, zone) === wall) return candidate
  }
  return before
}

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/

/** What a text says of a wall-clock time: milliseconds as if UTC, and whether it was a bare date. */
export function parseWall(text: string): { wall: number; isDate: boolean } | undefined {
  const match = DATE_TIME.exec(text.trim())
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  // 2026-02-30 would silently become the 2nd of March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const wall = date.getTime()
  if (wall < FIRST_INSTANT || wall > LAST_INSTANT) return undefined
  return { wall, isDate: match[4] === undefined }
}
