// GET /api/v3/reports/channels
import { channelColumns, reportOf } from '../../../../contract/v3/reports.ts'
import { channelReport } from '../../../desk/reports/channels.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { v3Report } from '../route.ts'
import { figureRow, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('channels', channelColumns, {})

export const routes = [
  v3Report({
    url: '/api/v3/reports/channels',
    summary: 'What came and went through each type of channel.',
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const range = rangeOf(query, zone, now)
      const rows = await channelReport(db, actor, range, pageOf(query))
      return {
        channels: rows.map(({ thing, totals }) =>
          figureRow(query.columns, { id: thing.id, channelName: thing.name }, totals),
        ),
      }
    },
  }),
]
