// A tag brings the earlier facts of its conversation into the report of tags, and takes them out when it goes: those
// that are in the rollups are moved here, those after the position are looked up with the tags of the moment.
import { sql } from 'kysely'
import type { Tx } from '../../db/write.ts'
import { keepPosition } from './positions.ts'
import { addToRollups } from './rollups.ts'

/** To be called in the transaction that puts tags on conversations. */
export const tagFacts = (tx: Tx, conversationIds: readonly string[], tagIds: readonly string[]): Promise<void> =>
  move(tx, conversationIds, tagIds, 1)

/** To be called in the transaction that takes tags off conversations. */
export const untagFacts = (tx: Tx, conversationIds: readonly string[], tagIds: readonly string[]): Promise<void> =>
  move(tx, conversationIds, tagIds, -1)

async function move(
  tx: Tx,
  conversationIds: readonly string[],
  tagIds: readonly string[],
  sign: 1 | -1,
): Promise<void> {
  if (conversationIds.length === 0) return
  for (const id of [...tagIds].sort()) {
    const position = await keepPosition(tx, 'facts')
    await addToRollups(tx, sql`conversation_id in (${sql.join(conversationIds)}) and seq <= ${position}`, { id, sign })
  }
}
