// Row numbers for rows that are stored together and name each other.
import { sql } from 'kysely'
import { engineOf } from '../db/differences.ts'
import type { Tx } from '../db/write.ts'

/** Takes `count` numbers that no other row of the table has or gets. */
export async function reserveSeqs(tx: Tx, table: 'customers' | 'message_groups', count: number): Promise<number[]> {
  if (count === 0) return []
  if (engineOf(tx) === 'postgres') {
    const { rows } = await sql<{ seq: number }>`
      select nextval(numbers) as seq
      from (select pg_get_serial_sequence(${table}, 'seq')::regclass as numbers) as known, generate_series(1, ${count})`.execute(
      tx,
    )
    return rows.map(({ seq }) => seq)
  }
  const first = await nextSeq(tx, table)
  return Array.from({ length: count }, (_, i) => first + i)
}

/** SQLite only. There is one writer: whatever comes next in this transaction is free. */
export async function nextSeq(tx: Tx, table: 'customers' | 'message_groups'): Promise<number> {
  const last = await tx.selectFrom(table).select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return (last?.seq ?? 0) + 1
}
