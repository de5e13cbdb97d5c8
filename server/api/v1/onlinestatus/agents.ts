// GET /api/onlinestatus/agents
import { z } from 'zod'
import { listAgents } from '../../../desk/agents/agents.ts'
import { OFFLINE } from '../../../desk/presence/services.ts'
import { readPresets, readStatuses } from '../../../desk/presence/status.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/onlinestatus/agents', z.object({}), async ({ app }) => {
    const db = app.database.reader
    const presets = await readPresets(db)
    const statuses = await readStatuses(db)
    const agents = await listAgents(db)
    return {
      agentsOnlineStates: agents.map((agent) => ({
        id: agent.id,
        contactid: agent.contact_id,
        username: agent.email,
        firstname: agent.firstname,
        lastname: agent.lastname,
        avatar_url: agent.avatar_url,
        presetStatus: presets.byAgent.get(agent.id) ?? OFFLINE,
        onlineStatus: statuses.byAgent.get(agent.id) ?? OFFLINE,
      })),
    }
  }),
]
