// GET /api/onlinestatus/agents
import { z } from 'zod'
import { listAgents } from '../../../desk/agents/agents.ts'
import { OFFLINE, readPresets } from '../../../desk/presence/presets.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/onlinestatus/agents', z.object({}), async ({ app }) => {
    const db = app.database.reader
    const { byAgent } = await readPresets(db)
    const agents = await listAgents(db)
    return {
      agentsOnlineStates: agents.map((agent) => ({
        id: agent.id,
        contactid: agent.contact_id,
        username: agent.email,
        firstname: agent.firstname,
        lastname: agent.lastname,
        avatar_url: agent.avatar_url,
        presetStatus: byAgent.get(agent.id) ?? OFFLINE,
        onlineStatus: OFFLINE,
      })),
    }
  }),
]
