// GET /api/v3/reports/tickets/slacompliance · …/chats/slacompliance · …/calls/slacompliance
import { reportOf, slaComplianceColumns, slaNarrowing } from '../../../../contract/v3/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope, levelIdOf } from '../../../desk/reports/scope.ts'
import { type Compliance, complianceByDay } from '../../../desk/reports/sla.ts'
import { v3Report } from '../route.ts'
import { chosen, intervalView, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('slacompliances', slaComplianceColumns, slaNarrowing)

const compliance = (service: Service, url: string) =>
  v3Report({
    url,
    summary: `How many SLA clocks of ${service} were answered in time and late on each day.`,
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const scope = await getScope(db, actor, { departmentId: query.departmentid, agent: query.agentid })
      const range = rangeOf(query, zone, now)
      const levelId = await levelIdOf(db, query.slalevelid)
      const days = await complianceByDay(db, { ...scope, service, levelId }, range, pageOf(query))
      return { slacompliances: days.map((day) => chosen(query.columns, dayRow(day))) }
    },
  })

export const routes = [
  compliance('tickets', '/api/v3/reports/tickets/slacompliance'),
  compliance('chats', '/api/v3/reports/chats/slacompliance'),
  compliance('calls', '/api/v3/reports/calls/slacompliance'),
]

const dayRow = ({ met, late, ...day }: Compliance) => ({
  ...intervalView(day),
  fulfilled: met.count,
  avgFulfilledTime: met.avg,
  maxFulfilledTime: met.max,
  minFulfilledTime: met.min,
  unfulfilled: late.count,
  avgUnfulfilledTime: late.avg,
  maxUnfulfilledTime: late.max,
  minUnfulfilledTime: late.min,
})
