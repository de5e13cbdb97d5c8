// Rollups: facts added up by day and month (in UTC), for everything, each agent, channel and tag, in each department.
// Everything is there by hour too, and for all departments together: performance by day reads thousands of hours. Agents'
// hours would be nearly as many as the facts. They follow from the facts alone: whoever empties and fills them again gets
// the same rows.
import { type RawBuilder, sql } from 'kysely'
import { monthInUtc } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Whole multiples, also before 1970, where SQL's remainder is negative. */
const floored = (at: RawBuilder<unknown>, length: number): RawBuilder<number> =>
  sql<number>`${at} - ((${at} % ${sql.lit(length)}) + ${sql.lit(length)}) % ${sql.lit(length)}`

const sums = sql`count(*) as count, coalesce(sum(seconds), 0) as seconds,
  coalesce(sum(coalesce(sla_seconds, seconds)), 0) as sla_seconds`
const sumsOfSums = sql`sum(count) as count, sum(seconds) as seconds, sum(sla_seconds) as sla_seconds`

/** For each agent, each channel, and each tag that the conversations carry now, by day. */
const eachOfThem = sql`
  select 'agent' as dimension, department_id, agent_id as id, day as at, kind, ${sums} from source
  where agent_id is not null group by department_id, agent_id, day, kind
  union all
  select 'channel', department_id, channel, day, kind, ${sums} from source group by department_id, channel, day, kind
  union all
  select 'tag', department_id, tag_id, day, kind, ${sums} from source
  join conversation_tags on conversation_tags.conversation_id = source.conversation_id
  group by department_id, tag_id, day, kind`

const oneTag = (tagId: string): RawBuilder<unknown> => sql`
  select 'tag' as dimension, department_id, cast(${tagId} as text) as id, day as at, kind, ${sums} from source
  group by department_id, day, kind`

/** The rows that these facts make. `tagId`: only those of a tag, as if all of the facts were of conversations with it. */
export function rollupsOf(db: Reader, facts: RawBuilder<unknown>, tagId?: string): RawBuilder<unknown> {
  const at = sql.ref('at')
  const everything = tagId === undefined ? sql`1 = 1` : sql`1 = 0`
  return sql`
    with source as materialized (
      select ${floored(at, HOUR)} as hour, ${floored(at, DAY)} as day, kind, seconds, sla_seconds, department_id, channel,
        agent_id, conversation_id
      from facts where ${facts}
    ), everywhere as materialized (
      select department_id, hour, kind, ${sums} from source where ${everything} group by department_id, hour, kind
    ), hours as materialized (
      select department_id, hour as at, kind, count, seconds, sla_seconds from everywhere
      union all
      select '', hour, kind, ${sumsOfSums} from everywhere group by hour, kind
    ), days as materialized (
      select 'all' as dimension, department_id, '' as id, ${floored(at, DAY)} as at, kind, ${sumsOfSums} from hours
      group by department_id, ${sql.lit(4)}, kind
      union all
      ${tagId === undefined ? eachOfThem : oneTag(tagId)}
    )
    select 'all' as dimension, department_id, 'hour' as unit, at, '' as id, kind, count, seconds, sla_seconds from hours
    union all
    select dimension, department_id, 'day', at, id, kind, count, seconds, sla_seconds from days
    union all
    select dimension, department_id, 'month', ${monthInUtc(db, at)} as at, id, kind, ${sumsOfSums} from days
    group by dimension, department_id, ${sql.lit(4)}, id, kind`
}

/** Adds facts to the rollups, or takes them out. In the order of the key: two that want the same rows meet in one order. */
export async function addToRollups(tx: Tx, facts: RawBuilder<unknown>, tag?: { id: string; sign: 1 | -1 }) {
  const sign = sql.lit(tag?.sign ?? 1)
  await sql`
    insert into rollups (dimension, department_id, unit, at, id, kind, count, seconds, sla_seconds)
    select dimension, department_id, unit, at, id, kind, count * ${sign}, seconds * ${sign}, sla_seconds * ${sign}
    from (${rollupsOf(tx, facts, tag?.id)}) as added where true order by 1, 2, 3, 4, 5, 6
    on conflict (dimension, department_id, unit, at, id, kind)
    do update set count = rollups.count + excluded.count, seconds = rollups.seconds + excluded.seconds,
      sla_seconds = rollups.sla_seconds + excluded.sla_seconds`.execute(tx)
  // Nothing left is no row: rollups made anew would not have it.
  if (tag?.sign === -1) await tx.deleteFrom('rollups').where('count', '=', sql.lit(0)).execute()
}

/** Up to which number facts are in the rollups. */
export async function rollupPosition(db: Reader): Promise<number> {
  const row = await db.selectFrom('rollup_positions').select('seq').where('name', '=', 'facts').executeTakeFirst()
  return row?.seq ?? 0
}
