// GET /api/reports/agents
import { z } from 'zod'
import { agentColumns, columnsOf, paging, range } from '../../../../contract/v1/reports.ts'
import { agentReport } from '../../../desk/reports/agents.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { v1Report } from '../route.ts'
import { pageOf, reportRow } from '../wire/reports.ts'

export const routes = [
  v1Report(
    '/api/reports/agents',
    z.object({ ...range, columns: columnsOf(agentColumns), ...paging }),
    async ({ db, actor, params, zone, now }) => {
      const rows = await agentReport(db, actor, rangeOf(params, zone, now), pageOf(params), now)
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
