// All that a desk stores about its history, with names instead of identifiers: two desks with the same history are equal.
import { sql } from 'kysely'
import type { Tables } from '../../server/db/schema.ts'
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
  for (const table of ['departments', 'companies', 'tags', 'customer_groups', 'sla_levels'] as const)
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
  for (const { id, conversation_id } of await db.selectFrom('calls').select(['id', 'conversation_id']).execute())
    names.set(id, `call of ${names.get(conversation_id)}`)
  const chats = await db.selectFrom('chats').select(['visitor_id', 'conversation_id']).execute()
  for (const { visitor_id, conversation_id } of chats) names.set(visitor_id, `visitor of ${names.get(conversation_id)}`)
  return names
}

const TABLES = [
  'customers',
  'customer_phones',
  'group_members',
  'conversations',
  'message_groups',
  'messages',
  'conversation_tags',
  'facts',
  'load_changes',
  'load_stays',
  'department_counts',
  'sla_clocks',
  'visitors',
  'chats',
  'calls',
  'ratings',
  'offers',
] as const

/** The rows of every table of the history. Sorted, since the order in which rows were stored may differ. */
export async function dump(db: Reader): Promise<Record<string, Row[]>> {
  const names = await namesOfIds(db)
  const tables: Record<string, Row[]> = {}
  for (const table of TABLES) tables[table] = await rowsOf(db, table, names)
  return tables
}

/** Who was online when, told in the same way. Until when it is proven says nothing of what has ended. */
export const dumpPresence = async (db: Reader): Promise<Row[]> =>
  (await rowsOf(db, 'online_stretches', await namesOfIds(db))).map(({ seen_at: _, ...row }) => row)

async function rowsOf(db: Reader, table: keyof Tables, names: ReadonlyMap<string, string>): Promise<Row[]> {
  const { rows } = await sql<Row>`select * from ${sql.table(table)}`.execute(db)
  return rows
    .filter(saysSomething)
    .map((row) => named(table, row, names))
    .sort(byText)
}

/** A sum of zero, left behind by one up and one down, says the same as no row, and so does a stay without length. */
const saysSomething = ({ delta, conversations, from_at, until_at }: Row): boolean =>
  delta !== 0 && conversations !== 0 && (from_at === undefined || from_at !== until_at)

function named(table: string, row: Row, names: ReadonlyMap<string, string>): Row {
  const { seq, group_seq, ...columns } = row
  const result: Row = {}
  for (const [column, value] of Object.entries(columns))
    result[column] = typeof value === 'string' ? (names.get(value) ?? value) : value
  // Drawn, and known to nobody.
  if (table === 'visitors') result.token_hash = 'of a token'
  if (['chats', 'calls', 'ratings'].includes(table)) result.group_seq = names.get(`g${idOfRow(Number(group_seq))}`)
  if (table === 'message_groups') result.seq = names.get(`g${idOfRow(Number(seq))}`)
  if (table === 'messages') {
    result.seq = names.get(`m${idOfRow(Number(seq))}`)
    result.group_seq = names.get(`g${idOfRow(Number(group_seq))}`)
  }
  return result
}

const byText = (a: Row, b: Row): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
