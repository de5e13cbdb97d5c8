// /api/v3/conversations/:id/merge
import { mergeSchema, moveSchema } from '../../../../contract/v3/moves.ts'
import { mergeConversations } from '../../../desk/conversations/merge.ts'
import { byId, v3 } from '../route.ts'
import { moveView } from '../wire/move.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/conversations/:id/merge',
    summary: 'Merges a conversation into another one: all its messages, files, tags, fields and copies go there.',
    path: byId,
    body: mergeSchema,
    answer: moveSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) =>
        moveView(tx, await mergeConversations(tx, actor, { from: path.id, into: body.into })),
      ),
  }),
]
