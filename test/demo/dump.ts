// All that a desk stores about its history, with names instead of identifiers: two desks with the same history are equal.
import type { Reader } from '../../server/db/write.ts'
import { idOfRow } from '../../server/lib/ids.ts'

type Row = Record<string, unknown>

const PERSONAL = ['agents', 'customers'] as const

/** What each identifier stands for. */
export async function namesOfIds(db: Reader): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const table of PERSONAL)
    for (const row of await db.selectFrom(table).selectAll().execute()) names.set(row.id, `${table} ${row.email}`)
  for (const { user_id, email } of await db.selectFrom('customers').select(['user_id', 'email']).execute())
    names.set(user_id, `user ${email}`)
  for (const { contact_id, email } of await db.selectFrom('agents').select(['contact_id', 'email']).execute())
    names.set(contact_id, `contact ${email}`)
  for (const table of ['departments', 'companies', 'tags', 'customer_groups'] as const)
    for (const { id, name } of await db.selectFrom(table).select(['id', 'name']).execute())
      names.set(id, `${table} ${name}`)
  const conversations = await db
    .selectFrom('conversations')
    .select(['id', 'code', 'public_code'])
    .orderBy('created_at')
    .orderBy('subject')
    .execute()
  for (const [number, { id, code, public_code }] of conversations.entries()) {
    names.set(id, `conversation ${number}`).set(code, `code ${number}`).set(public_code, `public ${number}`)
    const groups = await db
      .selectFrom('message_groups')
      .select('seq')
      .where('conversation_id', '=', id)
      .orderBy('seq')
      .execute()
    for (const [place, { seq }] of groups.entries()) names.set(`g${idOfRow(seq)}`, `group ${number}.${place}`)
    const messages = await db
      .selectFrom('messages')
      .select('seq')
      .where('conversation_id', '=', id)
      .orderBy('seq')
      .execute()
    for (const [place, { seq }] of messages.entries()) names.set(`m${idOfRow(seq)}`, `message ${number}.${place}`)
  }
  return names
}

const TABLES = [
  'customers',
  'group_members',
  'conversations',
  'message_groups',
  'messages',
  'conversation_tags',
  'facts',
  'load_changes',
  'load_days',
  'department_counts',
] as const

/** The rows of every table of the history. Sorted, since the order in which rows were stored may differ. */
export async function dump(db: Reader): Promise<Record<string, Row[]>> {
  const names = await namesOfIds(db)
  const tables: Record<string, Row[]> = {}
  for (const table of TABLES) {
    const rows: Row[] = await db.selectFrom(table).selectAll().execute()
    tables[table] = rows
      .filter(saysSomething)
      .map((row) => named(table, row, names))
      .sort(byText)
  }
  return tables
}

/** A sum of zero, left behind by one up and one down, says the same as no row. */
const saysSomething = ({ delta, conversations }: Row): boolean => delta !== 0 && conversations !== 0

function named(table: string, row: Row, names: ReadonlyMap<string, string>): Row {
  const { seq, group_seq, ...columns } = row
  const result: Row = {}
  for (const [column, value] of Object.entries(columns))
    result[column] = typeof value === 'string' ? (names.get(value) ?? value) : value
  if (table === 'message_groups') result.seq = names.get(`g${idOfRow(Number(seq))}`)
  if (table === 'messages') {
    result.seq = names.get(`m${idOfRow(Number(seq))}`)
    result.group_seq = names.get(`g${idOfRow(Number(group_seq))}`)
  }
  return result
}

const byText = (a: Row, b: Row): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
