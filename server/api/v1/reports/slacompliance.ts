// GET /api/reports/tickets/slacompliance · …/chats/slacompliance · …/calls/slacompliance
import { z } from 'zod'
import { text } from '../../../../contract/v1/params.ts'
import { paging, recentRange } from '../../../../contract/v1/reports.ts'
import { type Interval, listIntervals } from '../../../desk/reports/range.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v1 } from '../route.ts'
import { pageOf, recentRangeOf, wallText } from '../wire/reports.ts'

const compliance = (url: string) =>
  v1(
    'GET',
    url,
    z.object({ ...recentRange, ...paging, departmentid: text(), userid: text(), slalevelid: text() }),
    async ({ app, actor, params, zone }) => {
      await getScope(app.database.reader, actor, { departmentId: params.departmentid, agent: params.userid })
      return { slacompliances: listIntervals(recentRangeOf(params, zone), 'day', pageOf(params)).map(dayRow) }
    },
  )

export const routes = [
  compliance('/api/reports/tickets/slacompliance'),
  compliance('/api/reports/chats/slacompliance'),
  compliance('/api/reports/calls/slacompliance'),
]

/** There are no SLA levels, so that no clock was kept and none was missed. */
const dayRow = ({ wallFrom }: Interval) => ({
  date: wallText(wallFrom),
  fulfilled: '0',
  avgFulfilledTime: '0',
  maxFulfilledTime: '0',
  minFulfilledTime: '0',
  unfulfilled: '0',
  avgUnfulfilledTime: '0',
  maxUnfulfilledTime: '0',
  minUnfulfilledTime: '0',
})
