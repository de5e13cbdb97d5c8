// /api/v3/conversations/:id/split
import { moveSchema, splitSchema } from '../../../../contract/v3/moves.ts'
import { splitConversation } from '../../../desk/conversations/split.ts'
import { byId, v3 } from '../route.ts'
import { moveView } from '../wire/move.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/conversations/:id/split',
    summary: 'Opens a new conversation with some messages of this one.',
    path: byId,
    body: splitSchema,
    answer: moveSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) =>
        moveView(
          tx,
          await splitConversation(tx, actor, {
            from: path.id,
            groupIds: body.messagegroupids,
            subject: body.subject,
            departmentId: body.department,
          }),
        ),
      ),
  }),
]
