// /api/v3/calls/:id/ring
import { callAgentSchema, callSchema } from '../../../../contract/v3/calls.ts'
import { ringCall } from '../../../desk/calls/ring.ts'
import { byId, v3 } from '../route.ts'
import { viewCall } from '../wire/call.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/calls/:id/ring',
    summary: 'Asks an agent to take a call: the one who is named, or whoever is next.',
    path: byId,
    body: callAgentSchema,
    answer: callSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => viewCall(tx, await ringCall(tx, actor, path.id, body))),
  }),
]
