// Forgetting old events.
import type { Tx } from '../db/write.ts'

const PORTION = 2_000

/** Deletes a portion of the events from before an instant; true while there are more. */
export async function pruneEvents(tx: Tx, before: number): Promise<boolean> {
  const rows = await tx
    .selectFrom('events')
    .select('seq')
    .where('at', '<', before)
    .orderBy('at')
    .limit(PORTION)
    .execute()
  if (rows.length === 0) return false
  const seqs = rows.map(({ seq }) => seq)
  await tx.deleteFrom('events').where('seq', 'in', seqs).execute()
  // Whoever reads on from before this number has missed something, and must be told so.
  const last = Math.max(...seqs)
  await tx.updateTable('forgotten_events').set({ seq: last }).where('id', '=', 1).where('seq', '<', last).execute()
  return rows.length === PORTION
}
