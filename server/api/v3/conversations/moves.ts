// /api/v3/conversations/:id/moves
import { movePageSchema, moveQuerySchema } from '../../../../contract/v3/moves.ts'
import { getConversation } from '../../../desk/conversations/conversation.ts'
import { listMoves } from '../../../desk/conversations/moves.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { byId, v3 } from '../route.ts'
import { moveViews } from '../wire/move.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/conversations/:id/moves',
    summary: 'Merges, splits and moves that messages came or went by.',
    path: byId,
    query: moveQuerySchema,
    answer: movePageSchema,
    handle: async ({ app, actor, path, query }) => {
      const db = app.database.reader
      const { id } = await getConversation(db, actor, path.id)
      const moves = await listMoves(db, id, { cursor: query.cursor, limit: query.limit + 1 })
      const page = moves.slice(0, query.limit)
      const last = page.at(-1)
      return {
        moves: await moveViews(db, page),
        next_cursor: last && moves.length > page.length ? idOfRow(last.seq) : null,
      }
    },
  }),
]
