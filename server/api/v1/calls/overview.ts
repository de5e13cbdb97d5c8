// GET /api/calls/overview
import { z } from 'zod'
import { countCalls } from '../../../desk/calls/find.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/calls/overview', z.object({}), async ({ app, actor }) => {
    const { talking, ringing, queued } = await countCalls(app.database.reader, actor)
    return { callsOverview: [{ running: String(talking), ringing: String(ringing), inqueue: String(queued) }] }
  }),
]
