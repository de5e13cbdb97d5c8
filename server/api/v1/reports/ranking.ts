// GET /api/reports/ranking
import { z } from 'zod'
import { lettersOf, text } from '../../../../contract/v1/params.ts'
import { columnsOf, paging, range, rankingColumns } from '../../../../contract/v1/reports.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { getCustomer } from '../../../desk/customers/customers.ts'
import { type Grade, gradeOf } from '../../../desk/ratings/ratings.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import { listRanking, type Ranked } from '../../../desk/reports/ranking.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { localText } from '../../../lib/zone.ts'
import { v1Report } from '../route.ts'
import { pageOf } from '../wire/reports.ts'

// "W = reward, P = rebuke" here; of messages, the same letters mean the opposite: P is the good rating there.
const letters: Record<Grade, 'W' | 'P'> = { good: 'W', bad: 'P' }
const gradesOf: Record<string, Grade> = { W: 'good', P: 'bad' }

export const routes = [
  v1Report(
    '/api/reports/ranking',
    z.object({
      ...range,
      columns: columnsOf(rankingColumns),
      ...paging,
      agentid: text(),
      contactid: text(),
      types: lettersOf(['W', 'P']),
    }),
    async ({ db, actor, params, zone, now }) => {
      const filter = {
        agentId: params.agentid === undefined ? undefined : (await getAgent(db, params.agentid)).id,
        customerId: params.contactid === undefined ? undefined : (await getCustomer(db, params.contactid)).id,
        grades: params.types?.flatMap((letter) => gradesOf[letter] ?? []),
      }
      const ranks = await listRanking(db, actor, filter, rangeOf(params, zone, now), pageOf(params))
      return {
        ranks: ranks.map((rank) => {
          const row = rankRow(rank, zone)
          return Object.fromEntries(params.columns.map((column) => [column, row[column]]))
        }),
      }
    },
  ),
]

const nameOf = (firstname: string, lastname: string): string => `${firstname} ${lastname}`.trim()

const rankRow = (rank: Ranked, zone: string): Record<(typeof rankingColumns)[number], string> => ({
  id: idOfRow(rank.seq),
  rankingType: letters[gradeOf(rank)],
  datecreated: localText(rank.rated_at, zone),
  // Empty where it has left what the caller may see.
  conversationid: rank.conversation_id ?? '',
  agentcontactid: rank.agent_contact_id,
  agentEmail: rank.agent_email,
  agent: nameOf(rank.agent_firstname, rank.agent_lastname),
  contactid: rank.customer_id,
  requesterEmail: rank.customer_email ?? '',
  requester: nameOf(rank.customer_firstname, rank.customer_lastname),
  comment: rank.comment,
})
