// GET /api/v3/reports/tickets/load/:figure/conversations · …/chats/load/… · …/calls/load/…
import { z } from 'zod'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import { loadFigures, staysPageSchema, staysQuerySchema } from '../../../../contract/v3/stays.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { listStays, type StayBehind } from '../../../desk/reports/load-behind.ts'
import { getScope } from '../../../desk/reports/scope.ts'
import { v3Report } from '../route.ts'
import { conversationView } from '../wire/reports.ts'

const path = z.object({
  figure: z.enum(loadFigures).describe('A figure of the load. Those of slots are of agents, not of conversations.'),
})

const behindLoad = (service: Service, url: string) =>
  v3Report({
    url,
    summary: `What waited or was worked on of ${service} at any moment of the range, and for how long of it: their seconds, added up and divided by the length of the range, are its average.`,
    path,
    query: staysQuerySchema,
    answer: staysPageSchema,
    report: async ({ db, actor, params: { path, query }, zone, now }) => {
      const scope = await getScope(db, actor, { departmentId: query.departmentid, agent: query.agentid })
      const side = path.figure.endsWith('Queue') ? 0 : 1
      const span = rangeOf(query, zone, now)
      const { stays, next } = await listStays(db, actor, { service, side, scope, span }, query, now)
      return { conversations: stays.map(stayView), next_cursor: next }
    },
  })

export const routes = [
  behindLoad('tickets', '/api/v3/reports/tickets/load/:figure/conversations'),
  behindLoad('chats', '/api/v3/reports/chats/load/:figure/conversations'),
  behindLoad('calls', '/api/v3/reports/calls/load/:figure/conversations'),
]

const stayView = (stay: StayBehind) => ({
  conversation: conversationView(stay.conversation),
  from: instantText(stay.from),
  before: instantTextOrNull(stay.until),
  seconds: stay.took / 1_000,
  agentid: stay.agentId,
  departmentid: stay.departmentId,
})
