// Lists of conversations: newest change first, continued by cursor or by offset.
//
// Every list reads an index backwards and stops when the page is full, so it costs the same however many conversations
// there are. For that, each combination of equalities is a stream of its own (department D in status N; in status C; …),
// and the streams are merged: one `in (…)` would make the database collect and sort everything that matches.
import { type Expression, type SqlBool, sql } from 'kysely'
import { type LocalPattern, matchesLocalPattern } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { NORMAL } from '../../lib/priorities.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { type Conversation, type ConversationView, subjectKey, viewOf } from './conversation.ts'
import { statusLetters } from './letters.ts'

export interface ConversationFilter {
  customerId?: string | undefined
  departmentId?: string | undefined
  agentId?: string | undefined
  statuses?: readonly string[] | undefined
  channels?: readonly string[] | undefined
  priorities?: readonly string[] | undefined
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
  const streams = streamsOf(departments, filter).map((stream) => conditionsOf(db, stream, departments, filter))
  const [only, ...others] = streams
  if (!only) return undefined
  const { limit, offset } = filter
  if (others.length === 0)
    return viewOf(db)
      .where((eb) => eb.and(only))
      .orderBy('conversations.changed_at', 'desc')
      .orderBy('conversations.id', 'desc')
      .limit(limit)
      .offset(offset)
  const page = merged(db, only, others, limit + offset)
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
  priority?: string
}

/** Above this, merging would cost more than checking departments row by row (and SQLite takes 500 at most). */
const MAX_STREAMS = 100

function streamsOf(departments: readonly string[] | undefined, filter: ConversationFilter): Stream[] {
  const { agentId, customerId, statuses } = filter
  if (departments?.length === 0 || statuses?.length === 0) return []
  // A customer has few conversations and a subject is rare: one stream will do.
  if (customerId !== undefined) return [{ customer_id: customerId }]
  if (filter.subject !== undefined) return [{}]
  // Few are not normal, whatever else is asked of them.
  if (filter.priorities && !filter.priorities.includes(NORMAL))
    return filter.priorities.map((priority) => ({ priority }))
  const byStatus: Stream[] = (statuses ?? statusLetters).map((status) => ({ status }))
  if (agentId !== undefined) return byStatus.map((stream) => ({ ...stream, agent_id: agentId }))
  if (departments && departments.length * byStatus.length <= MAX_STREAMS)
    return departments.flatMap((id) => byStatus.map((stream) => ({ ...stream, department_id: id })))
  return statuses ? byStatus : [{}]
}

type Condition = Expression<SqlBool>

const column = (name: keyof Conversation) => sql.ref(`conversations.${name}`)
const equals = (name: keyof Conversation, value: string): Condition => sql<SqlBool>`${column(name)} = ${value}`
const isOneOf = (name: keyof Conversation, values: readonly string[]): Condition =>
  sql<SqlBool>`${column(name)} in (${sql.join(values)})`
const isOneOfNotLookedUp = (name: keyof Conversation, values: readonly string[]): Condition =>
  sql<SqlBool>`${column(name)} || '' in (${sql.join(values)})`

/** What a row of a stream must meet. */
function conditionsOf(
  db: Reader,
  stream: Stream,
  departments: readonly string[] | undefined,
  filter: ConversationFilter,
): Condition[] {
  const { agentId, statuses, subject, channels, priorities } = filter
  const conditions: Condition[] = []
  for (const name of ['customer_id', 'agent_id', 'department_id', 'status', 'priority'] as const) {
    const value = stream[name]
    if (value !== undefined) conditions.push(equals(name, value))
  }
  // Adding nothing keeps the index of what is common out of the plan of what is rare.
  const rest = stream.priority === undefined ? isOneOf : isOneOfNotLookedUp
  if (departments && stream.department_id === undefined) conditions.push(rest('department_id', departments))
  if (agentId !== undefined && stream.agent_id === undefined) conditions.push(rest('agent_id', [agentId]))
  if (statuses && stream.status === undefined) conditions.push(rest('status', statuses))
  if (subject !== undefined) conditions.push(equals('subject_key', subjectKey(subject)))
  if (channels) conditions.push(isOneOf('channel', channels))
  // Word for word as in the index of the others: only so do engines see that it fits.
  if (stream.priority !== undefined) conditions.push(sql<SqlBool>`${column('priority')} <> 'normal'`)
  else if (priorities) conditions.push(isOneOf('priority', priorities))
  return [...conditions, ...dateConditions(db, filter)]
}

/** The streams in one order. Each gives at most what the page needs, so that the merge stays small. */
function merged(db: Reader, first: readonly Condition[], others: readonly (readonly Condition[])[], wanted: number) {
  const bounded = (conditions: readonly Condition[]) =>
    db
      .selectFrom(
        db
          .selectFrom('conversations')
          .select(['id', 'changed_at'])
          .where((eb) => eb.and([...conditions]))
          .orderBy('changed_at', 'desc')
          .orderBy('id', 'desc')
          .limit(wanted)
          .as('stream'),
      )
      .selectAll()
  const union = others.reduce((all, conditions) => all.unionAll(bounded(conditions)), bounded(first))
  return db.selectFrom(union.as('streams')).selectAll().orderBy('changed_at', 'desc').orderBy('id', 'desc')
}

function dateConditions(db: Reader, filter: ConversationFilter): Condition[] {
  const conditions: Condition[] = []
  const changedAt = column('changed_at')
  const createdAt = column('created_at')
  const { changed, createdFrom, createdTo } = filter
  // Nothing changes before it was created: the lower bound of creation bounds the change, and that one is in the index.
  const from = Math.max(changed?.from ?? -Infinity, createdFrom ?? -Infinity)
  if (from !== -Infinity) conditions.push(sql<SqlBool>`${changedAt} >= ${from}`)
  if (changed?.before !== undefined) conditions.push(sql<SqlBool>`${changedAt} < ${changed.before}`)
  if (changed?.except)
    conditions.push(
      sql<SqlBool>`not (${changedAt} >= ${changed.except.from} and ${changedAt} < ${changed.except.before})`,
    )
  if (changed?.pattern) conditions.push(matchesLocalPattern(db, changedAt, changed.pattern))
  if (createdFrom !== undefined) conditions.push(sql<SqlBool>`${createdAt} >= ${createdFrom}`)
  if (createdTo !== undefined) conditions.push(sql<SqlBool>`${createdAt} <= ${createdTo}`)
  if (filter.cursor !== undefined) {
    const cursor = parseCursor(filter.cursor)
    conditions.push(sql<SqlBool>`(${changedAt}, ${column('id')}) < (${cursor.changedAt}, ${cursor.id})`)
  }
  return conditions
}
