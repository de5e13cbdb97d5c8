// GET /api/reports/departments
import { z } from 'zod'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { departmentReport } from '../../../desk/reports/departments.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { v1Report } from '../route.ts'
import { pageOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1Report(
    '/api/reports/departments',
    z.object({ ...range, columns: columnsOf(['id', 'departmentName', ...figureColumns]), ...paging }),
    async ({ db, actor, params, zone, now }) => {
      const rows = await departmentReport(db, actor, rangeOf(params, zone, now), pageOf(params))
      return {
        departments: rows.map(({ thing, totals }) =>
          reportRow(params.columns, { id: thing.id, departmentName: thing.name }, totals),
        ),
      }
    },
  ),
]
