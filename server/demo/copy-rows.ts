// Copying the rows of a file that is attached: see row-file.ts.
import { sql } from 'kysely'
import type { Tx } from '../db/write.ts'
import { newCodes } from './codes.ts'
import { namesOf } from './insert.ts'
import { nextSeq } from './seqs.ts'
import { placesIn, shapes, type TableKey, tableKeys } from './tables.ts'

/** The name of the file while it is attached. */
export const ATTACHED = 'portions'

/** Puts the next free numbers where places in the file stand. */
export async function copyRows(tx: Tx, keys: readonly TableKey[]): Promise<void> {
  const first = { customers: await nextSeq(tx, 'customers'), groups: await nextSeq(tx, 'message_groups') }
  for (const key of tableKeys.filter((key) => keys.includes(key))) {
    const places = placesIn[key]
    await copy(tx, key, places ? first[places] : undefined)
  }
  if (keys.includes('customers'))
    await sql`insert into customer_search (rowid, email, firstname, lastname)
      select seq + ${first.customers}, email_key, firstname_key, lastname_key
      from ${sql.raw(ATTACHED)}.customers`.execute(tx)
}

async function copy(tx: Tx, key: TableKey, added: number | undefined): Promise<void> {
  const shape = shapes[key]
  const values = [...shape.columns.map(([name]) => name), ...shape.constants.map(([, constant]) => constant)]
  if (added !== undefined) values[0] += ` + ${added}`
  await sql
    .raw(`insert into ${shape.name} (${namesOf(shape)}) select ${values.join()} from ${ATTACHED}.${shape.name}`)
    .execute(tx)
}

/** Gives each conversation of the file other codes. */
export async function drawCodes(tx: Tx): Promise<void> {
  const conversations = sql.raw(`${ATTACHED}.conversations`)
  const { rows } = await sql<{ rowid: number }>`select rowid from ${conversations}`.execute(tx)
  const { codes, publicCodes } = newCodes(rows.length)
  for (const [i, { rowid }] of rows.entries())
    await sql`update ${conversations} set code = ${codes[i]}, public_code = ${publicCodes[i]}
      where rowid = ${rowid}`.execute(tx)
}
