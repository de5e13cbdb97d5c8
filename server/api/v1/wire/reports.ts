// Reports on the wire: rows of texts out.
import { MAX_ROWS } from '../../../../contract/v1/reports.ts'
import { type FigureName, figures, type Totals } from '../../../desk/reports/figures.ts'
import type { Page } from '../../../desk/reports/range.ts'
import { localText } from '../../../lib/zone.ts'

const DEFAULT_ROWS = 100

export const pageOf = ({
  limitcount = DEFAULT_ROWS,
  limitfrom = 0,
}: {
  limitcount?: number | undefined
  limitfrom?: number | undefined
}): Page => ({ offset: limitfrom, limit: Math.min(limitcount, MAX_ROWS) })

/** Wall-clock time (milliseconds as if in UTC) as `YYYY-MM-DD HH:MM:SS`. */
export const wallText = (wall: number): string => localText(wall, 'UTC')

/** The chosen columns of a row: its own values, and figures for all others. */
export function reportRow<Own extends string>(
  columns: readonly (FigureName | Own)[],
  own: Readonly<Record<Own, string>>,
  totals: Totals,
): Record<string, string> {
  // A loop: rows made of entries take three times as long, and a page has fifty thousand figures.
  const row: Record<string, string> = {}
  for (const column of columns) row[column] = isFigure(column) ? figureText(column, totals) : own[column]
  return row
}

const isFigure = (column: string): column is FigureName => Object.hasOwn(figures, column)

function figureText(name: FigureName, totals: Totals): string {
  const { of, decimals } = figures[name]
  return decimals === 0 ? String(of(totals)) : of(totals).toFixed(decimals)
}
