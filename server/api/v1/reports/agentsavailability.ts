// GET /api/reports/tickets/agentsavailability · …/chats/agentsavailability · …/calls/agentsavailability
import { z } from 'zod'
import {
  agentsAvailabilityColumns,
  columnsOf,
  narrowing,
  paging,
  recentRange,
} from '../../../../contract/v1/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { type AgentOnline, agentsAvailabilityReport } from '../../../desk/reports/agents-availability.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { localText } from '../../../lib/zone.ts'
import { v1Report } from '../route.ts'
import { pageOf } from '../wire/reports.ts'

const agentsAvailability = (service: Service, url: string) =>
  v1Report(
    url,
    z.object({ ...recentRange, columns: columnsOf(agentsAvailabilityColumns), ...paging, ...narrowing }),
    async ({ db, actor, params, zone, now }) => {
      const scope = await getScope(db, actor, { departmentId: params.departmentid, agent: params.agentid })
      const range = rangeOf(params, zone, now)
      const stretches = await agentsAvailabilityReport(db, service, scope, range, pageOf(params), now)
      return {
        agentsavailability: stretches.map((stretch) => {
          const row = stretchRow(stretch, zone)
          return Object.fromEntries(params.columns.map((column) => [column, row[column]]))
        }),
      }
    },
  )

export const routes = [
  agentsAvailability('tickets', '/api/reports/tickets/agentsavailability'),
  agentsAvailability('chats', '/api/reports/chats/agentsavailability'),
  agentsAvailability('calls', '/api/reports/calls/agentsavailability'),
]

const stretchRow = (stretch: AgentOnline, zone: string) => ({
  id: String(stretch.seq),
  userid: stretch.agent.id,
  firstname: stretch.agent.firstname,
  lastname: stretch.agent.lastname,
  contactid: stretch.agent.contact_id,
  departmentid: stretch.departmentId,
  department_name: stretch.departmentName,
  hours_online: hoursText((stretch.before - stretch.from) / 1_000),
  from_date: localText(stretch.from, zone),
  to_date: stretch.lasts ? 'now' : localText(stretch.before, zone),
})

const two = (n: number): string => String(n).padStart(2, '0')

const hoursText = (seconds: number): string =>
  [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
