// A range of time as whole months, days and, where there are such rollups, hours (in UTC), which are read from the rollups, and the ragged ends, which are
// counted from the facts: any range is exact to the second, and a year costs as little as a week.
import { monthOf, startOfMonth } from './range.ts'

export type CoverUnit = 'fact' | 'hour' | 'day' | 'month'

/** Instants, half-open. */
export interface Span {
  from: number
  before: number
}

export interface Part extends Span {
  unit: CoverUnit
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

interface Grid {
  unit: CoverUnit
  /** The last beginning of a unit that is not after an instant. */
  floor(at: number): number
  /** The first that is not before it. */
  ceil(at: number): number
}

const every = (unit: CoverUnit, length: number): Grid => ({
  unit,
  floor: (at) => Math.floor(at / length) * length,
  ceil: (at) => Math.ceil(at / length) * length,
})

const month: Grid = {
  unit: 'month',
  floor: (at) => startOfMonth(monthOf(at)),
  ceil: (at) => (startOfMonth(monthOf(at)) === at ? at : startOfMonth(monthOf(at) + 1)),
}

const grids: readonly Grid[] = [every('hour', HOUR), every('day', DAY), month]

/** Parts that together are the span, the ragged ends first. */
export function coverOf(span: Span, smallest: 'hour' | 'day' = 'hour'): Part[] {
  const parts: Part[] = []
  let unit: CoverUnit = 'fact'
  let { from, before } = span
  for (const grid of smallest === 'hour' ? grids : grids.slice(1)) {
    const [first, last] = [grid.ceil(from), grid.floor(before)]
    if (first >= last) break
    parts.push({ unit, from, before: first }, { unit, from: last, before })
    unit = grid.unit
    from = first
    before = last
  }
  parts.push({ unit, from, before })
  return parts.filter((part) => part.from < part.before)
}
