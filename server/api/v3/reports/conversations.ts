// GET /api/v3/reports/agents/:id/:figure/conversations · …/channels/… · …/departments/… · …/tags/… ·
// GET /api/v3/reports/performance/:figure/conversations
import { z } from 'zod'
import { factsPageSchema, factsQuerySchema } from '../../../../contract/v3/facts.ts'
import { agentFigures, type FigureColumn, otherFigures } from '../../../../contract/v3/figures.ts'
import { instantText, plainText } from '../../../../contract/v3/kinds.ts'
import { type FactBehind, listBehind } from '../../../desk/reports/behind.ts'
import { rangeOf } from '../../../desk/reports/given-range.ts'
import type { Dimension } from '../../../desk/reports/totals.ts'
import { v3Report } from '../route.ts'
import { conversationView } from '../wire/reports.ts'

// Worktime is counted from no conversation.
const figureOf = (figures: readonly FigureColumn[]) =>
  z
    .enum(figures.filter((figure) => figure !== 'worktime'))
    .describe('A figure of the report. Shares list what they are shares of, too.')

const behind = (
  url: string,
  dimension: Dimension,
  path: z.ZodType<{ id?: string | undefined; figure: FigureColumn }>,
  of: string,
) =>
  v3Report({
    url,
    summary: `What a figure of ${of} was counted from, conversation by conversation: whoever counts it again gets the figure.`,
    path,
    query: factsQuerySchema,
    answer: factsPageSchema,
    report: async ({ db, actor, params, zone, now }) => {
      const { path, query } = params
      const { id = '', figure } = path
      const range = rangeOf(query, zone, now)
      const { facts, next } = await listBehind(db, actor, { dimension, id }, figure, range, query)
      return { conversations: facts.map(factView), next_cursor: next }
    },
  })

const row = (meaning: string, figures: readonly FigureColumn[]) =>
  z.object({ id: plainText(255).describe(meaning), figure: figureOf(figures) })

export const routes = [
  behind(
    '/api/v3/reports/agents/:id/:figure/conversations',
    'agent',
    row('Userid, contactid or e-mail.', agentFigures),
    'an agent',
  ),
  behind(
    '/api/v3/reports/channels/:id/:figure/conversations',
    'channel',
    row('Its letter.', otherFigures),
    'a channel',
  ),
  behind(
    '/api/v3/reports/departments/:id/:figure/conversations',
    'department',
    row('Its id.', otherFigures),
    'a department',
  ),
  behind('/api/v3/reports/tags/:id/:figure/conversations', 'tag', row('Its id.', otherFigures), 'a tag'),
  behind(
    '/api/v3/reports/performance/:figure/conversations',
    'every',
    z.object({ figure: figureOf(otherFigures) }),
    'performance, or of a row of it',
  ),
]

const factView = (fact: FactBehind) => ({
  conversation: conversationView(fact.conversation),
  fact: fact.kind,
  at: instantText(fact.at),
  seconds: fact.seconds,
  sla_seconds: fact.sla_seconds ?? fact.seconds,
  agentid: fact.agent_id,
  departmentid: fact.department_id,
  channel_type: fact.channel,
})
