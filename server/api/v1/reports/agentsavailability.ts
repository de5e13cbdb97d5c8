// GET /api/reports/tickets/agentsavailability · …/chats/agentsavailability · …/calls/agentsavailability
import { z } from 'zod'
import {
  agentsAvailabilityColumns,
  columnsOf,
  narrowing,
  paging,
  recentRange,
} from '../../../../contract/v1/reports.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v1 } from '../route.ts'

const agentsAvailability = (url: string) =>
  v1(
    'GET',
    url,
    z.object({ ...recentRange, columns: columnsOf(agentsAvailabilityColumns), ...paging, ...narrowing }),
    async ({ app, actor, params }) => {
      await getScope(app.database.reader, actor, { departmentId: params.departmentid, agent: params.agentid })
      // Who was online when is not recorded: there is no stretch of time to list.
      return { agentsavailability: [] }
    },
  )

export const routes = [
  agentsAvailability('/api/reports/tickets/agentsavailability'),
  agentsAvailability('/api/reports/chats/agentsavailability'),
  agentsAvailability('/api/reports/calls/agentsavailability'),
]
