// /api/v3/conversations/:id/moves/:moveid/undo
import { z } from 'zod'
import { plainText } from '../../../../../contract/v3/kinds.ts'
import { moveSchema } from '../../../../../contract/v3/moves.ts'
import { undoMove } from '../../../../desk/conversations/undo-move.ts'
import { v3 } from '../../route.ts'
import { moveView } from '../../wire/move.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/conversations/:id/moves/:moveid/undo',
    summary: 'Undoes a merge, a split or a move. What was written since stays where it is.',
    path: z.object({ id: plainText(), moveid: plainText() }),
    answer: moveSchema,
    handle: ({ app, actor, path }) =>
      app.database.write(async (tx) =>
        moveView(tx, await undoMove(tx, actor, { identifier: path.id, moveId: path.moveid })),
      ),
  }),
]
