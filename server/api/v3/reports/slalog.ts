// GET /api/v3/reports/tickets/slalog · …/chats/slalog · …/calls/slalog
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import { ofSlaLog, reportOf, slaLogColumns, slaNarrowing } from '../../../../contract/v3/reports.ts'
import { getCustomer } from '../../../desk/customers/customers.ts'
import type { Service } from '../../../desk/metrics/load.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { getScope, levelIdOf } from '../../../desk/reports/scope.ts'
import { type LoggedClock, listAnsweredClocks, secondsLeft } from '../../../desk/reports/sla-log.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { v3Report } from '../route.ts'
import { chosen, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('slalogs', slaLogColumns, { ...slaNarrowing, ...ofSlaLog })

const slaLog = (service: Service, url: string) =>
  v3Report({
    url,
    summary: `Every SLA clock of ${service} that an answer closed, by the time of the answer.`,
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const scope = {
        ...(await getScope(db, actor, { departmentId: query.departmentid, agent: query.agentid })),
        service,
        customerId: query.requesterid === undefined ? undefined : (await getCustomer(db, query.requesterid)).id,
        levelId: await levelIdOf(db, query.slalevelid),
        outcome: query.outcome,
      }
      const clocks = await listAnsweredClocks(db, actor, scope, rangeOf(query, zone, now), pageOf(query))
      return { slalogs: clocks.map((clock) => chosen(query.columns, logRow(clock))) }
    },
  })

export const routes = [
  slaLog('tickets', '/api/v3/reports/tickets/slalog'),
  slaLog('chats', '/api/v3/reports/chats/slalog'),
  slaLog('calls', '/api/v3/reports/calls/slalog'),
]

const logRow = (clock: LoggedClock) => ({
  id: idOfRow(clock.seq),
  conversationid: clock.conversation_id,
  code: clock.conversation_id === null ? null : clock.code,
  departmentid: clock.department_id,
  department_name: clock.department_name,
  levelid: clock.level_id,
  sla_level_name: clock.level_name,
  outcome: clock.outcome,
  seconds: clock.seconds,
  sla: clock.due_at === null ? null : secondsLeft(clock.due_at, clock.closed_at),
  date_created: instantText(clock.started_at),
  date_closed: instantText(clock.closed_at),
  date_due: instantTextOrNull(clock.due_at),
  agentid: clock.agent_id,
  agent_firstname: clock.agent_firstname,
  agent_lastname: clock.agent_lastname,
  req_contactid: clock.customer_id,
  req_firstname: clock.customer_firstname,
  req_lastname: clock.customer_lastname,
})
