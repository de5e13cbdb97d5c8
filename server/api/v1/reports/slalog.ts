// GET /api/reports/tickets/slalog · …/chats/slalog · …/calls/slalog
import { z } from 'zod'
import { text } from '../../../../contract/v1/params.ts'
import { columnsOf, narrowing, paging, recentRange, slaLogColumns } from '../../../../contract/v1/reports.ts'
import { getCustomer } from '../../../desk/customers/customers.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope, levelIdOf } from '../../../desk/reports/scope.ts'
import { type LoggedClock, listAnsweredClocks, secondsLeft } from '../../../desk/reports/sla-log.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { localText } from '../../../lib/zone.ts'
import { v1Report } from '../route.ts'
import { pageOf } from '../wire/reports.ts'

const slaLog = (url: string, service: Service) =>
  v1Report(
    url,
    z.object({
      // The document requires the dates, yet real clients leave them out: then the last 30 days are meant.
      ...recentRange,
      columns: columnsOf(slaLogColumns),
      ...paging,
      ...narrowing,
      requesterid: text(),
      slalevelid: text(),
    }),
    async ({ db, actor, params, zone, now }) => {
      const scope = {
        ...(await getScope(db, actor, { departmentId: params.departmentid, agent: params.agentid })),
        service,
        customerId: params.requesterid === undefined ? undefined : (await getCustomer(db, params.requesterid)).id,
        levelId: await levelIdOf(db, params.slalevelid),
      }
      const clocks = await listAnsweredClocks(db, actor, scope, rangeOf(params, zone, now), pageOf(params))
      return {
        slalogs: clocks.map((clock) => {
          const row = logRow(clock, zone)
          return Object.fromEntries(params.columns.map((column) => [column, row[column]]))
        }),
      }
    },
  )

export const routes = [
  slaLog('/api/reports/tickets/slalog', 'tickets'),
  slaLog('/api/reports/chats/slalog', 'chats'),
  slaLog('/api/reports/calls/slalog', 'calls'),
]

const logRow = (clock: LoggedClock, zone: string): Record<(typeof slaLogColumns)[number], string> => ({
  id: idOfRow(clock.seq),
  // Empty where it has left what the caller may see.
  conversationid: clock.conversation_id ?? '',
  code: clock.conversation_id === null ? '' : clock.code,
  departmentid: clock.department_id,
  department_name: clock.department_name,
  levelid: clock.level_id,
  sla_level_name: clock.level_name,
  sla: clock.due_at === null ? '' : timeLeft(clock.due_at, clock.closed_at),
  date_created: localText(clock.started_at, zone),
  date_closed: localText(clock.closed_at, zone),
  server_date_closed: localText(clock.closed_at, 'GMT'),
  // A level whose hours never come is never due.
  date_due: clock.due_at === null ? '' : localText(clock.due_at, zone),
  server_date_due: clock.due_at === null ? '' : localText(clock.due_at, 'GMT'),
  sla_level_id: clock.level_id,
  agentid: clock.agent_id ?? '',
  agent_firstname: clock.agent_firstname ?? '',
  agent_lastname: clock.agent_lastname ?? '',
  req_contactid: clock.customer_id,
  req_firstname: clock.customer_firstname,
  req_lastname: clock.customer_lastname,
})

/** Between the two dates that stand beside it: `01:56:53` left, or `-01:56:53` over. */
function timeLeft(dueAt: number, closedAt: number): string {
  const seconds = secondsLeft(dueAt, closedAt)
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  const size = Math.abs(seconds)
  return `${seconds < 0 ? '-' : ''}${two(size / 3600)}:${two((size / 60) % 60)}:${two(size % 60)}`
}
