// /api/v3/calls/:id/status
import { callSchema, callStatusSchema } from '../../../../contract/v3/calls.ts'
import { keepCall } from '../../../desk/calls/expiry.ts'
import { byId, v3 } from '../route.ts'
import { viewCall } from '../wire/call.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/calls/:id/status',
    summary: 'Says that a call is still there, and what it is now.',
    path: byId,
    body: callStatusSchema,
    answer: callSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => viewCall(tx, await keepCall(tx, actor, path.id, body))),
  }),
]
