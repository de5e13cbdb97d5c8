// /api/v3/ratings
import type { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import { ratingDraftSchema, ratingPageSchema, ratingQuerySchema, ratingSchema } from '../../../contract/v3/ratings.ts'
import { getAgent } from '../../desk/agents/agents.ts'
import { getConversation } from '../../desk/conversations/conversation.ts'
import { getCustomer } from '../../desk/customers/customers.ts'
import { enterRating } from '../../desk/ratings/enter.ts'
import { getSeenRating, listRatings, ratingCursor, type SeenRating } from '../../desk/ratings/find.ts'
import { gradeOf, sourceOf } from '../../desk/ratings/ratings.ts'
import { removeRating } from '../../desk/ratings/remove.ts'
import { idOfRow } from '../../lib/ids.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (rating: SeenRating): z.input<typeof ratingSchema> => ({
  ratingid: idOfRow(rating.seq),
  rating: gradeOf(rating),
  comment: rating.comment,
  source: sourceOf(rating),
  conversationid: rating.conversation_id,
  messagegroupid: idOfRow(rating.group_seq),
  agentid: rating.agent_id,
  departmentid: rating.department_id,
  contactid: rating.customer_id,
  userid: rating.user_id,
  dategiven: instantText(rating.rated_at),
  datechanged: instantText(rating.changed_at),
})

const instantOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text))

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/ratings',
    summary: 'What customers said of agents’ work. Plain agents see what counts for their departments.',
    query: ratingQuerySchema,
    answer: ratingPageSchema,
    handle: async ({ app, actor, query }) => {
      const db = app.database.reader
      const { agent, contact, conversation, department, rating, from, before, limit, cursor } = query
      const ratings = await listRatings(db, actor, {
        grades: rating && [rating],
        agentId: agent && (await getAgent(db, agent)).id,
        customerId: contact && (await getCustomer(db, contact)).id,
        conversationId: conversation && (await getConversation(db, actor, conversation)).id,
        departmentId: department,
        from: instantOf(from),
        before: instantOf(before),
        limit,
        cursor,
      })
      const last = ratings.at(-1)
      return { ratings: ratings.map(view), next_cursor: last && ratings.length === limit ? ratingCursor(last) : null }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/ratings',
    summary:
      'Enters what a customer said of an answer, chat or call, or changes what was said of it. For administrators and programs.',
    body: ratingDraftSchema,
    answer: ratingSchema,
    handle: async ({ app, actor, body }) => {
      const named = { groupId: body.messagegroupid, conversation: body.conversation }
      const draft = { grade: body.rating, comment: body.comment }
      return view(await app.database.write((tx) => enterRating(tx, actor, named, draft, app.settings())))
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/ratings/:id',
    summary: 'One rating.',
    path: byId,
    answer: ratingSchema,
    handle: async ({ app, actor, path }) => view(await getSeenRating(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/ratings/:id',
    summary: 'Takes a rating out of reports and history for good, such as an abusive one. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeRating(tx, actor, path.id))
      return DONE
    },
  }),
]
