// Lists of conversations: newest change first, continued by cursor or by offset.
//
// Every list reads an index backwards and stops when the page is full, so it costs the same however many conversations
// there are. For that, each combination of equalities is a stream of its own (department D in status N; in status C; …),
// and the streams are merged: one `in (…)` would make the database collect and sort everything that matches.
import { type Expression, type SqlBool, sql } from 'kysely'
import { type LocalPattern, matchesLocalPattern } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { type ConversationView, subjectKey, viewOf } from './conversation.ts'
import { statusLetters } from './letters.ts'

export interface ConversationFilter {
  customerId?: string | undefined
  departmentId?: string | undefined
  agentId?: string | undefined
  statuses?: readonly string[] | undefined
  channels?: readonly string[] | undefined
  subject?: string | undefined
  /** Instants, both inclusive. */
  createdFrom?: number | undefined
  createdTo?: number | undefined
  changed?: ChangedFilter | undefined
  /** From `cursorOf` of the last row of the page before. */
  cursor?: string | undefined
  limit: number
  offset: number
}

/** A condition on the date of the last change. Instants; ranges are half-open. */
export interface ChangedFilter {
  from?: number | undefined
  before?: number | undefined
  /** Excludes this range: for "not equal". */
  except?: { from: number; before: number } | undefined
  /** A pattern that the local date and time must match. */
  pattern?: LocalPattern | undefined
}

/** Where a list can be continued after this row. */
export const cursorOf = (row: { changed_at: number; id: string }): string => `${row.changed_at.toString(36)}-${row.id}`

function parseCursor(cursor: string): { changedAt: number; id: string } {
  const match = /^([0-9a-z]{1,10})-([0-9a-z]{8})$/.exec(cursor)
  if (!match?.[1] || !match[2]) throw new Invalid('cursor', 'is not a cursor that this list has given out')
  return { changedAt: Number.parseInt(match[1], 36), id: match[2] }
}

/** One page of the conversations that the actor may see. */
export async function listConversations(
  db: Reader,
  actor: Actor,
  filter: ConversationFilter,
): Promise<ConversationView[]> {
  return (await conversationsQuery(db, actor, filter)?.execute()) ?? []
}

/** The query behind the list; undefined where nothing can match. */
export function conversationsQuery(db: Reader, actor: Actor, filter: ConversationFilter) {
  const departments = allowedDepartments(actor, filter)
  const [first, ...others] = streamsOf(departments, filter).map((stream) =>
    streamQuery(db, stream, departments, filter),
  )
  if (!first) return undefined
  const { limit, offset } = filter
  const page =
    others.length === 0
      ? first.limit(limit).offset(offset)
      : merged(db, first, others, limit + offset)
          .limit(limit)
          .offset(offset)
  return viewOf(db)
    .innerJoin(page.as('page'), 'page.id', 'conversations.id')
    .orderBy('page.changed_at', 'desc')
    .orderBy('page.id', 'desc')
}

/** The departments to look in: those the actor may see, narrowed by the filter. Undefined: all. */
function allowedDepartments(actor: Actor, { departmentId }: ConversationFilter): readonly string[] | undefined {
  const visible = visibleDepartments(actor)
  if (departmentId === undefined) return visible
  return !visible || visible.includes(departmentId) ? [departmentId] : []
}

/** The equalities that an index begins with. What a stream does not settle is checked row by row. */
interface Stream {
  department_id?: string
  agent_id?: string
  customer_id?: string
  status?: string
}

function streamsOf(departments: readonly string[] | undefined, filter: ConversationFilter): Stream[] {
  if (departments?.length === 0 || filter.statuses?.length === 0) return []
  // A customer has few conversations and a subject is rare: one stream will do.
  if (filter.customerId !== undefined) return [{ customer_id: filter.customerId }]
  if (filter.subject !== undefined) return [{}]
  const { agentId, statuses } = filter
  if (agentId !== undefined) return (statuses ?? statusLetters).map((status) => ({ agent_id: agentId, status }))
  if (departments)
    return departments.flatMap((id) => (statuses ?? statusLetters).map((status) => ({ department_id: id, status })))
  return statuses ? statuses.map((status) => ({ status })) : [{}]
}

function streamQuery(
  db: Reader,
  stream: Stream,
  departments: readonly string[] | undefined,
  filter: ConversationFilter,
) {
  let query = db
    .selectFrom('conversations')
    .select(['id', 'changed_at'])
    .orderBy('changed_at', 'desc')
    .orderBy('id', 'desc')
  for (const column of ['customer_id', 'agent_id', 'department_id', 'status'] as const) {
    const value = stream[column]
    if (value !== undefined) query = query.where(column, '=', value)
  }
  if (departments && stream.department_id === undefined) query = query.where('department_id', 'in', departments)
  if (filter.agentId !== undefined && stream.agent_id === undefined)
    query = query.where('agent_id', '=', filter.agentId)
  if (filter.statuses && stream.status === undefined) query = query.where('status', 'in', filter.statuses)
  if (filter.subject !== undefined) query = query.where('subject_key', '=', subjectKey(filter.subject))
  if (filter.channels) query = query.where('channel', 'in', filter.channels)
  for (const condition of dateConditions(db, filter)) query = query.where(condition)
  return query
}

type StreamQuery = ReturnType<typeof streamQuery>

/** The streams in one order. Each gives at most what the page needs, so that the merge stays small. */
function merged(db: Reader, first: StreamQuery, others: readonly StreamQuery[], wanted: number) {
  const bounded = (query: StreamQuery) => db.selectFrom(query.limit(wanted).as('stream')).selectAll()
  const union = others.reduce((all, query) => all.unionAll(bounded(query)), bounded(first))
  return db.selectFrom(union.as('streams')).selectAll().orderBy('changed_at', 'desc').orderBy('id', 'desc')
}

function dateConditions(db: Reader, filter: ConversationFilter): Expression<SqlBool>[] {
  const conditions: Expression<SqlBool>[] = []
  const { changed, createdFrom, createdTo } = filter
  // Nothing changes before it was created: the lower bound of creation bounds the change, and that one is in the index.
  const from = Math.max(changed?.from ?? -Infinity, createdFrom ?? -Infinity)
  if (from !== -Infinity) conditions.push(sql<SqlBool>`changed_at >= ${from}`)
  if (changed?.before !== undefined) conditions.push(sql<SqlBool>`changed_at < ${changed.before}`)
  if (changed?.except)
    conditions.push(sql<SqlBool>`not (changed_at >= ${changed.except.from} and changed_at < ${changed.except.before})`)
  if (changed?.pattern) conditions.push(matchesLocalPattern(db, sql`changed_at`, changed.pattern))
  if (createdFrom !== undefined) conditions.push(sql<SqlBool>`created_at >= ${createdFrom}`)
  if (createdTo !== undefined) conditions.push(sql<SqlBool>`created_at <= ${createdTo}`)
  if (filter.cursor !== undefined) {
    const { changedAt, id } = parseCursor(filter.cursor)
    conditions.push(sql<SqlBool>`(changed_at, id) < (${changedAt}, ${id})`)
  }
  return conditions
}
