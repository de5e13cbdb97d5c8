// The one place that counts: the facts of a range for each agent, channel, department or tag, or for each interval. What
// has been added up comes from the rollups, the rest from the facts, in one statement: it sees one state of both.
import { type RawBuilder, sql } from 'kysely'
import { afterPosition, lookedUp, type Piece, piecesAsRows, textsAsRows } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { coverOf, type Span, startsIn } from './cover.ts'
import type { Totals } from './figures.ts'

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
  agent: { dimension: 'agent', ofRollup: sql.ref('rollups.id'), ofFact: sql.ref('happened.agent_id') },
  channel: { dimension: 'channel', ofRollup: sql.ref('rollups.id'), ofFact: sql.ref('happened.channel') },
  department: {
    dimension: 'all',
    ofRollup: sql.ref('rollups.department_id'),
    ofFact: sql.ref('happened.department_id'),
  },
  tag: { dimension: 'tag', ofRollup: sql.ref('rollups.id'), ofFact: sql.ref('conversation_tags.tag_id') },
  every: { dimension: 'all', ofRollup: sql`''`, ofFact: sql`''` },
}

/** A row of the answer: of rollups, of the ragged ends, or of what is in no rollup yet. */
interface Tally {
  /** Which rollups, where there are several slices; otherwise null. */
  unit: string | null
  /** The number of the ragged end, or of the one slice. */
  position: number | null
  /** The beginning of the unit, or when it happened, where there are several slices; otherwise null. */
  at: number | null
  key: string
  kind: string
  count: number
  seconds: number
  sla_seconds: number
}

/** What adds up to each of the slices. */
export const piecesOf = (slices: readonly Span[], dimension: Dimension): Piece[] => {
  const finest = sources[dimension].dimension === 'all' ? 'half' : 'hour'
  return slices.flatMap((slice, position) => coverOf(slice, finest).map((part): Piece => ({ position, ...part })))
}

const isRagged = ({ unit }: Piece): boolean => unit === 'fact'

const sumsOf = (sign: RawBuilder<unknown>) => sql`cast(sum(${sign}) as bigint) as count,
  cast(coalesce(sum(seconds * ${sign}), 0) as bigint) as seconds,
  cast(coalesce(sum(coalesce(sla_seconds, seconds) * ${sign}), 0) as bigint) as sla_seconds`
const nobody = sql`cast(null as bigint)`

/** The query behind the totals of a span of time. Of slices, whoever asks adds up the rollups that belong to each. */
export function tallies(
  db: Reader,
  actor: Actor,
  dimension: Dimension,
  span: Span,
  pieces: readonly Piece[],
): RawBuilder<Tally> {
  const { dimension: stored, ofRollup, ofFact } = sources[dimension]
  const isSliced = dimension === 'every'
  const visible = visibleDepartments(actor)
  // A plain agent's reports count what happened in his departments.
  const places = visible
    ? textsAsRows(db, visible)
    : dimension === 'every'
      ? sql`select '' as id`
      : sql`select id from departments`
  const seen = visible ? sql`and happened.department_id || '' in (select id from places)` : sql``
  // As the conversations are tagged now: a tag brings its conversation's earlier facts along.
  const tagged =
    dimension === 'tag'
      ? sql`join conversation_tags on conversation_tags.conversation_id = happened.conversation_id || ''`
      : sql``
  const whole = pieces.filter((piece) => !isRagged(piece))
  // Adding nothing (0, or '' above) keeps a column's index out of the plan, where the other condition has the better one.
  return sql<Tally>`
    with places as materialized (${places}),
    rolled as materialized (select seq from rollup_positions where name = 'facts'),
    whole as materialized (${piecesAsRows(db, isSliced ? joined(whole) : whole)}),
    ragged as materialized (${piecesAsRows(db, pieces.filter(isRagged))}),
    edges as (
      select ragged.position, ragged.sign, facts.* from ragged
      ${lookedUp(db, 'facts', sql`facts.at >= ragged.low and facts.at < ragged.high`)}
      and facts.seq + 0 <= (select seq from rolled)
    ),
    tail as materialized (
      select facts.* from facts
      where ${afterPosition(sql.ref('facts.seq'), sql`facts`)} and facts.at + 0 >= ${span.from} and facts.at + 0 < ${span.before}
    )
    select ${
      isSliced
        ? sql`rollups.unit, ${nobody} as position, rollups.at, '' as key, kind, count, seconds, sla_seconds`
        : sql`null as unit, ${nobody} as position, ${nobody} as at, ${ofRollup} as key, kind,
            cast(sum(count * sign) as bigint) as count, cast(sum(seconds * sign) as bigint) as seconds,
            cast(sum(sla_seconds * sign) as bigint) as sla_seconds`
    }
    from whole cross join places
    ${lookedUp(
      db,
      'rollups',
      sql`rollups.dimension = ${sql.lit(stored)} and rollups.department_id = places.id
        and rollups.unit = whole.unit and rollups.at >= whole.low and rollups.at < whole.high`,
    )}
    ${isSliced ? sql`` : sql`group by ${ofRollup}, kind`}
    union all
    select null, position, ${nobody}, ${ofFact}, kind, ${sumsOf(sql`sign`)}
    from edges as happened ${tagged} where ${ofFact} || '' is not null ${seen} group by position, ${sql.lit(4)}, kind
    union all
    select null, ${nobody}, ${isSliced ? sql`at` : nobody}, ${ofFact}, kind, ${sumsOf(sql`1`)}
    from tail as happened ${tagged} where ${ofFact} || '' is not null ${seen}
    group by ${isSliced ? sql`at, ` : sql``}${sql.lit(4)}, kind`
}

/** Pieces that touch or overlap as one: a rollup is read once, to whichever slices it belongs. */
function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = []
  for (const piece of [...pieces].sort((a, b) => (a.unit < b.unit ? -1 : a.unit > b.unit ? 1 : a.from - b.from))) {
    const last = all.at(-1)
    if (last && last.unit === piece.unit && piece.from <= last.before) last.before = Math.max(last.before, piece.before)
    else all.push({ ...piece, position: 0, sign: 1 })
  }
  return all
}

/** Totals by id of the agent, department or tag, or by letter of the channel. What has no facts is not there. */
export async function totalsBy(
  db: Reader,
  actor: Actor,
  dimension: Exclude<Dimension, 'every'>,
  span: Span,
): Promise<ReadonlyMap<string, Totals>> {
  if (span.from >= span.before) return new Map()
  const { rows } = await tallies(db, actor, dimension, span, piecesOf([span], dimension)).execute(db)
  const sums = new Sums<string>()
  for (const row of rows) sums.add(row.key, row, 1)
  return sums.totals()
}

/** Totals by number of the slice: slice 0 goes from the first bound up to the second, and so on. */
export async function totalsOfSlices(
  db: Reader,
  actor: Actor,
  bounds: readonly number[],
): Promise<ReadonlyMap<number, Totals>> {
  const [from, before] = [bounds[0], bounds.at(-1)]
  if (bounds.length < 2 || from === undefined || before === undefined) return new Map()
  const slices = bounds.slice(1).map((end, index) => ({ from: bounds[index] ?? end, before: end }))
  const pieces = piecesOf(slices, 'every')
  // What one slice has too much, the next one has not enough: it is counted once.
  const edges = [...Map.groupBy(pieces.filter(isRagged), (piece) => `${piece.from} ${piece.before}`).values()]
  const once = edges.flatMap(([piece], position): Piece[] => (piece ? [{ ...piece, position, sign: 1 }] : []))
  const asked = [...pieces.filter((piece) => !isRagged(piece)), ...once]
  const { rows } = await tallies(db, actor, 'every', { from, before }, asked).execute(db)
  const slicesOf = belongings(pieces)
  const sums = new Sums<number>()
  for (const row of rows) {
    if (row.position !== null)
      for (const { position, sign = 1 } of edges[row.position] ?? []) sums.add(position, row, sign)
    else if (row.at === null) continue
    else if (row.unit === null) sums.add(sliceOf(bounds, row.at), row, 1)
    else for (const { position, sign = 1 } of slicesOf(row.unit, row.at)) sums.add(position, row, sign)
  }
  return sums.totals()
}

/** To which slices a rollup belongs. */
function belongings(pieces: readonly Piece[]): (unit: string, at: number) => readonly Piece[] {
  const units = new Map<string, Map<number, Piece[]>>()
  for (const piece of pieces) {
    const starts = units.get(piece.unit) ?? new Map<number, Piece[]>()
    units.set(piece.unit, starts)
    for (const start of startsIn(piece)) {
      const known = starts.get(start)
      if (known) known.push(piece)
      else starts.set(start, [piece])
    }
  }
  return (unit, at) => units.get(unit)?.get(at) ?? []
}

/** The slice in which an instant between the first and the last bound lies. */
export function sliceOf(bounds: readonly number[], at: number): number {
  let [low, high] = [0, bounds.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((bounds[middle] ?? 0) <= at) low = middle
    else high = middle
  }
  return low
}

interface Sum {
  count: number
  seconds: number
  slaSeconds: number
}

class Sums<Key> {
  readonly #all = new Map<Key, Map<string, Sum>>()

  add(key: Key, row: Pick<Tally, 'kind' | 'count' | 'seconds' | 'sla_seconds'>, sign: 1 | -1): void {
    let kinds = this.#all.get(key)
    if (!kinds) {
      kinds = new Map()
      this.#all.set(key, kinds)
    }
    const sum = kinds.get(row.kind)
    if (!sum) {
      kinds.set(row.kind, {
        count: row.count * sign,
        seconds: row.seconds * sign,
        slaSeconds: row.sla_seconds * sign,
      })
      return
    }
    sum.count += row.count * sign
    sum.seconds += row.seconds * sign
    sum.slaSeconds += row.sla_seconds * sign
  }

  /** Without what one part adds and another takes away: it did not happen in the range. */
  totals(): ReadonlyMap<Key, Totals> {
    for (const [key, kinds] of this.#all) {
      for (const [kind, { count }] of kinds) if (count === 0) kinds.delete(kind)
      if (kinds.size === 0) this.#all.delete(key)
    }
    return this.#all
  }
}
