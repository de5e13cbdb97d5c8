// GET /api/reports/channels
import { z } from 'zod'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { channelReport } from '../../../desk/reports/channels.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { v1Report } from '../route.ts'
import { pageOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1Report(
    '/api/reports/channels',
    z.object({ ...range, columns: columnsOf(['id', 'channelName', ...figureColumns]), ...paging }),
    async ({ db, actor, params, zone, now }) => {
      const rows = await channelReport(db, actor, rangeOf(params, zone, now), pageOf(params))
      return {
        channels: rows.map(({ thing, totals }) =>
          reportRow(params.columns, { id: thing.id, channelName: thing.name }, totals),
        ),
      }
    },
  ),
]
