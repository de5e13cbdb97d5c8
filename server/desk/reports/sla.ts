// Clocks of promised answers in reports: each one that was answered, and how many of a day were met and missed.
import { type Expression, type SqlBool, sql } from 'kysely'
import { sliced } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import type { Service } from '../metrics/load.ts'
import { boundsOf, clip, type Interval, listIntervals, type Page, type Range } from './range.ts'
import type { Scope } from './scope.ts'

export interface SlaScope extends Scope {
  service: Service
  /** Ids; undefined: all. */
  customerId?: string | undefined
  levelId?: string | undefined
}

// Word for word as in the indexes: only so does SQLite see that they fit.
const answered = sql<SqlBool>`outcome in ('met', 'late')`

function conditions({ service, departmentIds, agentId, customerId, levelId }: SlaScope): Expression<SqlBool>[] {
  const is = (column: string, value: string | undefined): Expression<SqlBool>[] =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} = ${value}`]
  const among = (ids: readonly string[]): Expression<SqlBool> =>
    ids.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`department_id in (${sql.join(ids)})`
  return [
    answered,
    ...is('service', service),
    ...(departmentIds === undefined ? [] : [among(departmentIds)]),
    ...is('agent_id', agentId),
    ...is('customer_id', customerId),
    ...is('level_id', levelId),
  ]
}

/** The query behind a page of answered clocks, by the time of their answers. */
export const logQuery = (db: Reader, scope: SlaScope, { from, before }: Range, { offset, limit }: Page) => {
  // The page first, then the names: of a deep page, only its own rows are joined.
  const page = db
    .selectFrom('sla_clocks')
    .selectAll()
    .where((eb) => eb.and([...conditions(scope), eb('closed_at', '>=', from), eb('closed_at', '<', before)]))
    .orderBy('closed_at')
    .orderBy('seq')
    .limit(limit)
    .offset(offset)
  return db
    .selectFrom(page.as('page'))
    .innerJoin('conversations', 'conversations.id', 'page.conversation_id')
    .innerJoin('departments', 'departments.id', 'page.department_id')
    .innerJoin('sla_levels', 'sla_levels.id', 'page.level_id')
    .innerJoin('customers', 'customers.id', 'page.customer_id')
    .leftJoin('agents', 'agents.id', 'page.agent_id')
    .select([
      'page.seq',
      'page.conversation_id',
      'page.department_id',
      'page.level_id',
      'page.agent_id',
      'page.customer_id',
      'page.started_at',
      'page.due_at',
      'conversations.code',
      'departments.name as department_name',
      'sla_levels.name as level_name',
      'agents.firstname as agent_firstname',
      'agents.lastname as agent_lastname',
      'customers.firstname as customer_firstname',
      'customers.lastname as customer_lastname',
    ])
    .select((eb) => eb.fn.coalesce('page.closed_at', sql.lit(0)).as('closed_at'))
    .orderBy('page.closed_at')
    .orderBy('page.seq')
}

export type LoggedClock = Awaited<ReturnType<typeof listAnsweredClocks>>[number]

export const listAnsweredClocks = async (db: Reader, scope: SlaScope, range: Range, page: Page) =>
  range.from >= range.before ? [] : logQuery(db, scope, range, page).execute()

/** Seconds of business time until the answers of clocks that ended alike. All are 0 where there were none. */
export interface Outcomes {
  count: number
  avg: number
  max: number
  min: number
}

export interface Compliance extends Interval {
  met: Outcomes
  late: Outcomes
}

/** The query behind `complianceByDay`. */
export const complianceQuery = (db: Reader, scope: SlaScope, bounds: readonly number[]) =>
  db
    .selectFrom(sliced(db, 'sla_clocks', bounds))
    .select([
      'position',
      'outcome',
      sql<number>`count(*)`.as('count'),
      sql<number>`cast(sum(seconds) as bigint)`.as('sum'),
      sql<number>`max(seconds)`.as('max'),
      sql<number>`min(seconds)`.as('min'),
    ])
    .where((eb) => eb.and(conditions(scope)))
    .groupBy(['position', 'outcome'])

/** How the clocks ended that were answered on each day that a range touches. */
export async function complianceByDay(db: Reader, scope: SlaScope, range: Range, page: Page): Promise<Compliance[]> {
  const days = listIntervals(range, 'day', page)
  if (days.length === 0) return []
  const rows = await complianceQuery(db, scope, boundsOf(days.map((day) => clip(day, range)))).execute()
  const outcomes = (day: number, outcome: 'met' | 'late'): Outcomes => {
    const row = rows.find((found) => found.position === day && found.outcome === outcome)
    if (!row) return { count: 0, avg: 0, max: 0, min: 0 }
    const { count, sum, max, min } = row
    return { count, avg: Math.round(sum / count), max, min }
  }
  return days.map((day, index) => ({ ...day, met: outcomes(index, 'met'), late: outcomes(index, 'late') }))
}
