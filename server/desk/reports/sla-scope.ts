// Which clocks of promised answers a report looks at, and which sums tell of them.
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Service } from '../metrics/load.ts'
import { answered } from '../sla/rollups.ts'
import type { Scope } from './scope.ts'

export interface SlaScope extends Scope {
  service: Service
  /** Ids; undefined: all. */
  customerId?: string | undefined
  levelId?: string | undefined
  /** Of lists only; undefined: both. */
  outcome?: 'met' | 'late' | undefined
}

/** `isTail`: of clocks that are found by their number. Adding nothing to a column keeps its index out of the plan. */
export function clocksOf(
  { service, departmentIds, agentId, customerId, levelId, outcome }: SlaScope,
  isTail = false,
): RawBuilder<SqlBool> {
  const nothing = isTail ? sql` || ''` : sql``
  const is = (column: string, value: string | undefined): Expression<SqlBool>[] =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)}${nothing} = ${value}`]
  const among = (ids: readonly string[]): Expression<SqlBool> =>
    ids.length === 0
      ? sql<SqlBool>`1 = 0`
      : ids.length === 1
        ? sql<SqlBool>`department_id${nothing} = ${ids[0]}`
        : sql<SqlBool>`department_id${nothing} in (${sql.join(ids)})`
  const all = [
    answered,
    ...is('service', service),
    ...(departmentIds === undefined ? [] : [among(departmentIds)]),
    ...is('agent_id', agentId),
    ...is('customer_id', customerId),
    ...is('level_id', levelId),
    ...is('outcome', outcome),
  ]
  return sql<SqlBool>`${sql.join(all, sql` and `)}`
}

/** What rollups tell of the clocks that are asked for; undefined: too narrow for them, and few. */
export function rolledBy({ departmentIds = [''], agentId, customerId, levelId }: SlaScope) {
  if (customerId !== undefined || (agentId !== undefined && levelId !== undefined)) return undefined
  const dimension = agentId !== undefined ? 'agent' : levelId !== undefined ? 'level' : 'all'
  return { dimension, id: agentId ?? levelId ?? '', departmentIds }
}

/** The condition on their rows, for each row of `places`. */
export const rollupsOf = (
  service: Service,
  { dimension, id }: { dimension: string; id: string },
): RawBuilder<SqlBool> =>
  sql<SqlBool>`sla_rollups.dimension = ${sql.lit(dimension)} and sla_rollups.service = ${service}
    and sla_rollups.id = ${id} and sla_rollups.department_id = places.id`

/** How far clocks have been added up, as a part of a query: see `afterPosition`. */
export const rolledUpTo = sql`rolled as materialized (select seq from rollup_positions where name = 'clocks')`
