// GET /api/reports/tags
import { z } from 'zod'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { tagReport } from '../../../desk/reports/tags.ts'
import { v1 } from '../route.ts'
import { pageOf, rangeOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1(
    'GET',
    '/api/reports/tags',
    z.object({ ...range, columns: columnsOf(['id', 'tagName', ...figureColumns]), ...paging }),
    async ({ app, actor, params, zone }) => {
      const rows = await tagReport(app.database.reader, actor, rangeOf(params, zone), pageOf(params))
      return {
        tags: rows.map(({ thing, totals }) => reportRow(params.columns, { id: thing.id, tagName: thing.name }, totals)),
      }
    },
  ),
]
