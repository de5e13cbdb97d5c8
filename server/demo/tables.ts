// The tables that a history is loaded into, and rows for them as flat lists of values: those can be bound to a statement,
// and handed to another thread, as they are.

import type { countRows } from '../desk/departments/counts.ts'

type Kind = 'text' | 'bigint'

export interface TableShape {
  name: string
  /** Columns in the order of the values, with the type that PostgreSQL is told. */
  columns: readonly (readonly [name: string, kind: Kind])[]
  /** Columns that are the same in every row, with their SQL. */
  constants: readonly (readonly [name: string, sql: string])[]
}

/** `name#` is a number, `name=…` is the same for all. */
function table(name: string, text: string): TableShape {
  const words = text.split(' ')
  const pair = (word: string): [string, string] => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]
  return {
    name,
    columns: words
      .filter((word) => !word.includes('='))
      .map((word) => (word.endsWith('#') ? [word.slice(0, -1), 'bigint'] : [word, 'text'])),
    constants: words.filter((word) => word.includes('=')).map(pair),
  }
}

export const shapes = {
  customers: table(
    'customers',
    'seq# id user_id email email_key firstname firstname_key lastname lastname_key system_name role gender language phones company_id auth_epoch# created_at# changed_at# note=null custom_fields=null password_hash=null deleted_at=null',
  ),
  customerPhones: table('customer_phones', 'tail customer_id phone_key'),
  /** SQLite only: see desk/customers/search.ts. */
  customerSearch: table('customer_search', 'rowid# email firstname lastname'),
  groupMembers: table('group_members', 'group_id member_type member_id added_at#'),
  conversations: table(
    'conversations',
    'id code public_code department_id customer_id agent_id status channel subject subject_key preview groups_in# groups_out# created_by created_at# changed_at# waiting_since# first_assigned_at# first_resolved_at# cc=null custom_fields=null due_at# sla_level_id priority',
  ),
  groups: table('message_groups', "seq# conversation_id user_id rtype created_at# finished_at# rstatus='V'"),
  messages: table('messages', 'group_seq# conversation_id user_id rtype body created_at# is_html=0'),
  tags: table('conversation_tags', 'conversation_id tag_id added_at#'),
  facts: table('facts', 'kind at# conversation_id department_id channel agent_id seconds# sla_seconds#'),
  rollups: table('rollups', 'dimension department_id unit at# id kind count# seconds# sla_seconds#'),
  loadChanges: table('load_changes', 'service at# department_id agent_id delta#'),
  loadStays: table(
    'load_stays',
    'service department_id agent_id side# conversation_id item_id from_at# until_at# span#',
  ),
  loadCourses: table(
    'load_courses',
    'service department_id agent_id at# net# area# lowest# highest# first_at# last_at#',
  ),
  loadSums: table('load_sums', 'service department_id agent_id unit at# net#'),
  visitors: table('visitors', 'id token_hash customer_id name email page referrer language created_at# seen_at#'),
  chats: table(
    'chats',
    'group_seq# conversation_id visitor_id state agent_id started_at# queued_at# accepted_at# answered_at# ended_at# ended_by',
  ),
  calls: table(
    'calls',
    'group_seq# id conversation_id department_id direction state agent_id target_id caller callee status_before started_at# queued_at# round_at# answered_at# taken_at# talked# ended_at# ended_by was_online# heard_at# expires_at# reference=null',
  ),
  offers: table(
    'offers',
    'service item_id department_id agent_id offered_at# expires_at# accepted_at# while_online# ended_at# outcome',
  ),
  ratings: table(
    'ratings',
    'group_seq# conversation_id counted_in department_id channel agent_id customer_id user_id source grade comment rated_at# changed_at# removed_at=null',
  ),
  clocks: table(
    'sla_clocks',
    'conversation_id kind service level_id target# department_id customer_id agent_id started_at# due_at# warn_at# warned_at# breached_at# notice_at# closed_at# outcome seconds# created_at#',
  ),
  stretches: table('online_stretches', 'agent_id department_id service from_at# to_at# seen_at#'),
} as const satisfies Record<string, TableShape>

export type TableKey = keyof typeof shapes

/** In the order of storing: what is referred to comes first. */
export const tableKeys: readonly TableKey[] = [
  'customers',
  'customerSearch',
  'customerPhones',
  'groupMembers',
  'conversations',
  'groups',
  'messages',
  'tags',
  'facts',
  'loadChanges',
  'loadStays',
  'visitors',
  'chats',
  'calls',
  'offers',
  'ratings',
  'clocks',
  'stretches',
  'rollups',
  'loadCourses',
  'loadSums',
]
export type Value = string | number | null

/** Tables whose first column is a place within the portion until the row is stored, and of which rows. */
export const placesIn: Partial<Record<TableKey, 'customers' | 'groups'>> = {
  customers: 'customers',
  groups: 'groups',
  messages: 'groups',
  chats: 'groups',
  calls: 'groups',
  ratings: 'groups',
}

type Row = Readonly<Record<string, Value>>

/** Values of many rows of each table, one row after another. */
type Tables = Record<TableKey, Value[]>

/** What is stored in one transaction. */
export interface Portion extends Tables {
  /** What it adds to the counts of departments. */
  counts: ReturnType<typeof countRows>
  /** When agents were last asked to take a chat or call. */
  turns: readonly Turn[]
}

export interface Turn {
  department_id: string
  service: string
  agent_id: string
  at: number
}

export const emptyPortion = (): Portion => ({
  counts: [],
  turns: [],
  customers: [],
  customerPhones: [],
  customerSearch: [],
  groupMembers: [],
  conversations: [],
  groups: [],
  messages: [],
  tags: [],
  facts: [],
  rollups: [],
  loadChanges: [],
  loadStays: [],
  loadCourses: [],
  loadSums: [],
  visitors: [],
  chats: [],
  calls: [],
  offers: [],
  ratings: [],
  clocks: [],
  stretches: [],
})

/** Adds a row; what the table does not list is left out. */
export function append(portion: Portion, key: TableKey, row: Row): void {
  const values = portion[key]
  for (const [name] of shapes[key].columns) values.push(row[name] ?? null)
}

/** Changes a cell of a row by its place. */
export function set(portion: Portion, key: TableKey, row: number, column: string, value: Value): void {
  const { columns } = shapes[key]
  portion[key][row * columns.length + columns.findIndex(([name]) => name === column)] = value
}

export const rowCount = (portion: Portion, key: TableKey): number => portion[key].length / shapes[key].columns.length

/** Some columns of every row, without making an object of each row. */
export function* cellsOf(portion: Portion, key: TableKey, ...names: string[]): Generator<Value[]> {
  const values = portion[key]
  const { columns } = shapes[key]
  const places = names.map((name) => columns.findIndex(([column]) => column === name))
  for (let start = 0; start < values.length; start += columns.length)
    yield places.map((place) => values[start + place] ?? null)
}
