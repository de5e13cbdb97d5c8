// Reports on the wire: ranges of dates in, rows of texts out.

import type { Wall } from '../../../../contract/v1/params.ts'
import { MAX_ROWS, type Stretch } from '../../../../contract/v1/reports.ts'
import { type FigureName, figures, type Totals } from '../../../desk/reports/figures.ts'
import { monthOf, type Page, type Range, startOfDay, startOfMonth, wallAt } from '../../../desk/reports/range.ts'
import { instantOfWall, localText } from '../../../lib/zone.ts'
import { fromWall, throughWall } from './dates.ts'

const DAY = 86_400_000
const DEFAULT_ROWS = 100

export const pageOf = ({
  limitcount = DEFAULT_ROWS,
  limitfrom = 0,
}: {
  limitcount?: number | undefined
  limitfrom?: number | undefined
}): Page => ({ offset: limitfrom, limit: Math.min(limitcount, MAX_ROWS) })

/** Both dates are inclusive; a bare one means the whole day. */
export const rangeOf = ({ date_from, date_to }: { date_from: Wall; date_to: Wall }, zone: string): Range => ({
  from: fromWall(date_from, zone),
  before: throughWall(date_to, zone) + 1,
  zone,
})

/** Without dates, what `datetime` names. With one date only, the 30 days up to `date_to`, or all since `date_from`. */
export function recentRangeOf(
  params: { date_from?: Wall | undefined; date_to?: Wall | undefined; datetime?: Stretch | undefined },
  zone: string,
  now = Date.now(),
): Range {
  const { date_from, date_to, datetime = 'L30D' } = params
  if (!date_from && !date_to) return stretchOf(datetime, zone, now)
  const before = date_to ? throughWall(date_to, zone) + 1 : now + 1
  return { from: date_from ? fromWall(date_from, zone) : before - 30 * DAY, before, zone }
}

function stretchOf(stretch: Stretch, zone: string, now: number): Range {
  const today = startOfDay(wallAt(now, zone))
  const walls = (from: number, before: number): Range => ({
    from: instantOfWall(from, zone),
    before: instantOfWall(before, zone),
    zone,
  })
  if (stretch === 'L30D') return { ...walls(today - 30 * DAY, today), before: now + 1 }
  const month = monthOf(today)
  if (stretch === 'TM') return { ...walls(startOfMonth(month), today), before: now + 1 }
  if (stretch === 'LM') return walls(startOfMonth(month - 1), startOfMonth(month))
  const { wall } = stretch.start
  return walls(wall, stretch.unit === 'day' ? wall + DAY : startOfMonth(monthOf(wall) + 1))
}

/** Wall-clock time (milliseconds as if in UTC) as `YYYY-MM-DD HH:MM:SS`. */
export const wallText = (wall: number): string => localText(wall, 'UTC')

/** The chosen columns of a row: its own values, and figures for all others. */
export const reportRow = <Own extends string>(
  columns: readonly (FigureName | Own)[],
  own: Readonly<Record<Own, string>>,
  totals: Totals,
): Record<string, string> =>
  Object.fromEntries(columns.map((column) => [column, isFigure(column) ? figureText(column, totals) : own[column]]))

const isFigure = (column: string): column is FigureName => Object.hasOwn(figures, column)

function figureText(name: FigureName, totals: Totals): string {
  const { of, decimals } = figures[name]
  return of(totals).toFixed(decimals)
}
