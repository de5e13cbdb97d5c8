// GET /api/v3/reports/tickets/availability · …/chats/availability · …/calls/availability
import { availabilityColumns, narrowing, reportOf } from '../../../../contract/v3/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { availabilityReport, minutesOf, shareOf } from '../../../desk/reports/slots.ts'
import { v3Report } from '../route.ts'
import { chosen, intervalView, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('availability', availabilityColumns, narrowing)

const availability = (service: Service, url: string) =>
  v3Report({
    url,
    summary: `For how much of each hour at least one agent was online for ${service}.`,
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const scope = await getScope(db, actor, { departmentId: query.departmentid, agent: query.agentid })
      const range = rangeOf(query, zone, now)
      const hours = await availabilityReport(db, service, scope, range, pageOf(query), now)
      return {
        availability: hours.map((one) =>
          chosen(query.columns, { ...intervalView(one.hour), mins: minutesOf(one), pct: shareOf(one) }),
        ),
      }
    },
  })

export const routes = [
  availability('tickets', '/api/v3/reports/tickets/availability'),
  availability('chats', '/api/v3/reports/chats/availability'),
  availability('calls', '/api/v3/reports/calls/availability'),
]
