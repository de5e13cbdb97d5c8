// GET /api/v3/reports/tickets/agentsavailability · …/chats/agentsavailability · …/calls/agentsavailability
import { instantText } from '../../../../contract/v3/kinds.ts'
import { agentsAvailabilityColumns, narrowing, reportOf } from '../../../../contract/v3/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { type AgentOnline, agentsAvailabilityReport } from '../../../desk/reports/agents-availability.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v3Report } from '../route.ts'
import { chosen, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('agentsavailability', agentsAvailabilityColumns, narrowing)

const agentsAvailability = (service: Service, url: string) =>
  v3Report({
    url,
    summary: `Every stretch of time in which an agent was online for ${service} in a department.`,
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const scope = await getScope(db, actor, { departmentId: query.departmentid, agent: query.agentid })
      const range = rangeOf(query, zone, now)
      const stretches = await agentsAvailabilityReport(db, service, scope, range, pageOf(query), now)
      return { agentsavailability: stretches.map((stretch) => chosen(query.columns, stretchRow(stretch))) }
    },
  })

export const routes = [
  agentsAvailability('tickets', '/api/v3/reports/tickets/agentsavailability'),
  agentsAvailability('chats', '/api/v3/reports/chats/agentsavailability'),
  agentsAvailability('calls', '/api/v3/reports/calls/agentsavailability'),
]

const stretchRow = ({ seq, agent, departmentId, departmentName, from, before, lasts }: AgentOnline) => ({
  id: String(seq),
  userid: agent.id,
  firstname: agent.firstname,
  lastname: agent.lastname,
  contactid: agent.contact_id,
  departmentid: departmentId,
  department_name: departmentName,
  seconds_online: Math.floor((before - from) / 1_000),
  from_date: instantText(from),
  to_date: lasts ? null : instantText(before),
})
