// GET /api/onlinestatus/departments
import { z } from 'zod'
import { listLoads } from '../../../desk/conversations/backlog.ts'
import { OFFLINE } from '../../../desk/presence/services.ts'
import { readPresets, readStatuses } from '../../../desk/presence/status.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/onlinestatus/departments', z.object({}), async ({ app, actor }) => {
    const db = app.database.reader
    const presets = await readPresets(db)
    const statuses = await readStatuses(db)
    const loads = await listLoads(db, actor)
    const most = Math.max(0, ...loads.map(({ total }) => total))
    return {
      departmentsOnlineStates: loads.map(({ department, chats, isNew, open, total }) => ({
        id: department.id,
        name: department.name,
        onlineStatus: statuses.byDepartment.get(department.id) ?? OFFLINE,
        presetStatus: presets.byDepartment.get(department.id) ?? OFFLINE,
        chat_count: String(chats),
        new_count: String(isNew),
        customer_reply_count: String(open),
        total_count: String(total),
        max_count: String(most),
      })),
    }
  }),
]
