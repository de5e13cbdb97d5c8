// Storing a portion of history in one transaction.
import { engineOf } from '../db/differences.ts'
import type { Tx } from '../db/write.ts'
import { addCounts } from '../desk/departments/counts.ts'
import { addLoadDays } from '../desk/metrics/load.ts'
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

/** Stores the sums of all facts that there are. */
export async function storeSums(tx: Tx, sums: Portion): Promise<void> {
  await insertRows(tx, shapes.rollups, sums.rollups)
  const { seq } = await tx
    .selectFrom('facts')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('rollup_positions')
    .set({ seq: seq ?? 0 })
    .where('name', '=', 'facts')
    .execute()
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
