// Facts of some kinds in the order of time, newest first. Each kind of each agent, department or channel is a stream of its
// own, read from an index backwards, and the streams are merged: what a page costs follows from the page, not from the range.
import { type Expression, type SqlBool, sql } from 'kysely'
import { lookedUp } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import type { FactKind } from '../metrics/facts.ts'
import type { Span } from './cover.ts'

/** Where a list of facts stands: behind this one. */
export interface Position {
  at: number
  seq: number
}

/** What is walked: the facts of agents, departments or channels, or those of conversations with a tag. */
export interface Walk {
  by: 'agent_id' | 'department_id' | 'channel' | 'tag_id'
  ids: readonly string[]
  kinds: readonly FactKind[]
  span: Span
  after: Position | undefined
  limit: number
  /** Each fact says whether its conversation carries this tag. */
  tagId: string | undefined
}

export interface WalkedFact extends Position {
  kind: string
  conversation_id: string
  department_id: string
  channel: string
  agent_id: string | null
  seconds: number | null
  sla_seconds: number | null
  /** 1: a rating that was taken back. */
  is_undone: number
  /** 1: its conversation carries the tag, or none was asked for. */
  is_tagged: number
}

/** The query behind a page. */
export function factsByTime(db: Reader, walk: Walk) {
  const page = (walk.by === 'tag_id' ? ofTags(db, walk) : ofStreams(db, walk))
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(walk.limit)
  return db
    .selectFrom(page.as('page'))
    .innerJoin('facts', 'facts.seq', 'page.seq')
    .select([
      'facts.seq',
      'facts.at',
      'facts.kind',
      'facts.conversation_id',
      'facts.department_id',
      'facts.channel',
      'facts.agent_id',
      'facts.seconds',
      'facts.sla_seconds',
      isUndone.as('is_undone'),
      isTagged(walk.tagId).as('is_tagged'),
    ])
    .orderBy('facts.at', 'desc')
    .orderBy('facts.seq', 'desc')
}

function ofStreams(db: Reader, { by, ids, kinds, span, after, limit }: Walk) {
  const stream = (id: string, kind: FactKind) =>
    db
      .selectFrom(
        db
          .selectFrom('facts')
          .select(['seq', 'at'])
          .where((eb) => eb.and([sql<SqlBool>`${sql.ref(by)} = ${id}`, eb('kind', '=', kind), ...within(span, after)]))
          .orderBy('at', 'desc')
          .orderBy('seq', 'desc')
          .limit(limit)
          .as('stream'),
      )
      .selectAll()
  const [first, ...others] = ids.flatMap((id) => kinds.map((kind) => stream(id, kind)))
  if (!first) throw new Error('a walk along nothing')
  return db.selectFrom(others.reduce((all, one) => all.unionAll(one), first).as('streams')).selectAll()
}

/** All of them, which are sorted then: only for tags that few conversations carry. */
const ofTags = (db: Reader, { ids, kinds, span, after }: Walk) =>
  db
    .selectFrom(
      sql<Position>`(select facts.seq as seq, facts.at as at
        from (select conversation_id from conversation_tags where tag_id in (${sql.join(ids)})) as tagged
        ${lookedUp(
          db,
          'facts',
          sql`facts.conversation_id = tagged.conversation_id and facts.kind in (${sql.join(kinds)})
            and ${sql.join(within(span, after, sql`facts.at + 0`), sql` and `)}`,
        )})`.as<'streams'>('streams'),
    )
    .selectAll()

/** Adding nothing to the time keeps its index out of the plan, where another one is right. */
const within = ({ from, before }: Span, after: Position | undefined, at = sql`at`): Expression<SqlBool>[] => [
  sql<SqlBool>`${at} >= ${from}`,
  sql<SqlBool>`${at} < ${before}`,
  ...(after ? [sql<SqlBool>`(${at}, seq) < (${after.at}, ${after.seq})`] : []),
]

// What takes a rating back is booked at the time and place of the rating, and so is the next one: of those that are alike, the
// first ones are taken back.
const alike = (one: string) => sql`
  from facts as ${sql.ref(one)} where ${sql.ref(`${one}.department_id`)} = facts.department_id
    and ${sql.ref(`${one}.at`)} = facts.at and ${sql.ref(`${one}.conversation_id`)} = facts.conversation_id
    and ${sql.ref(`${one}.agent_id`)} = facts.agent_id`

const isUndone = sql<number>`case when facts.kind in ('rated_good', 'rated_bad') and
  (select count(*) ${alike('undone')} and undone.kind = facts.kind || '_undone')
  >= (select count(*) ${alike('given')} and given.kind = facts.kind and given.seq <= facts.seq)
  then 1 else 0 end`

const isTagged = (tagId: string | undefined) =>
  tagId === undefined
    ? sql<number>`1`
    : sql<number>`case when exists (select 1 from conversation_tags
        where conversation_tags.conversation_id = facts.conversation_id and tag_id = ${tagId}) then 1 else 0 end`
