// Walking along a level, hour by hour, from courses of half-hours and single steps.
import { HALF_HOUR } from '../metrics/time.ts'
import type { Span } from './cover.ts'
import { ratio } from './figures.ts'
import type { LoadRow } from './load-query.ts'

export interface Level {
  min: number
  max: number
  /** Weighted by time, two decimals. */
  avg: number
}

export const NONE: Level = { min: 0, max: 0, avg: 0 }

/** The level of each span; they follow one another. Rows are in the order of their instants, and none lies partly in a span. */
export function levelsOf(spans: readonly Span[], start: number, rows: readonly LoadRow[]): Level[] {
  let level = start
  let next = 0
  return spans.map(({ from, before }) => {
    for (let row = rows[next]; row && row.at < from; row = rows[++next]) level += row.net
    if (from >= before) return { min: level, max: level, avg: level }
    let [at, min, max, area] = [from, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    // What lasted no time is no minimum and no maximum.
    const stayUntil = (instant: number): void => {
      if (instant === at) return
      min = Math.min(min, level)
      max = Math.max(max, level)
      area += level * (instant - at)
      at = instant
    }
    for (let row = rows[next]; row && row.at < before; row = rows[++next]) {
      stayUntil(row.what === 'course' ? row.first_at : row.at)
      if (row.what === 'course') {
        min = Math.min(min, level + Math.min(row.lowest ?? row.net, row.net))
        max = Math.max(max, level + Math.max(row.highest ?? row.net, row.net))
        area += level * (row.at + HALF_HOUR - at) + row.area
        at = row.at + HALF_HOUR
      }
      level += row.net
    }
    stayUntil(before)
    return { min, max, avg: ratio(area, before - from) }
  })
}
