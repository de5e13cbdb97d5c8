// The one place that counts: the facts of a range for each agent, channel, department or tag, or for each interval. What
// has been added up comes from the rollups, the rest from the facts, in one statement: it sees one state of both.
import { type RawBuilder, sql } from 'kysely'
import { lookedUp, type Piece, piecesAsRows, textsAsRows } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { coverOf, type Span } from './cover.ts'
import type { Total, Totals } from './figures.ts'

/** `every`: all facts together. */
export type Dimension = 'agent' | 'channel' | 'department' | 'tag' | 'every'

interface Source {
  /** Of the rollups. */
  dimension: string
  /** The key of a rollup, and that of a fact. */
  ofRollup: RawBuilder<string>
  ofFact: RawBuilder<string | null>
}

const sources: Record<Dimension, Source> = {
  agent: { dimension: 'agent', ofRollup: sql.ref('rollups.id'), ofFact: sql.ref('facts.agent_id') },
  channel: { dimension: 'channel', ofRollup: sql.ref('rollups.id'), ofFact: sql.ref('facts.channel') },
  department: {
    dimension: 'all',
    ofRollup: sql.ref('rollups.department_id'),
    ofFact: sql.ref('facts.department_id'),
  },
  tag: { dimension: 'tag', ofRollup: sql.ref('rollups.id'), ofFact: sql.ref('conversation_tags.tag_id') },
  every: { dimension: 'all', ofRollup: sql`''`, ofFact: sql`''` },
}

/** A row of the answer. `at` is given for facts that are in no rollup yet, where the slices are several. */
interface Tally {
  position: number
  at: number | null
  key: string | null
  kind: string
  count: number
  seconds: number
  sla_seconds: number
}

/** The query behind the totals: what happened in each slice of time, which must not overlap. */
export function tallies(db: Reader, actor: Actor, dimension: Dimension, slices: readonly Span[]): RawBuilder<Tally> {
  const { dimension: stored, ofRollup, ofFact } = sources[dimension]
  const smallest = stored === 'all' ? 'hour' : 'day'
  const parts = slices.flatMap((slice, position) =>
    coverOf(slice, smallest).map((part): Piece => ({ position, ...part })),
  )
  const visible = visibleDepartments(actor)
  // A plain agent's reports count what happened in his departments.
  const places = visible
    ? textsAsRows(db, visible)
    : dimension === 'every'
      ? sql`select '' as id`
      : sql`select id from departments`
  const seen = visible ? sql`and facts.department_id in (select id from places)` : sql``
  // As the conversations are tagged now: a tag brings its conversation's earlier facts along.
  const tagged =
    dimension === 'tag'
      ? sql`join conversation_tags on conversation_tags.conversation_id = facts.conversation_id || ''`
      : sql``
  const first = slices[0]?.from ?? 0
  const last = slices.at(-1)?.before ?? first
  const [tailAt, tailGroup] = slices.length > 1 ? [sql`at`, sql`at, `] : [sql`cast(null as bigint)`, sql``]
  const sums = sql`count(*) as count, cast(coalesce(sum(seconds), 0) as bigint) as seconds,
    cast(coalesce(sum(coalesce(sla_seconds, seconds)), 0) as bigint) as sla_seconds`
  // Adding nothing (0, or '' above) keeps a column's index out of the plan, where the other condition has the better one.
  return sql<Tally>`
    with places as materialized (${places}),
    rolled as materialized (select seq from rollup_positions where name = 'facts'),
    whole as materialized (${piecesAsRows(
      db,
      parts.filter(({ unit }) => unit !== 'fact'),
    )}),
    ragged as materialized (${piecesAsRows(
      db,
      parts.filter(({ unit }) => unit === 'fact'),
    )}),
    edges as (
      select ragged.position, facts.* from ragged
      ${lookedUp(db, 'facts', sql`facts.at >= ragged.low and facts.at < ragged.high`)}
      and facts.seq + 0 <= (select seq from rolled)
    ),
    tail as (
      select facts.* from facts
      where facts.seq > (select seq from rolled) and facts.at + 0 >= ${first} and facts.at + 0 < ${last}
    )
    select whole.position as position, cast(null as bigint) as at, ${ofRollup} as key, kind,
      cast(sum(count) as bigint) as count, cast(sum(seconds) as bigint) as seconds,
      cast(sum(sla_seconds) as bigint) as sla_seconds
    from whole cross join places
    ${lookedUp(
      db,
      'rollups',
      sql`rollups.dimension = ${sql.lit(stored)} and rollups.department_id = places.id
        and rollups.unit = whole.unit and rollups.at >= whole.low and rollups.at < whole.high`,
    )}
    group by whole.position, ${sql.lit(3)}, kind
    union all
    select position, cast(null as bigint), ${ofFact}, kind, ${sums}
    from edges as facts ${tagged} where ${ofFact} is not null ${seen} group by position, ${sql.lit(3)}, kind
    union all
    select 0, ${tailAt}, ${ofFact}, kind, ${sums}
    from tail as facts ${tagged} where ${ofFact} is not null ${seen} group by ${tailGroup}${sql.lit(3)}, kind`
}

/** Totals by id of the agent, department or tag, or by letter of the channel. What has no facts is not there. */
export async function totalsBy(
  db: Reader,
  actor: Actor,
  dimension: Exclude<Dimension, 'every'>,
  span: Span,
): Promise<ReadonlyMap<string, Totals>> {
  if (span.from >= span.before) return new Map()
  const { rows } = await tallies(db, actor, dimension, [span]).execute(db)
  return collect(rows, ({ key }) => key)
}

/** Totals by number of the slice: slice 0 goes from the first bound up to the second, and so on. */
export async function totalsOfSlices(
  db: Reader,
  actor: Actor,
  bounds: readonly number[],
): Promise<ReadonlyMap<number, Totals>> {
  if (bounds.length < 2) return new Map()
  const slices = bounds.slice(1).map((before, index) => ({ from: bounds[index] ?? before, before }))
  const { rows } = await tallies(db, actor, 'every', slices).execute(db)
  return collect(rows, ({ at, position }) => (at === null ? position : sliceOf(bounds, at)))
}

/** The slice in which an instant between the first and the last bound lies. */
function sliceOf(bounds: readonly number[], at: number): number {
  let [low, high] = [0, bounds.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((bounds[middle] ?? 0) <= at) low = middle
    else high = middle
  }
  return low
}

function collect<Key>(rows: readonly Tally[], keyOf: (row: Tally) => Key | null): ReadonlyMap<Key, Totals> {
  const totals = new Map<Key, Map<string, Total>>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key === null) continue
    const ofKey = totals.get(key) ?? new Map<string, Total>()
    const before: Total = ofKey.get(row.kind) ?? { count: 0, seconds: 0, slaSeconds: 0 }
    ofKey.set(row.kind, {
      count: before.count + row.count,
      seconds: before.seconds + row.seconds,
      slaSeconds: (before.slaSeconds ?? 0) + row.sla_seconds,
    })
    totals.set(key, ofKey)
  }
  return totals
}
