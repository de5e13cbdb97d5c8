// /api/v3/agents/:id/capacities
import { capacitiesChangeSchema, capacitiesSchema } from '../../../../contract/v3/routing.ts'
import type { Reader } from '../../../db/write.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { changeCapacities, getCapacities } from '../../../desk/routing/settings.ts'
import { byId, v3 } from '../route.ts'

const viewOf = async (db: Reader, agentId: string) => {
  const capacities = await getCapacities(db, agentId)
  return { chats: capacities.get('chats') ?? null, calls: capacities.get('calls') ?? null }
}

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/agents/:id/capacities',
    summary: 'How many chats and calls an agent takes at once.',
    path: byId,
    answer: capacitiesSchema,
    handle: async ({ app, path }) => {
      const db = app.database.reader
      return viewOf(db, (await getAgent(db, path.id)).id)
    },
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/agents/:id/capacities',
    summary: 'Changes how many chats and calls an agent takes at once. For administrators.',
    path: byId,
    body: capacitiesChangeSchema,
    answer: capacitiesSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        const { id } = await getAgent(tx, path.id)
        await changeCapacities(tx, actor, id, body)
        return viewOf(tx, id)
      }),
  }),
]
