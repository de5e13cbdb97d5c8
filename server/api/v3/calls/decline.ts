// /api/v3/calls/:id/decline
import { callRefusalSchema, callSchema } from '../../../../contract/v3/calls.ts'
import { declineCall } from '../../../desk/calls/ring.ts'
import { byId, v3 } from '../route.ts'
import { viewCall } from '../wire/call.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/calls/:id/decline',
    summary: 'An agent does not take a call: the next one is asked.',
    path: byId,
    body: callRefusalSchema,
    answer: callSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => viewCall(tx, await declineCall(tx, actor, path.id, body))),
  }),
]
