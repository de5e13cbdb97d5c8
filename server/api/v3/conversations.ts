// /api/v3/conversations
import {
  conversationFilterSchema,
  conversationPageSchema,
  linkedConversationSchema,
} from '../../../contract/v3/conversations.ts'
import { getAgent } from '../../desk/agents/agents.ts'
import { getConversationView } from '../../desk/conversations/conversation.ts'
import { type ConversationFilter, cursorOf, listConversations } from '../../desk/conversations/find.ts'
import { listLinks } from '../../desk/conversations/links.ts'
import { findCustomer } from '../../desk/customers/customers.ts'
import { getDepartmentEvenDeleted } from '../../desk/departments/departments.ts'
import { byId, v3 } from './route.ts'
import { conversationView, linkedView } from './wire/conversation.ts'

const at = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text))
/** The bounds are inclusive; inside, the end of a range is the first instant that is no longer in it. */
const after = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text) + 1)

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/conversations',
    summary: 'Conversations that you may see, newest change first, page by page.',
    query: conversationFilterSchema,
    answer: conversationPageSchema,
    handle: async ({ app, actor, query }) => {
      const db = app.database.reader
      const owner = query.owneridentifier === undefined ? undefined : await findCustomer(db, query.owneridentifier)
      // An address that never wrote has no conversations; that is an answer, not an error.
      if (query.owneridentifier !== undefined && !owner) return { conversations: [], next_cursor: null }
      const filter: ConversationFilter = {
        customerId: owner?.id,
        departmentId: query.department && (await getDepartmentEvenDeleted(db, query.department)).id,
        agentId: query.agent && (await getAgent(db, query.agent)).id,
        statuses: query.status,
        channels: query.channel_type,
        priorities: query.priority,
        subject: query.subject,
        createdFrom: at(query.createdfrom),
        createdTo: at(query.createdto),
        changed: { from: at(query.changedfrom), before: after(query.changedto) },
        cursor: query.cursor,
        // One more than asked for: whether it is there says whether the list goes on.
        limit: query.limit + 1,
        offset: 0,
      }
      const rows = await listConversations(db, actor, filter)
      const page = rows.slice(0, query.limit)
      const last = page.at(-1)
      return {
        conversations: page.map(conversationView),
        next_cursor: last && rows.length > page.length ? cursorOf(last) : null,
      }
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/conversations/:id',
    summary: 'One conversation by id, code or public url code.',
    path: byId,
    answer: linkedConversationSchema,
    handle: async ({ app, actor, path }) => {
      const db = app.database.reader
      const row = await getConversationView(db, actor, path.id)
      return linkedView(row, await listLinks(db, actor, row.id))
    },
  }),
]
