// Finding customers by a part of their address or name. SQLite keeps a trigram index of its own beside the table;
// PostgreSQL has trigram indexes on the columns.
import { sql } from 'kysely'
import { engineOf } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import type { Customer } from './customers.ts'

export async function indexCustomer(tx: Tx, customer: Customer): Promise<void> {
  if (engineOf(tx) === 'postgres') return
  await sql`insert or replace into customer_search (rowid, email, firstname, lastname)
    values (${customer.seq}, ${customer.email_key ?? ''}, ${customer.firstname}, ${customer.lastname})`.execute(tx)
}

export async function unindexCustomer(tx: Tx, customer: Customer): Promise<void> {
  if (engineOf(tx) === 'postgres') return
  await sql`delete from customer_search where rowid = ${customer.seq}`.execute(tx)
}

export interface CustomerFilter {
  /** Parts, compared without regard to case. */
  email?: string | undefined
  firstname?: string | undefined
  lastname?: string | undefined
  /** Instants, both inclusive. */
  createdFrom?: number | undefined
  createdTo?: number | undefined
  limit: number
  offset: number
}

/** Customers in the order in which they came. Deleted ones are left out. */
export function listCustomers(db: Reader, filter: CustomerFilter): Promise<Customer[]> {
  let query = db.selectFrom('customers').selectAll().where('deleted_at', 'is', null)
  if (filter.createdFrom !== undefined) query = query.where('created_at', '>=', filter.createdFrom)
  if (filter.createdTo !== undefined) query = query.where('created_at', '<=', filter.createdTo)
  const parts = [
    ['email', sql<string>`email_key`, filter.email],
    ['firstname', sql<string>`lower(firstname)`, filter.firstname],
    ['lastname', sql<string>`lower(lastname)`, filter.lastname],
  ] as const
  const indexed: string[] = []
  for (const [column, expression, part] of parts) {
    if (part === undefined) continue
    const folded = part.toLowerCase()
    query = query.where(sql<boolean>`${expression} like ${`%${escapeLike(folded)}%`} escape '\\'`)
    // Trigrams cannot find fewer than three letters; those match so many that the walk in order ends early.
    if (folded.length >= 3) indexed.push(`${column} : "${folded.replaceAll('"', '""')}"`)
  }
  if (indexed.length > 0 && engineOf(db) === 'sqlite') {
    query = query.where(
      sql<boolean>`seq in (select rowid from customer_search where customer_search match ${indexed.join(' AND ')})`,
    )
  }
  return query.orderBy('created_at').orderBy('seq').limit(filter.limit).offset(filter.offset).execute()
}

/** A text as it must stand in a LIKE pattern with `\` as escape, to mean itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
