// GET /api/v3/reports/departments
import { departmentColumns, reportOf } from '../../../../contract/v3/reports.ts'
import { departmentReport } from '../../../desk/reports/departments.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { v3Report } from '../route.ts'
import { figureRow, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('departments', departmentColumns, {})

export const routes = [
  v3Report({
    url: '/api/v3/reports/departments',
    summary: 'What happened in each department that you may see.',
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const range = rangeOf(query, zone, now)
      const rows = await departmentReport(db, actor, range, pageOf(query))
      return {
        departments: rows.map(({ thing, totals }) =>
          figureRow(query.columns, { id: thing.id, departmentName: thing.name }, totals),
        ),
      }
    },
  }),
]
