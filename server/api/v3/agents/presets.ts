// /api/v3/agents/:id/presets
import { presetsSchema } from '../../../../contract/v3/presence.ts'
import type { Reader } from '../../../db/write.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { listPresets, setPresets } from '../../../desk/agents/presets.ts'
import { byId, v3 } from '../route.ts'

const viewOf = async (db: Reader, agentId: string) => ({
  presets: (await listPresets(db, agentId)).map(({ departmentId, services }) => ({
    departmentid: departmentId,
    services,
  })),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/agents/:id/presets',
    summary: 'What an agent takes in each of his departments while he is online.',
    path: byId,
    answer: presetsSchema,
    handle: async ({ app, path }) => {
      const db = app.database.reader
      return viewOf(db, (await getAgent(db, path.id)).id)
    },
  }),
  v3({
    method: 'PUT',
    url: '/api/v3/agents/:id/presets',
    summary: 'Sets what an agent takes in his departments. Agents set their own; administrators anybody’s.',
    path: byId,
    body: presetsSchema,
    answer: presetsSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        const presets = body.presets.map(({ departmentid, services }) => ({ departmentId: departmentid, services }))
        return viewOf(tx, await setPresets(tx, actor, path.id, presets))
      }),
  }),
]
