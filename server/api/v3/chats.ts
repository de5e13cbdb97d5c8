// /api/v3/chats
import { chatFilterSchema, chatListSchema, placedChatSchema } from '../../../contract/v3/chats.ts'
import { getAgent } from '../../desk/agents/agents.ts'
import { askedAgents, listChats } from '../../desk/chats/find.ts'
import { getDepartmentEvenDeleted } from '../../desk/departments/departments.ts'
import { byId, v3 } from './route.ts'
import { chatWire, placedChatWire } from './wire/chat.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/chats',
    summary: 'Chats that wait or run, where you may see them, the longest first.',
    query: chatFilterSchema,
    answer: chatListSchema,
    handle: async ({ app, actor, query }) => {
      const db = app.database.reader
      const rows = await listChats(db, actor, {
        state: query.state,
        departmentId: query.department && (await getDepartmentEvenDeleted(db, query.department)).id,
        agentId: query.agent && (await getAgent(db, query.agent)).id,
        limit: query.limit,
        offset: query.offset,
      })
      const asked = await askedAgents(
        db,
        rows.map(({ conversation_id }) => conversation_id),
      )
      return { chats: rows.map((row) => chatWire(row, asked)) }
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/chats/:id',
    summary: 'One chat, by id or code of its conversation.',
    path: byId,
    answer: placedChatSchema,
    handle: ({ app, actor, path }) => placedChatWire(app.database.reader, actor, path.id),
  }),
]
