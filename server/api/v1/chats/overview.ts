// GET /api/chats/overview
import { z } from 'zod'
import { listLoads } from '../../../desk/conversations/backlog.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/chats/overview', z.object({}), async ({ app, actor }) => {
    const loads = await listLoads(app.database.reader, actor)
    const chats = loads.reduce((sum, load) => sum + load.chats, 0)
    const queue = loads.reduce((sum, load) => sum + load.waitingChats, 0)
    // The visitors that are known are those who chat or wait to; nobody is online to take a chat.
    return {
      chatsOverview: [{ visitors: String(chats + queue), chats: String(chats), queue: String(queue), agents: '0' }],
    }
  }),
]
