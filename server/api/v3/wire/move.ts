// Merges, splits and moves as our own API shows them.
import { z } from 'zod'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import { moveSchema } from '../../../../contract/v3/moves.ts'
import type { Reader } from '../../../db/write.ts'
import { codesOf } from '../../../desk/conversations/links.ts'
import type { Move } from '../../../desk/conversations/moves.ts'
import { idOfRow } from '../../../lib/ids.ts'

const kinds = z.object({ kind: moveSchema.shape.kind })

/** With the codes of both sides, also of one that the reader may not open: he sees that messages came from there. */
export async function moveViews(db: Reader, moves: readonly Move[]): Promise<z.input<typeof moveSchema>[]> {
  const codes = await codesOf(
    db,
    moves.flatMap(({ from_id, to_id }) => [from_id, to_id]),
  )
  const side = (id: string) => ({ conversationid: id, code: codes.get(id) ?? '' })
  return moves.map((move) => ({
    moveid: idOfRow(move.seq),
    ...kinds.parse(move),
    from: side(move.from_id),
    into: side(move.to_id),
    messagegroups: move.what.carried.groups.map(idOfRow),
    userid: move.user_id,
    datecreated: instantText(move.created_at),
    dateundone: instantTextOrNull(move.undone_at),
  }))
}

export async function moveView(db: Reader, move: Move): Promise<z.input<typeof moveSchema>> {
  const [view] = await moveViews(db, [move])
  if (!view) throw new Error(`move ${move.seq} has no view`)
  return view
}
