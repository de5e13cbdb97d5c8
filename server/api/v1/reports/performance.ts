// GET /api/reports/performance
import { z } from 'zod'
import { oneOf } from '../../../../contract/v1/params.ts'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { performanceReport } from '../../../desk/reports/performance.ts'
import { type Interval, type Unit, units } from '../../../desk/reports/range.ts'
import { v1 } from '../route.ts'
import { pageOf, rangeOf, reportRow, wallText } from '../wire/reports.ts'

export const routes = [
  v1(
    'GET',
    '/api/reports/performance',
    z.object({
      ...range,
      columns: columnsOf(['datetime', 'dateto', ...figureColumns]),
      ...paging,
      group_by: oneOf(...units),
    }),
    async ({ app, actor, params, zone }) => {
      const { group_by = 'day' } = params
      const rows = await performanceReport(app.database.reader, actor, rangeOf(params, zone), group_by, pageOf(params))
      return {
        performance: rows.map(({ interval, totals }) => reportRow(params.columns, datesOf(interval, group_by), totals)),
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
