// GET /api/departments/:departmentid/agents
import { z } from 'zod'
import { needed } from '../../../../contract/v1/params.ts'
import { listAgentsIn } from '../../../desk/agents/agents.ts'
import { getDepartmentEvenDeleted } from '../../../desk/departments/departments.ts'
import { OFFLINE, presetText } from '../../../desk/presence/services.ts'
import { statusesIn } from '../../../desk/presence/status.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1('GET', '/api/departments/:departmentid/agents', z.object({ departmentid: needed() }), async ({ app, params }) => {
    const db = app.database.reader
    const { id } = await getDepartmentEvenDeleted(db, params.departmentid)
    const agents = await listAgentsIn(db, id)
    const statuses = await statusesIn(db, id)
    return {
      agents: agents.map((agent) => ({
        userid: agent.id,
        firstname: agent.firstname,
        lastname: agent.lastname,
        email: agent.email,
        onlinestatus: statuses.get(agent.id) ?? OFFLINE,
        presetstatus: presetText(agent.preset_status),
      })),
    }
  }),
]
