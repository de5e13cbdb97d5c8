// GET /api/v3/reports/agents
import { agentColumns, reportOf } from '../../../../contract/v3/reports.ts'
import { agentReport } from '../../../desk/reports/agents.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { v3Report } from '../route.ts'
import { figureRow, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('agents', agentColumns, {})

export const routes = [
  v3Report({
    url: '/api/v3/reports/agents',
    summary: 'What each agent did. A row for each, with zeros if nothing happened.',
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const range = rangeOf(query, zone, now)
      const rows = await agentReport(db, actor, range, pageOf(query), now)
      return {
        agents: rows.map(({ thing, totals }) =>
          figureRow(
            query.columns,
            { id: thing.id, contactid: thing.contact_id, firstname: thing.firstname, lastname: thing.lastname },
            totals,
          ),
        ),
      }
    },
  }),
]
