// /api/v3/presence
import { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import { presenceDraftSchema, presenceSchema, whose } from '../../../contract/v3/presence.ts'
import type { Reader } from '../../db/write.ts'
import { getPresentAgent } from '../../desk/agents/presets.ts'
import { goOffline, stayOnline } from '../../desk/presence/connections.ts'
import { currentStatus } from '../../desk/presence/status.ts'
import { v3 } from './route.ts'

const viewOf = async (db: Reader, agentId: string, until: number | null) => ({
  userid: agentId,
  onlinestatus: await currentStatus(db, agentId),
  dateuntil: until === null ? null : instantText(until),
})

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/presence',
    summary:
      'Says that an agent is online for a while. For tools and panels without a live connection: call again in time.',
    body: presenceDraftSchema,
    answer: presenceSchema,
    handle: ({ app, actor, body }) =>
      app.database.write(async (tx) => {
        const { id } = await getPresentAgent(tx, actor, body.agent)
        return viewOf(tx, id, await stayOnline(tx, id, body.seconds ?? 60))
      }),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/presence',
    summary: 'Takes back what the call above said. An agent with a live connection stays online.',
    query: z.strictObject(whose),
    answer: presenceSchema,
    handle: ({ app, actor, query }) =>
      app.database.write(async (tx) => {
        const { id } = await getPresentAgent(tx, actor, query.agent)
        await goOffline(tx, id)
        return viewOf(tx, id, null)
      }),
  }),
]
