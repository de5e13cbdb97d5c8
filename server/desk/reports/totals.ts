// The one place that counts facts: those of a range for each agent, channel, department or tag, or for each interval.
import { type RawBuilder, sql } from 'kysely'
import { sliced } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import type { Totals } from './figures.ts'

/** Instants, half-open. */
export interface Span {
  from: number
  before: number
}

const keyColumns = {
  agent: 'facts.agent_id',
  channel: 'facts.channel',
  department: 'facts.department_id',
  tag: 'conversation_tags.tag_id',
} as const
export type Dimension = keyof typeof keyColumns

const tallies = [
  'kind',
  sql<number>`count(*)`.as('count'),
  // PostgreSQL sums whole numbers to a decimal, which would arrive as text.
  sql<number>`cast(coalesce(sum(seconds), 0) as bigint)`.as('seconds'),
] as const

/** A plain agent's reports count what happened in his departments. */
const visibleTo = (actor: Actor): RawBuilder<boolean> => {
  const visible = visibleDepartments(actor)
  if (!visible) return sql<boolean>`1 = 1`
  return visible.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`department_id in (${sql.join(visible)})`
}

/** The query behind `totalsBy`. */
export function factsBy(db: Reader, actor: Actor, dimension: Dimension, { from, before }: Span) {
  const key = sql.ref<string | null>(keyColumns[dimension])
  const facts = db.selectFrom('facts').$if(dimension === 'tag', (query) =>
    // As the conversations are tagged now: a tag brings its conversation's earlier facts along.
    query.innerJoin('conversation_tags', 'conversation_tags.conversation_id', 'facts.conversation_id'),
  )
  return facts
    .select([key.as('key'), ...tallies])
    .where('facts.at', '>=', from)
    .where('facts.at', '<', before)
    .where(visibleTo(actor))
    .groupBy([key, 'kind'])
}

/** Totals by id of the agent, department or tag, or by letter of the channel. What has no facts is not there. */
export async function totalsBy(
  db: Reader,
  actor: Actor,
  dimension: Dimension,
  span: Span,
): Promise<ReadonlyMap<string, Totals>> {
  if (span.from >= span.before) return new Map()
  return collect(await factsBy(db, actor, dimension, span).execute())
}

/** The query behind `totalsOfSlices`. */
export const factsInSlices = (db: Reader, actor: Actor, bounds: readonly number[]) =>
  db
    .selectFrom(sliced(db, 'facts', bounds))
    .select(['position as key', ...tallies])
    .where(visibleTo(actor))
    .groupBy(['position', 'kind'])

/** Totals by number of the slice: slice 0 goes from the first bound up to the second, and so on. */
export async function totalsOfSlices(
  db: Reader,
  actor: Actor,
  bounds: readonly number[],
): Promise<ReadonlyMap<number, Totals>> {
  return collect(await factsInSlices(db, actor, bounds).execute())
}

function collect<Key>(
  rows: readonly { key: Key | null; kind: string; count: number; seconds: number }[],
): ReadonlyMap<Key, Totals> {
  const totals = new Map<Key, Map<string, { count: number; seconds: number }>>()
  for (const { key, kind, count, seconds } of rows) {
    // What nobody in particular did has no row among the agents.
    if (key === null) continue
    const ofKey = totals.get(key) ?? new Map<string, { count: number; seconds: number }>()
    totals.set(key, ofKey.set(kind, { count, seconds }))
  }
  return totals
}
