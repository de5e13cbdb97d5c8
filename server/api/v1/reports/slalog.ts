// GET /api/reports/tickets/slalog · …/chats/slalog · …/calls/slalog
import { z } from 'zod'
import { text } from '../../../../contract/v1/params.ts'
import { columnsOf, narrowing, paging, recentRange, slaLogColumns } from '../../../../contract/v1/reports.ts'
import { getCustomer } from '../../../desk/customers/customers.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v1 } from '../route.ts'

const slaLog = (url: string) =>
  v1(
    'GET',
    url,
    z.object({
      // The document requires the dates, yet real clients leave them out: then the last 30 days are meant.
      ...recentRange,
      columns: columnsOf(slaLogColumns),
      ...paging,
      ...narrowing,
      requesterid: text(),
      slalevelid: text(),
    }),
    async ({ app, actor, params }) => {
      const db = app.database.reader
      await getScope(db, actor, { departmentId: params.departmentid, agent: params.agentid })
      if (params.requesterid !== undefined) await getCustomer(db, params.requesterid)
      // There are no SLA levels, so that no clock ever ran.
      return { slalogs: [] }
    },
  )

export const routes = [
  slaLog('/api/reports/tickets/slalog'),
  slaLog('/api/reports/chats/slalog'),
  slaLog('/api/reports/calls/slalog'),
]
