// GET /api/v3/reports/performance
import { grouping, performanceColumns, reportOf } from '../../../../contract/v3/reports.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { performanceReport } from '../../../desk/reports/performance.ts'
import { mapInTurns } from '../../../lib/turns.ts'
import { v3Report } from '../route.ts'
import { figureRow, intervalView, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('performance', performanceColumns, grouping)

export const routes = [
  v3Report({
    url: '/api/v3/reports/performance',
    summary: 'What happened in each hour, day, week or month that the range touches.',
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const range = rangeOf(query, zone, now)
      const rows = await performanceReport(db, actor, range, query.group_by, pageOf(query))
      return {
        performance: await mapInTurns(rows, ({ interval, totals }) =>
          figureRow(query.columns, intervalView(interval), totals),
        ),
      }
    },
  }),
]
