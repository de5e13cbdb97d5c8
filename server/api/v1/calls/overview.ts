// GET /api/calls/overview
import { z } from 'zod'
import { listLoads } from '../../../desk/conversations/backlog.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/calls/overview', z.object({}), async ({ app, actor }) => {
    const loads = await listLoads(app.database.reader, actor)
    const running = loads.reduce((sum, load) => sum + load.calls, 0)
    // A call becomes a conversation when it is picked up: none of them rings or waits.
    return { callsOverview: [{ running: String(running), ringing: '0', inqueue: '0' }] }
  }),
]
