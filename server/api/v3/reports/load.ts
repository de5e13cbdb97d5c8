// GET /api/v3/reports/tickets/load · …/chats/load · …/calls/load
import { loadColumns, narrowing, reportOf } from '../../../../contract/v3/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { type HourOfLoad, loadReport } from '../../../desk/reports/load.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v3Report } from '../route.ts'
import { chosen, intervalView, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('loads', loadColumns, narrowing)

const load = (service: Service, url: string) =>
  v3Report({
    url,
    summary: `How many ${service} waited and were worked on in each hour, and how many agents were online for them.`,
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const scope = await getScope(db, actor, { departmentId: query.departmentid, agent: query.agentid })
      const hours = await loadReport(db, service, scope, rangeOf(query, zone, now), pageOf(query), now)
      return { loads: hours.map((hour) => chosen(query.columns, loadRow(hour))) }
    },
  })

export const routes = [
  load('tickets', '/api/v3/reports/tickets/load'),
  load('chats', '/api/v3/reports/chats/load'),
  load('calls', '/api/v3/reports/calls/load'),
]

const loadRow = ({ hour, waiting, slots, inService }: HourOfLoad) => ({
  ...intervalView(hour),
  avgQueue: waiting.avg,
  maxQueue: waiting.max,
  minQueue: waiting.min,
  avgSlots: slots.avg,
  maxSlots: slots.max,
  minSlots: slots.min,
  avgService: inService.avg,
  maxService: inService.max,
  minService: inService.min,
})
