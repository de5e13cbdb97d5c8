// Rollups: facts added up by hour, day and month (in UTC), for everything, each agent, channel and tag, in each department.
// Everything is there for all departments together, too, and by half-hour: performance by hour reads thousands of rows, and
// the hours of India begin half an hour later. They follow from the facts alone: whoever empties and fills them again gets
// the same rows.
import { type RawBuilder, sql } from 'kysely'
import { monthInUtc } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { DAY, floored, HALF_HOUR, HOUR } from './time.ts'

const sums = sql`count(*) as count, coalesce(sum(seconds), 0) as seconds,
  coalesce(sum(coalesce(sla_seconds, seconds)), 0) as sla_seconds`
const sumsOfSums = sql`sum(count) as count, sum(seconds) as seconds, sum(sla_seconds) as sla_seconds`

const hourOfHalf = floored(sql.ref('half'), HOUR)

/** The facts of hours for each agent, each channel, and each tag that the conversations carry now. */
const eachOfThem = sql`
  select 'agent' as dimension, department_id, agent_id as id, hour as at, kind, ${sums} from source
  where agent_id is not null group by department_id, agent_id, hour, kind
  union all
  select 'channel', department_id, channel, hour, kind, ${sums} from source group by department_id, channel, hour, kind
  union all
  select 'tag', department_id, tag_id, hour, kind, ${sums} from source
  join conversation_tags on conversation_tags.conversation_id = source.conversation_id
  group by department_id, tag_id, hour, kind
  union all
  select 'all', department_id, '', ${hourOfHalf}, kind, ${sumsOfSums} from halves group by department_id, ${sql.lit(4)}, kind`

const halvesOfAll = sql`
  select department_id, half, kind, ${sums} from source group by department_id, half, kind
  union all
  select '', half, kind, ${sums} from source group by half, kind`

const oneTag = (tagId: string): RawBuilder<unknown> => sql`
  select 'tag' as dimension, department_id, cast(${tagId} as text) as id, hour as at, kind, ${sums} from source
  group by department_id, hour, kind`

/** The rows that these facts make. `tagId`: only those of a tag, as if all of the facts were of conversations with it. */
export function rollupsOf(db: Reader, facts: RawBuilder<unknown>, tagId?: string): RawBuilder<unknown> {
  const at = sql.ref('at')
  return sql`
    with source as materialized (
      select ${floored(at, HOUR)} as hour, ${floored(at, HALF_HOUR)} as half, kind, seconds, sla_seconds, department_id, channel, agent_id, conversation_id
      from facts where ${facts}
    ), halves as materialized (${halvesOfAll}),
    hours as materialized (${tagId === undefined ? eachOfThem : oneTag(tagId)}),
    days as materialized (
      select dimension, department_id, id, ${floored(at, DAY)} as at, kind, ${sumsOfSums} from hours
      group by dimension, department_id, id, ${sql.lit(4)}, kind
    )
    select dimension, department_id, 'hour' as unit, at, id, kind, count, seconds, sla_seconds from hours
    union all
    select dimension, department_id, 'day', at, id, kind, count, seconds, sla_seconds from days
    union all
    select dimension, department_id, 'month', ${monthInUtc(db, at)} as at, id, kind, ${sumsOfSums} from days
    group by dimension, department_id, ${sql.lit(4)}, id, kind
    ${tagId === undefined ? sql`union all select 'all', department_id, 'half', half, '', kind, count, seconds, sla_seconds from halves` : sql``}`
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
