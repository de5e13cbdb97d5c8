// GET /api/v3/reports/tags
import { reportOf, tagColumns } from '../../../../contract/v3/reports.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { tagReport } from '../../../desk/reports/tags.ts'
import { v3Report } from '../route.ts'
import { figureRow, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('tags', tagColumns, {})

export const routes = [
  v3Report({
    url: '/api/v3/reports/tags',
    summary: 'What happened in the conversations that carry each tag now.',
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const range = rangeOf(query, zone, now)
      const rows = await tagReport(db, actor, range, pageOf(query))
      return {
        tags: rows.map(({ thing, totals }) => figureRow(query.columns, { id: thing.id, tagName: thing.name }, totals)),
      }
    },
  }),
]
