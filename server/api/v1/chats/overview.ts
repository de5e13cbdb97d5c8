// GET /api/chats/overview
import { z } from 'zod'
import { visibleDepartments } from '../../../desk/actor.ts'
import { countChats } from '../../../desk/chats/find.ts'
import { countOnSite } from '../../../desk/chats/visitors.ts'
import { countOnline } from '../../../desk/presence/status.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/chats/overview', z.object({}), async ({ app, actor }) => {
    const db = app.database.reader
    const { running, queued } = await countChats(db, actor)
    const agents = await countOnline(db, 'T', visibleDepartments(actor))
    return {
      chatsOverview: [
        {
          visitors: String(await countOnSite(db)),
          chats: String(running),
          queue: String(queued),
          agents: String(agents),
        },
      ],
    }
  }),
]
