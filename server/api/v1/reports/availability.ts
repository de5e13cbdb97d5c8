// GET /api/reports/chats/availability · GET /api/reports/calls/availability
import { z } from 'zod'
import { narrowing, paging, recentRange } from '../../../../contract/v1/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { availabilityReport, type HourOfAvailability } from '../../../desk/reports/slots.ts'
import { v1 } from '../route.ts'
import { pageOf, recentRangeOf, wallText } from '../wire/reports.ts'

const availability = (service: Service, url: string) =>
  v1('GET', url, z.object({ ...recentRange, ...paging, ...narrowing }), async ({ app, actor, params, zone }) => {
    const db = app.database.reader
    const scope = await getScope(db, actor, { departmentId: params.departmentid, agent: params.agentid })
    const hours = await availabilityReport(db, service, scope, recentRangeOf(params, zone), pageOf(params))
    return { availability: hours.map(availabilityRow) }
  })

export const routes = [
  availability('chats', '/api/reports/chats/availability'),
  availability('calls', '/api/reports/calls/availability'),
]

const availabilityRow = ({ hour, seconds, of }: HourOfAvailability) => ({
  date: wallText(hour.wallFrom),
  mins: String(Math.round(seconds / 60)),
  pct: of === 0 ? '0.0000' : (Math.round((seconds * 1_000_000) / of) / 10_000).toFixed(4),
})
