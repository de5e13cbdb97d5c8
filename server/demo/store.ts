// Storing a portion of history in one transaction.
import { sql } from 'kysely'
import { engineOf } from '../db/differences.ts'
import type { Reader, Tx } from '../db/write.ts'
import { addCounts } from '../desk/departments/counts.ts'
import { addLoadDays } from '../desk/metrics/load.ts'
import { addToRollups, rollupPosition } from '../desk/metrics/rollups.ts'
import { recordEvent } from '../events/record.ts'
import { withCodes } from './codes.ts'
import { insertRows } from './insert.ts'
import { reserveSeqs } from './seqs.ts'
import { cellsOf, type Portion, rowCount, shapes, type TableKey, type Value } from './tables.ts'

// Should a code be taken, the next attempt draws others.
const tried = new WeakSet<Portion>()

/** May run again when the transaction has to: the portion stays as it is. */
export async function storePortion(tx: Tx, portion: Portion): Promise<void> {
  const customers = numbered(portion, 'customers', await reserveSeqs(tx, 'customers', rowCount(portion, 'customers')))
  const groupSeqs = await reserveSeqs(tx, 'message_groups', rowCount(portion, 'groups'))
  const filled: Portion = {
    ...portion,
    customers,
    customerSearch: engineOf(tx) === 'sqlite' ? searchRows({ ...portion, customers }) : [],
    conversations: tried.has(portion) ? withCodes(portion).conversations : portion.conversations,
    groups: numbered(portion, 'groups', groupSeqs),
    messages: numbered(portion, 'messages', groupSeqs),
  }
  tried.add(portion)
  for (const key of ORDER) await insertRows(tx, shapes[key], filled[key])
  await addCounts(tx, portion.counts)
  await addLoadDays(tx, portion.loadDays)
  // One for all: whoever shows lists looks again. Nobody has to be told of a thousand single messages of the past.
  recordEvent(tx, { type: 'demo.loaded', data: { conversations: rowCount(portion, 'conversations') } })
}

/**
 * Stores the sums of all facts after number `before`; those up to it are added from the facts themselves. Leaves everything
 * as it is where some were added up already: then the rest is, too, by desk/metrics/roll.ts.
 */
export async function storeSums(tx: Tx, sums: Portion, before: number): Promise<void> {
  if ((await rollupPosition(tx)) > 0) return
  await insertRows(tx, shapes.rollups, sums.rollups)
  await addToRollups(tx, sql`seq <= ${before}`)
  const seq = await lastFact(tx)
  await tx.updateTable('rollup_positions').set({ seq }).where('name', '=', 'facts').execute()
}

/** The number of the newest fact; 0: there is none. */
export async function lastFact(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('facts')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirst()
  return row?.seq ?? 0
}

/** What is referred to comes first. */
const ORDER: readonly TableKey[] = [
  'customers',
  'customerSearch',
  'groupMembers',
  'conversations',
  'groups',
  'messages',
  'tags',
  'facts',
  'loadChanges',
]

/** Puts the numbers that the database gave out where the place in the portion stands. */
function numbered(portion: Portion, key: TableKey, seqs: readonly number[]): Value[] {
  const values = portion[key].slice()
  for (let i = 0; i < values.length; i += shapes[key].columns.length) values[i] = seqs[Number(values[i])] ?? null
  return values
}

const searchRows = (portion: Portion): Value[] =>
  Array.from(cellsOf(portion, 'customers', 'seq', 'email_key', 'firstname_key', 'lastname_key')).flat()
