// GET /api/reports/departments
import { z } from 'zod'
import { columnsOf, figureColumns, paging, range } from '../../../../contract/v1/reports.ts'
import { departmentReport } from '../../../desk/reports/departments.ts'
import { v1 } from '../route.ts'
import { pageOf, rangeOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1(
    'GET',
    '/api/reports/departments',
    z.object({ ...range, columns: columnsOf(['id', 'departmentName', ...figureColumns]), ...paging }),
    async ({ app, actor, params, zone }) => {
      const rows = await departmentReport(app.database.reader, actor, rangeOf(params, zone), pageOf(params))
      return {
        departments: rows.map(({ thing, totals }) =>
          reportRow(params.columns, { id: thing.id, departmentName: thing.name }, totals),
        ),
      }
    },
  ),
]
