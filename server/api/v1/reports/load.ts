// GET /api/reports/tickets/load · GET /api/reports/chats/load · GET /api/reports/calls/load
import { z } from 'zod'
import { narrowing, paging, recentRange } from '../../../../contract/v1/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { type HourOfLoad, loadReport } from '../../../desk/reports/load.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v1Report } from '../route.ts'
import { pageOf, wallText } from '../wire/reports.ts'

const load = (service: Service, url: string) =>
  v1Report(url, z.object({ ...recentRange, ...paging, ...narrowing }), async ({ db, actor, params, zone, now }) => {
    const scope = await getScope(db, actor, { departmentId: params.departmentid, agent: params.agentid })
    const hours = await loadReport(db, service, scope, rangeOf(params, zone, now), pageOf(params), now)
    return { loads: hours.map(loadRow) }
  })

export const routes = [
  load('tickets', '/api/reports/tickets/load'),
  load('chats', '/api/reports/chats/load'),
  load('calls', '/api/reports/calls/load'),
]

const loadRow = ({ hour, waiting, slots, inService }: HourOfLoad) => ({
  date: wallText(hour.wallFrom),
  avgQueue: waiting.avg.toFixed(2),
  maxQueue: String(waiting.max),
  minQueue: String(waiting.min),
  avgSlots: slots.avg.toFixed(2),
  maxSlots: String(slots.max),
  minSlots: String(slots.min),
  avgService: inService.avg.toFixed(2),
  maxService: String(inService.max),
  minService: String(inService.min),
})
