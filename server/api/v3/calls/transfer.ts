// /api/v3/calls/:id/transfer
import { callSchema, callTransferSchema } from '../../../../contract/v3/calls.ts'
import { transferCall } from '../../../desk/calls/transfer.ts'
import { byId, v3 } from '../route.ts'
import { viewCall } from '../wire/call.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/calls/:id/transfer',
    summary: 'Hands a call to a colleague or a department.',
    path: byId,
    body: callTransferSchema,
    answer: callSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) =>
        viewCall(tx, await transferCall(tx, actor, path.id, { ...body, isAttended: body.attended })),
      ),
  }),
]
