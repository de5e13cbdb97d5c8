// Up to which number rows have been added up: a position moves in the transaction that adds them up.
import { engineOf, lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'

export type PositionName = 'facts' | 'load' | 'clocks' | 'stretches'

const rowOf = (db: Reader, name: PositionName) =>
  db.selectFrom('rollup_positions').select('seq').where('name', '=', name)

export const positionOf = async (db: Reader, name: PositionName): Promise<number> =>
  (await rowOf(db, name).executeTakeFirst())?.seq ?? 0

/** The position, which stays where it is until the transaction ends, and which nobody else may keep meanwhile. */
export const lockPosition = async (tx: Tx, name: PositionName): Promise<number> =>
  (await lockForChange(tx, rowOf(tx, name)).executeTakeFirstOrThrow()).seq

/** The position, which nobody moves until the transaction ends; others may keep it, too. SQLite has one writer. */
export async function keepPosition(tx: Tx, name: PositionName): Promise<number> {
  const query = rowOf(tx, name)
  return (await (engineOf(tx) === 'postgres' ? query.forShare() : query).executeTakeFirstOrThrow()).seq
}

export const movePosition = (tx: Tx, name: PositionName, seq: number): Promise<unknown> =>
  tx.updateTable('rollup_positions').set({ seq }).where('name', '=', name).execute()
