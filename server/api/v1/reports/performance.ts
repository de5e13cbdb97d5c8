// GET /api/reports/performance
import { z } from 'zod'
import { oneOf } from '../../../../contract/v1/params.ts'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { performanceReport } from '../../../desk/reports/performance.ts'
import { type Interval, type Unit, units } from '../../../desk/reports/range.ts'
import { mapInTurns } from '../../../lib/turns.ts'
import { v1Report } from '../route.ts'
import { pageOf, reportRow, wallText } from '../wire/reports.ts'

export const routes = [
  v1Report(
    '/api/reports/performance',
    z.object({
      ...range,
      columns: columnsOf(['datetime', 'dateto', ...figureColumns]),
      ...paging,
      group_by: oneOf(...units),
    }),
    async ({ db, actor, params, zone, now }) => {
      const { group_by = 'day' } = params
      const rows = await performanceReport(db, actor, rangeOf(params, zone, now), group_by, pageOf(params))
      return {
        performance: await mapInTurns(rows, ({ interval, totals }) =>
          reportRow(params.columns, datesOf(interval, group_by), totals),
        ),
      }
    },
  ),
]

const SECOND = 1_000

/** As in the document's example, what begins at midnight begins with a bare date; hours always have their time. */
function datesOf({ wallFrom, wallBefore }: Interval, unit: Unit): { datetime: string; dateto: string } {
  const datetime = wallText(wallFrom)
  return {
    datetime: unit === 'hour' ? datetime : datetime.replace(/ 00:00:00$/, ''),
    dateto: wallText(wallBefore - SECOND),
  }
}
