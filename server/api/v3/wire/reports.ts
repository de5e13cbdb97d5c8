// Rows of reports on our own API: the chosen columns, figures as numbers.

import { instantText } from '../../../../contract/v3/kinds.ts'
import { type FigureName, figures, type Totals } from '../../../desk/reports/figures.ts'
import type { Interval, Page } from '../../../desk/reports/range.ts'
import { localText } from '../../../lib/zone.ts'

export const pageOf = ({ limitcount, limitfrom }: { limitcount: number; limitfrom: number }): Page => ({
  offset: limitfrom,
  limit: limitcount,
})

type Cell = string | number | null

export const chosen = (
  columns: readonly string[],
  row: Readonly<Record<string, Cell>>,
): Record<string, Cell | undefined> => Object.fromEntries(columns.map((column) => [column, row[column]]))

/** Its own columns, and figures for all others. */
export function figureRow(columns: readonly string[], own: Readonly<Record<string, Cell>>, totals: Totals) {
  const row: Record<string, Cell | undefined> = {}
  for (const column of columns) row[column] = isFigure(column) ? figures[column].of(totals) : own[column]
  return row
}

const isFigure = (column: string): column is FigureName => Object.hasOwn(figures, column)

export const intervalView = ({ from, before, wallFrom }: Interval) => ({
  from: instantText(from),
  before: instantText(before),
  local: localText(wallFrom, 'UTC'),
})

/** Null: who asks may not see it. */
export const conversationView = (conversation: { id: string; code: string; subject: string } | null) =>
  conversation && { conversationid: conversation.id, code: conversation.code, subject: conversation.subject }
