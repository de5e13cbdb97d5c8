// Adding the steps of the load up, in the order of their numbers, in portions: the rows and the position move together.
import type { Database } from '../../db/open.ts'
import { settledNumber } from '../../db/settled.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { addToLoadRollups, halfHourOf } from './load-rollups.ts'
import { lockPosition, movePosition, positionOf } from './positions.ts'
import type { RollOptions } from './roll.ts'

/** Numbers in a transaction, beside a server that others wait for. */
const PORTION = 600
/** Half-hours that may be counted again in it: steps of an imported history lie in as many as they are. */
const HALVES = 40

/** Brings the rollups up to the last step that is settled. Any number of processes may do so at once. */
export async function rollLoad(database: Database, { portion = PORTION, onProgress }: RollOptions = {}): Promise<void> {
  const settled = await settledNumber(database.reader, 'load_changes')
  if (settled === undefined || (await positionOf(database.reader, 'load')) >= settled) return
  for (;;) {
    const passed = await database.write((tx) => rollLoadPortion(tx, settled, portion))
    if (passed === 0) return
    onProgress?.(passed)
  }
}

/** Passes up to `portion` numbers, none above `settled`; how many it was. */
export async function rollLoadPortion(tx: Tx, settled: number, portion: number): Promise<number> {
  const from = await lockPosition(tx, 'load')
  const to = await endOfPortion(tx, from, Math.min(from + portion, settled), Math.ceil((portion * HALVES) / PORTION))
  if (to <= from) return 0
  await addToLoadRollups(tx, from, to)
  await movePosition(tx, 'load', to)
  return to - from
}

/** As far as the steps lie in so few half-hours. */
async function endOfPortion(db: Reader, from: number, to: number, most: number): Promise<number> {
  const query = db.selectFrom('load_changes').select(['seq', 'service', 'at']).where('seq', '>', from)
  const halves = new Set<string>()
  for (const { seq, service, at } of await query.where('seq', '<=', to).orderBy('seq').execute()) {
    halves.add(`${service} ${halfHourOf(at)}`)
    if (halves.size > most) return seq - 1
  }
  return to
}

/** Empties the rollups: reports count the steps themselves until they are rolled again, and are right all the while. */
export async function emptyLoadRollups(tx: Tx): Promise<void> {
  await lockPosition(tx, 'load')
  await tx.deleteFrom('load_courses').execute()
  await tx.deleteFrom('load_sums').execute()
  await movePosition(tx, 'load', 0)
}
