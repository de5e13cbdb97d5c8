// A range of time as whole months, days and hours (in UTC), which are read from the rollups, and ragged ends, which are
// counted from the facts: any range is exact to the second, and a year costs as little as a week. Each end goes to the nearest
// beginning of a unit, so that some parts are taken away again: what is to be read is never more than half of a unit.
import { DAY, HALF_HOUR, HOUR } from '../metrics/time.ts'
import { monthOf, startOfMonth } from './range.ts'

export type CoverUnit = 'fact' | 'half' | 'hour' | 'day' | 'month'

/** Instants, half-open. */
export interface Span {
  from: number
  before: number
}

export interface Part extends Span {
  unit: CoverUnit
  /** 1: it is added, -1: it is taken away. */
  sign: 1 | -1
}

interface Grid {
  unit: CoverUnit
  /** The last beginning of a unit that is not after an instant, and the next one. */
  around(at: number): [number, number]
}

const every = (unit: CoverUnit, length: number): Grid => ({
  unit,
  around: (at) => [Math.floor(at / length) * length, Math.floor(at / length) * length + length],
})

/** The largest first. */
const grids: readonly Grid[] = [
  { unit: 'month', around: (at) => [startOfMonth(monthOf(at)), startOfMonth(monthOf(at) + 1)] },
  every('day', DAY),
  every('hour', HOUR),
  every('half', HALF_HOUR),
]

function nearest({ around }: Grid, at: number): number {
  const [start, next] = around(at)
  return at - start <= next - at ? start : next
}

/** The beginnings of the units that a part consists of. */
export function* startsIn({ unit, from, before }: Span & { unit: string }): Generator<number> {
  const grid = grids.find((each) => each.unit === unit)
  for (let at = from; grid && at < before; at = grid.around(at)[1]) yield at
}

/** Parts whose sum is the span. `finest`: what there are rollups of. */
export const coverOf = ({ from, before }: Span, finest: 'half' | 'hour'): Part[] =>
  between(from, before, 1, finest === 'half' ? grids : grids.slice(0, -1))

/** What happened from one instant to another; if that is earlier, what happened in between is taken away. */
function between(from: number, to: number, sign: 1 | -1, [grid, ...finer]: readonly Grid[]): Part[] {
  if (from === to) return []
  if (from > to) return between(to, from, sign === 1 ? -1 : 1, grid ? [grid, ...finer] : [])
  if (!grid) return [{ unit: 'fact', from, before: to, sign }]
  const [first, last] = [nearest(grid, from), nearest(grid, to)]
  if (first >= last) return between(from, to, sign, finer)
  return [
    { unit: grid.unit, from: first, before: last, sign },
    ...between(from, first, sign, finer),
    ...between(last, to, sign, finer),
  ]
}
