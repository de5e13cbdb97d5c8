// /api/v3/conversations/:id/move
import { moveDraftSchema, moveSchema } from '../../../../contract/v3/moves.ts'
import { moveMessages } from '../../../desk/conversations/move.ts'
import { byId, v3 } from '../route.ts'
import { moveView } from '../wire/move.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/conversations/:id/move',
    summary: 'Moves messages that came into the wrong conversation into the right one.',
    path: byId,
    body: moveDraftSchema,
    answer: moveSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) =>
        moveView(tx, await moveMessages(tx, actor, { from: path.id, into: body.into, groupIds: body.messagegroupids })),
      ),
  }),
]
