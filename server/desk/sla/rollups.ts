// Answered clocks added up by hour (in UTC), for everything, each agent and each level, in each department and in all of
// them together. They follow from the clocks alone: whoever empties and fills them again gets the same rows.
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../db/write.ts'
import { floored, HOUR } from '../metrics/time.ts'

/** Word for word as in the indexes: only so does SQLite see that they fit. */
export const answered = sql`outcome in ('met', 'late')`

/** What a row holds of clocks that ended alike. */
const sumsOf = (outcome: 'met' | 'late'): RawBuilder<unknown> => {
  const [those, name] = [sql.lit(outcome), (sum: string) => sql.ref(`${outcome}_${sum}`)]
  return sql`count(case when outcome = ${those} then 1 end) as ${name('count')},
    cast(coalesce(sum(case when outcome = ${those} then seconds end), 0) as bigint) as ${name('sum')},
    max(case when outcome = ${those} then seconds end) as ${name('max')},
    min(case when outcome = ${those} then seconds end) as ${name('min')}`
}

/** All sums of clocks. */
export const clockSums = sql`${sumsOf('met')}, ${sumsOf('late')}`

const ofSums = (outcome: string): RawBuilder<unknown> => {
  const name = (sum: string) => sql.ref(`${outcome}_${sum}`)
  return sql`cast(sum(${name('count')}) as bigint) as ${name('count')}, cast(sum(${name('sum')}) as bigint) as ${name('sum')},
    max(${name('max')}) as ${name('max')}, min(${name('min')}) as ${name('min')}`
}

/** The same sums of rows that have them. */
export const sumsOfSums = sql`${ofSums('met')}, ${ofSums('late')}`

/** The rows that these clocks make. */
export const clockRollupsOf = (clocks: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  with source as materialized (
    select service, department_id, agent_id, level_id, ${floored(sql.ref('closed_at'), HOUR)} as at,
      outcome, seconds
    from sla_clocks where ${answered} and ${clocks}
  ), things as materialized (
    select 'all' as dimension, service, '' as id, department_id, at, ${clockSums}
    from source group by service, department_id, at
    union all
    select 'agent', service, agent_id, department_id, at, ${clockSums}
    from source group by service, agent_id, department_id, at
    union all
    select 'level', service, level_id, department_id, at, ${clockSums}
    from source group by service, level_id, department_id, at
  )
  select * from things
  union all
  select dimension, service, id, '', at, ${sumsOfSums} from things group by dimension, service, id, at`

const sums = ['count', 'sum', 'max', 'min'] as const
/** The columns that are compared and added. */
export const sumColumns = (['met', 'late'] as const).flatMap((outcome) =>
  sums.map((sum) => `${outcome}_${sum}` as const),
)

const added = (column: string): RawBuilder<unknown> => {
  const [mine, theirs] = [sql.ref(`sla_rollups.${column}`), sql.ref(`excluded.${column}`)]
  if (column.endsWith('_max'))
    return sql`case when ${mine} >= ${theirs} or ${theirs} is null then ${mine} else ${theirs} end`
  if (column.endsWith('_min'))
    return sql`case when ${mine} <= ${theirs} or ${theirs} is null then ${mine} else ${theirs} end`
  return sql`${mine} + ${theirs}`
}

export const rollupKey = sql`dimension, service, id, department_id, at`

/** Adds clocks to the rollups. */
export async function addClocks(tx: Tx, clocks: RawBuilder<unknown>): Promise<void> {
  const columns = sql.join(sumColumns.map((column) => sql.ref(column)))
  const changes = sql.join(sumColumns.map((column) => sql`${sql.ref(column)} = ${added(column)}`))
  await sql`
    insert into sla_rollups (${rollupKey}, ${columns})
    select ${rollupKey}, ${columns} from (${clockRollupsOf(clocks)}) as added where true order by 1, 2, 3, 4, 5
    on conflict (${rollupKey}) do update set ${changes}`.execute(tx)
}
