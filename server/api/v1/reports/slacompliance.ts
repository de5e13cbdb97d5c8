// GET /api/reports/tickets/slacompliance · …/chats/slacompliance · …/calls/slacompliance
import { z } from 'zod'
import { text } from '../../../../contract/v1/params.ts'
import { paging, recentRange } from '../../../../contract/v1/reports.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope, levelIdOf } from '../../../desk/reports/scope.ts'
import { type Compliance, complianceByDay } from '../../../desk/reports/sla.ts'
import { v1Report } from '../route.ts'
import { pageOf, wallText } from '../wire/reports.ts'

const compliance = (url: string, service: Service) =>
  v1Report(
    url,
    z.object({ ...recentRange, ...paging, departmentid: text(), userid: text(), slalevelid: text() }),
    async ({ db, actor, params, zone, now }) => {
      const scope = await getScope(db, actor, { departmentId: params.departmentid, agent: params.userid })
      const range = rangeOf(params, zone, now)
      const levelId = await levelIdOf(db, params.slalevelid)
      const days = await complianceByDay(db, { ...scope, service, levelId }, range, pageOf(params))
      return { slacompliances: days.map(dayRow) }
    },
  )

export const routes = [
  compliance('/api/reports/tickets/slacompliance', 'tickets'),
  compliance('/api/reports/chats/slacompliance', 'chats'),
  compliance('/api/reports/calls/slacompliance', 'calls'),
]

const dayRow = ({ wallFrom, met, late }: Compliance) => ({
  date: wallText(wallFrom),
  fulfilled: String(met.count),
  avgFulfilledTime: String(met.avg),
  maxFulfilledTime: String(met.max),
  minFulfilledTime: String(met.min),
  unfulfilled: String(late.count),
  avgUnfulfilledTime: String(late.avg),
  maxUnfulfilledTime: String(late.max),
  minUnfulfilledTime: String(late.min),
})
