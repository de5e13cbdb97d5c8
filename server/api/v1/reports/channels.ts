// GET /api/reports/channels
import { z } from 'zod'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { channelReport } from '../../../desk/reports/channels.ts'
import { v1 } from '../route.ts'
import { pageOf, rangeOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1(
    'GET',
    '/api/reports/channels',
    z.object({ ...range, columns: columnsOf(['id', 'channelName', ...figureColumns]), ...paging }),
    async ({ app, actor, params, zone }) => {
      const rows = await channelReport(app.database.reader, actor, rangeOf(params, zone), pageOf(params))
      return {
        channels: rows.map(({ thing, totals }) =>
          reportRow(params.columns, { id: thing.id, channelName: thing.name }, totals),
        ),
      }
    },
  ),
]
