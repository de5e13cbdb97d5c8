// GET /api/reports/ranking
import { z } from 'zod'
import { lettersOf, text } from '../../../../contract/v1/params.ts'
import { columnsOf, paging, range, rankingColumns } from '../../../../contract/v1/reports.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { getCustomer } from '../../../desk/customers/customers.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1(
    'GET',
    '/api/reports/ranking',
    z.object({
      ...range,
      columns: columnsOf(rankingColumns),
      ...paging,
      agentid: text(),
      contactid: text(),
      types: lettersOf(['W', 'P']),
    }),
    async ({ app, params }) => {
      const db = app.database.reader
      if (params.agentid !== undefined) await getAgent(db, params.agentid)
      if (params.contactid !== undefined) await getCustomer(db, params.contactid)
      // Customers cannot rate answers: there is nothing to rank.
      return { ranks: [] }
    },
  ),
]
