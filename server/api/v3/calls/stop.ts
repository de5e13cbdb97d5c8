// /api/v3/calls/:id/stop
import { callSchema, callStopSchema } from '../../../../contract/v3/calls.ts'
import { stopCall } from '../../../desk/calls/end.ts'
import { byId, v3 } from '../route.ts'
import { viewCall } from '../wire/call.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/calls/:id/stop',
    summary: 'A call has ended.',
    path: byId,
    body: callStopSchema,
    answer: callSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) =>
        viewCall(
          tx,
          await stopCall(tx, actor, path.id, {
            by: body.by,
            at: body.at === undefined ? undefined : Date.parse(body.at),
          }),
        ),
      ),
  }),
]
