// Finding customers by a part of their address or name. SQLite keeps a trigram index of its own beside the table;
// PostgreSQL has trigram indexes on the columns.
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { engineOf } from '../../db/differences.ts'
import type { Tables } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { Invalid } from '../../lib/errors.ts'
import { escapeLike, fold } from '../../lib/fold.ts'
import type { Customer } from './customers.ts'

export async function indexCustomer(tx: Tx, customer: Customer): Promise<void> {
  if (engineOf(tx) === 'postgres') return
  await sql`insert or replace into customer_search (rowid, email, firstname, lastname)
    values (${customer.seq}, ${customer.email_key ?? ''}, ${customer.firstname_key}, ${customer.lastname_key})`.execute(
    tx,
  )
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
  /** A part of any of the three. */
  search?: string | undefined
  companyId?: string | undefined
  groupId?: string | undefined
  /** Instants, both inclusive. */
  createdFrom?: number | undefined
  createdTo?: number | undefined
  /** The list goes from the newest to the oldest; without it, the other way. */
  newestFirst?: boolean | undefined
  /** From `customerCursor` of the last row of the page before. */
  cursor?: string | undefined
  limit: number
  offset?: number | undefined
}

/** Where a list can be continued after this row. */
export const customerCursor = (row: Pick<Customer, 'created_at' | 'seq'>): string =>
  `${row.created_at.toString(36)}-${row.seq.toString(36)}`

function parseCursor(cursor: string): { createdAt: number; seq: number } {
  const match = /^([0-9a-z]{1,10})-([0-9a-z]{1,10})$/.exec(cursor)
  if (!match?.[1] || !match[2]) throw new Invalid('cursor', 'is not a cursor that this list has given out')
  return { createdAt: Number.parseInt(match[1], 36), seq: Number.parseInt(match[2], 36) }
}

/** Customers in the order in which they came. Deleted ones are left out. */
export async function listCustomers(db: Reader, filter: CustomerFilter): Promise<Customer[]> {
  const direction = filter.newestFirst ? 'desc' : 'asc'
  let query = db
    .selectFrom('customers')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where((where) => where.and(partConditions(where, filter)))
    .orderBy('created_at', direction)
    .orderBy('seq', direction)
    .limit(filter.limit)
    .offset(filter.offset ?? 0)
  if (filter.createdFrom !== undefined) query = query.where('created_at', '>=', filter.createdFrom)
  if (filter.createdTo !== undefined) query = query.where('created_at', '<=', filter.createdTo)
  if (filter.companyId !== undefined) query = query.where('company_id', '=', filter.companyId)
  if (filter.cursor !== undefined) {
    const { createdAt, seq } = parseCursor(filter.cursor)
    const comparison = filter.newestFirst ? sql`<` : sql`>`
    query = query.where(sql<SqlBool>`(created_at, seq) ${comparison} (${createdAt}, ${seq})`)
  }
  const ways: (Expression<SqlBool> | undefined)[] = [await byText(db, filter), await byGroup(db, filter)]
  for (const way of ways) if (way) query = query.where(way)
  return query.execute()
}

const columns = { email: 'email_key', firstname: 'firstname_key', lastname: 'lastname_key' } as const
type Column = keyof typeof columns
const allColumns: readonly Column[] = ['email', 'firstname', 'lastname']

/** The parts that are looked for, folded as the columns are. */
function partsOf(filter: CustomerFilter): { part: string; among: readonly Column[] }[] {
  const parts = allColumns.map((column) => ({ text: filter[column], among: [column] as readonly Column[] }))
  return [...parts, { text: filter.search, among: allColumns }].flatMap(({ text, among }) =>
    text === undefined
      ? []
      : [{ part: among[0] === 'email' && among.length === 1 ? emailKey(text) : fold(text.trim()), among }],
  )
}

const partConditions = (where: ExpressionBuilder<Tables, 'customers'>, filter: CustomerFilter) =>
  partsOf(filter).map(({ part, among }) =>
    where.or(
      among.map((column) => sql<SqlBool>`${sql.ref(columns[column])} like ${`%${escapeLike(part)}%`} escape '\\'`),
    ),
  )

// SQLite cannot know how many rows a part will match. Few: the index finds them, and they are put in order. Many: walking
// through all customers in order and looking at each ends early, while sorting all that match would take seconds.
const FEW = 5_000

/** The condition that lets SQLite use its search index, where that pays. */
async function byText(db: Reader, filter: CustomerFilter): Promise<Expression<SqlBool> | undefined> {
  if (engineOf(db) === 'postgres') return undefined
  const terms = partsOf(filter)
    // Trigrams cannot find fewer than three letters.
    .filter(({ part }) => [...part].length >= 3)
    .map(({ part, among }) => `{${among.join(' ')}} : "${part.replaceAll('"', '""')}"`)
  if (terms.length === 0) return undefined
  const found = sql`select rowid from customer_search where customer_search match ${terms.join(' AND ')}`
  if (!(await isFew(db, found))) return undefined
  return sql<SqlBool>`seq in (${found})`
}

async function byGroup(db: Reader, filter: CustomerFilter): Promise<Expression<SqlBool> | undefined> {
  if (filter.groupId === undefined) return undefined
  const members = sql`select member_id from group_members where group_id = ${filter.groupId} and member_type = 'customer'`
  if (engineOf(db) === 'postgres' || (await isFew(db, members))) return sql<SqlBool>`id in (${members})`
  return sql<SqlBool>`exists (select 1 from group_members where member_type = 'customer'
    and member_id = customers.id and group_id = ${filter.groupId})`
}

async function isFew(db: Reader, rows: Expression<unknown>): Promise<boolean> {
  const { rows: counted } = await sql<{ n: number }>`
    select count(*) as n from (${rows} limit ${sql.lit(FEW)})`.execute(db)
  return (counted[0]?.n ?? 0) < FEW
}
