// GET /api/reports/chats/availability · GET /api/reports/calls/availability
import { z } from 'zod'
import { narrowing, paging, recentRange } from '../../../../contract/v1/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { availabilityReport, type HourOfAvailability, minutesOf, shareOf } from '../../../desk/reports/slots.ts'
import { v1Report } from '../route.ts'
import { pageOf, wallText } from '../wire/reports.ts'

const availability = (service: Service, url: string) =>
  v1Report(url, z.object({ ...recentRange, ...paging, ...narrowing }), async ({ db, actor, params, zone, now }) => {
    const scope = await getScope(db, actor, { departmentId: params.departmentid, agent: params.agentid })
    const hours = await availabilityReport(db, service, scope, rangeOf(params, zone, now), pageOf(params), now)
    return { availability: hours.map(availabilityRow) }
  })

export const routes = [
  availability('chats', '/api/reports/chats/availability'),
  availability('calls', '/api/reports/calls/availability'),
]

const availabilityRow = (one: HourOfAvailability) => ({
  date: wallText(one.hour.wallFrom),
  mins: String(minutesOf(one)),
  pct: shareOf(one).toFixed(4),
})
