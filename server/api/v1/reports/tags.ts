// GET /api/reports/tags
import { z } from 'zod'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { tagReport } from '../../../desk/reports/tags.ts'
import { v1Report } from '../route.ts'
import { pageOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1Report(
    '/api/reports/tags',
    z.object({ ...range, columns: columnsOf(['id', 'tagName', ...figureColumns]), ...paging }),
    async ({ db, actor, params, zone, now }) => {
      const rows = await tagReport(db, actor, rangeOf(params, zone, now), pageOf(params))
      return {
        tags: rows.map(({ thing, totals }) => reportRow(params.columns, { id: thing.id, tagName: thing.name }, totals)),
      }
    },
  ),
]
