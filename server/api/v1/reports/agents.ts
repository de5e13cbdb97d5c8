// GET /api/reports/agents
import { z } from 'zod'
import { agentColumns, columnsOf, paging, range } from '../../../../contract/v1/reports.ts'
import { agentReport } from '../../../desk/reports/agents.ts'
import { v1 } from '../route.ts'
import { pageOf, rangeOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1(
    'GET',
    '/api/reports/agents',
    z.object({ ...range, columns: columnsOf(agentColumns), ...paging }),
    async ({ app, actor, params, zone }) => {
      const rows = await agentReport(app.database.reader, actor, rangeOf(params, zone), pageOf(params))
      return {
        agents: rows.map(({ thing, totals }) =>
          reportRow(
            params.columns,
            { id: thing.id, contactid: thing.contact_id, firstname: thing.firstname, lastname: thing.lastname },
            totals,
          ),
        ),
      }
    },
  ),
]
