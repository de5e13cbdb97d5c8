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
  const last = rows.at(-1)
  if (!last) return false
  await tx
    .deleteFrom('events')
    .where(
      'seq',
      'in',
      rows.map(({ seq }) => seq),
    )
    .execute()
  return rows.length === PORTION
}
