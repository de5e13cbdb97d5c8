// GET /api/v3/reports/ranking
import { instantText } from '../../../../contract/v3/kinds.ts'
import { ofRanking, rankingColumns, reportOf } from '../../../../contract/v3/reports.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { getCustomer } from '../../../desk/customers/customers.ts'
import { gradeOf } from '../../../desk/ratings/ratings.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { listRanking, type Ranked } from '../../../desk/reports/ranking.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { v3Report } from '../route.ts'
import { chosen, pageOf } from '../wire/reports.ts'

const { query, answer } = reportOf('ranks', rankingColumns, ofRanking)

export const routes = [
  v3Report({
    url: '/api/v3/reports/ranking',
    summary: 'Every rating, by when it was given.',
    query,
    answer,
    report: async ({ db, actor, params: { query }, zone, now }) => {
      const filter = {
        agentId: query.agentid === undefined ? undefined : (await getAgent(db, query.agentid)).id,
        customerId: query.contactid === undefined ? undefined : (await getCustomer(db, query.contactid)).id,
        grades: query.types?.map((letter) => (letter === 'W' ? ('good' as const) : ('bad' as const))),
      }
      const ranks = await listRanking(db, actor, filter, rangeOf(query, zone, now), pageOf(query))
      return { ranks: ranks.map((rank) => chosen(query.columns, rankRow(rank))) }
    },
  }),
]

const nameOf = (firstname: string, lastname: string): string => `${firstname} ${lastname}`.trim()

const rankRow = (rank: Ranked) => ({
  id: idOfRow(rank.seq),
  rankingType: gradeOf(rank) === 'good' ? 'W' : 'P',
  datecreated: instantText(rank.rated_at),
  conversationid: rank.conversation_id,
  agentcontactid: rank.agent_contact_id,
  agentEmail: rank.agent_email,
  agent: nameOf(rank.agent_firstname, rank.agent_lastname),
  contactid: rank.customer_id,
  requesterEmail: rank.customer_email,
  requester: nameOf(rank.customer_firstname, rank.customer_lastname),
  comment: rank.comment,
})
