// Where a level goes in a half-hour, relative to its beginning.
import { HALF_HOUR } from './time.ts'

export interface Course {
  /** By how much it is more at the end. */
  net: number
  /** Each step times the milliseconds from then until the end. */
  area: number
  /** The least and the most between the first step and the last one; null: all steps were at one instant. */
  lowest: number | null
  highest: number | null
  first_at: number
  last_at: number
}

/** Takes a course a step further, which must not be earlier than its last one. Steps of one instant are one. */
export function goOn(course: Course | undefined, half: number, { at, delta }: { at: number; delta: number }): Course {
  const { net, area, lowest, highest, first_at, last_at } = course ?? {
    net: 0,
    area: 0,
    lowest: null,
    highest: null,
    first_at: at,
    last_at: at,
  }
  // Only now is it known that this level has lasted.
  const hasLasted = at > last_at
  return {
    net: net + delta,
    area: area + delta * (half + HALF_HOUR - at),
    lowest: hasLasted ? Math.min(lowest ?? net, net) : lowest,
    highest: hasLasted ? Math.max(highest ?? net, net) : highest,
    first_at,
    last_at: at,
  }
}
