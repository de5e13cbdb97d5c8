// GET /api/reports/chats/availability · GET /api/reports/calls/availability
import { z } from 'zod'
import { narrowing, paging, recentRange } from '../../../../contract/v1/reports.ts'
import { listIntervals } from '../../../desk/reports/range.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v1 } from '../route.ts'
import { pageOf, recentRangeOf, wallText } from '../wire/reports.ts'

const availability = (url: string) =>
  v1('GET', url, z.object({ ...recentRange, ...paging, ...narrowing }), async ({ app, actor, params, zone }) => {
    await getScope(app.database.reader, actor, { departmentId: params.departmentid, agent: params.agentid })
    const hours = listIntervals(recentRangeOf(params, zone), 'hour', pageOf(params))
    // Who was online when is not recorded: nobody, in any hour.
    return { availability: hours.map(({ wallFrom }) => ({ date: wallText(wallFrom), mins: '0', pct: '0.0000' })) }
  })

export const routes = [availability('/api/reports/chats/availability'), availability('/api/reports/calls/availability')]
