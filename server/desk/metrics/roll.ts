// Adding facts to the rollups, in the order of their numbers, in portions: the rows and the position move together, so that
// whatever happens in between, every fact is either in the rollups or after the position, and never both.
import { sql } from 'kysely'
import type { Database } from '../../db/open.ts'
import { settledNumber } from '../../db/settled.ts'
import type { Tx } from '../../db/write.ts'
import { lockPosition, movePosition, positionOf } from './positions.ts'
import { addToRollups } from './rollups.ts'

/** Numbers in a transaction, beside a server that others wait for. */
const PORTION = 600

export interface RollOptions {
  portion?: number
  /** Told after each portion how many numbers it passed. */
  onProgress?: (count: number) => void
}

/** Brings the rollups up to the last fact that is settled. Any number of processes may do so at once. */
export async function rollFacts(
  database: Database,
  { portion = PORTION, onProgress }: RollOptions = {},
): Promise<void> {
  const settled = await settledNumber(database.reader, 'facts')
  if (settled === undefined) return
  // Looked up without the writer first: mostly there is nothing to do.
  if ((await positionOf(database.reader, 'facts')) >= settled) return
  for (;;) {
    const passed = await database.write((tx) => rollPortion(tx, settled, portion))
    if (passed === 0) return
    onProgress?.(passed)
  }
}

/** Passes up to `portion` numbers, none above `settled`; how many it was. */
export async function rollPortion(tx: Tx, settled: number, portion: number): Promise<number> {
  const from = await lockPosition(tx, 'facts')
  const to = Math.min(from + portion, settled)
  if (to <= from) return 0
  await addToRollups(tx, sql`seq > ${from} and seq <= ${to}`)
  await movePosition(tx, 'facts', to)
  return to - from
}

/** Empties the rollups: reports count the facts themselves until they are rolled again, and are right all the while. */
export async function emptyRollups(tx: Tx): Promise<void> {
  await lockPosition(tx, 'facts')
  await tx.deleteFrom('rollups').execute()
  await movePosition(tx, 'facts', 0)
}
