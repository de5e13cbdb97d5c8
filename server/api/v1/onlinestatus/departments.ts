// GET /api/onlinestatus/departments
import { z } from 'zod'
import { listLoads } from '../../../desk/conversations/backlog.ts'
import { OFFLINE, readPresets } from '../../../desk/presence/presets.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/onlinestatus/departments', z.object({}), async ({ app, actor }) => {
    const db = app.database.reader
    const { byDepartment } = await readPresets(db)
    const loads = await listLoads(db, actor)
    const most = Math.max(0, ...loads.map(({ total }) => total))
    return {
      departmentsOnlineStates: loads.map(({ department, chats, isNew, open, total }) => ({
        id: department.id,
        name: department.name,
        onlineStatus: OFFLINE,
        presetStatus: byDepartment.get(department.id) ?? OFFLINE,
        chat_count: String(chats),
        new_count: String(isNew),
        customer_reply_count: String(open),
        total_count: String(total),
        max_count: String(most),
      })),
    }
  }),
]
