// Adding answered clocks to the rollups, in the order of their numbers, in portions: the rows and the position move
// together, so that every answered clock is either in the rollups or after the position, and never both.
import { sql } from 'kysely'
import type { Database } from '../../db/open.ts'
import { settledNumber } from '../../db/settled.ts'
import type { Tx } from '../../db/write.ts'
import { lockPosition, movePosition, positionOf } from '../metrics/positions.ts'
import type { RollOptions } from '../metrics/roll.ts'
import { addClocks } from './rollups.ts'

const PORTION = 600

/** Brings the rollups up to the last clock that is settled. Any number of processes may do so at once. */
export async function rollClocks(
  database: Database,
  { portion = PORTION, onProgress }: RollOptions = {},
): Promise<void> {
  const settled = await settledNumber(database.reader, 'sla_clocks')
  if (settled === undefined || (await positionOf(database.reader, 'clocks')) >= settled) return
  for (;;) {
    const passed = await database.write((tx) => rollClockPortion(tx, settled, portion))
    if (passed === 0) return
    onProgress?.(passed)
  }
}

/** Passes up to `portion` numbers, none above `settled`; how many it was. */
export async function rollClockPortion(tx: Tx, settled: number, portion: number): Promise<number> {
  const from = await lockPosition(tx, 'clocks')
  const to = Math.min(from + portion, settled)
  if (to <= from) return 0
  // A clock that runs is passed by: its answer gives it a new number.
  await addClocks(tx, sql`seq > ${from} and seq <= ${to}`)
  await movePosition(tx, 'clocks', to)
  return to - from
}

/** Empties the rollups: reports count the clocks themselves until they are rolled again, and are right all the while. */
export async function emptyClockRollups(tx: Tx): Promise<void> {
  await lockPosition(tx, 'clocks')
  await tx.deleteFrom('sla_rollups').execute()
  await movePosition(tx, 'clocks', 0)
}
