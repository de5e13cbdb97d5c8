// GET /api/chats/overview
import { z } from 'zod'
import { visibleDepartments } from '../../../desk/actor.ts'
import { listLoads } from '../../../desk/conversations/backlog.ts'
import { countOnline } from '../../../desk/presence/status.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/chats/overview', z.object({}), async ({ app, actor }) => {
    const loads = await listLoads(app.database.reader, actor)
    const chats = loads.reduce((sum, load) => sum + load.chats, 0)
    const queue = loads.reduce((sum, load) => sum + load.waitingChats, 0)
    const agents = await countOnline(app.database.reader, 'T', visibleDepartments(actor))
    // The visitors that are known are those who chat or wait to.
    return {
      chatsOverview: [
        { visitors: String(chats + queue), chats: String(chats), queue: String(queue), agents: String(agents) },
      ],
    }
  }),
]
