// The conversations behind the load: each stay of one that waited or was worked on at some moment of a span, newest first.
// Together they are the load: whoever adds up how long they were there has its average times the length of the span, and
// whoever counts how many were there at once has its most and its fewest.
import { type SqlBool, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { conversationsInSight } from '../conversations/sight.ts'
import type { Service } from '../metrics/load.ts'
import { EVER, SPANS } from '../metrics/stays.ts'
import { cursorOf, type Listing, parseCursor } from './behind.ts'
import type { Span } from './cover.ts'
import type { Position } from './facts-by-time.ts'
import type { Side } from './load-query.ts'
import type { Scope } from './scope.ts'

export interface Stays {
  service: Service
  /** 0: what waited, 1: what was worked on. */
  side: Side
  scope: Scope
  span: Span
  after: Position | undefined
  limit: number
}

export interface StayBehind {
  /** Null: the actor may not see it any more, or which it was was not kept yet. */
  conversation: { id: string; code: string; subject: string } | null
  departmentId: string
  agentId: string | null
  from: number
  /** Null: it lasts. */
  until: number | null
  /** How much of it was in the span, in milliseconds. */
  took: number
}

/** A page of the stays in a span, and where the list goes on; null: nowhere. What lasts counts up to `now`. */
export async function listStays(
  db: Reader,
  actor: Actor,
  asked: Pick<Stays, 'service' | 'side' | 'scope' | 'span'>,
  { limit, cursor }: Listing,
  now = Date.now(),
): Promise<{ stays: StayBehind[]; next: string | null }> {
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  const span = { from: asked.span.from, before: Math.min(asked.span.before, now + 1) }
  const { departmentIds, agentId } = asked.scope
  // What waits is nobody's.
  const isEmpty = departmentIds?.length === 0 || (asked.side === 0 && agentId !== undefined)
  if (isEmpty || span.from >= span.before) return { stays: [], next: null }
  const rows = await staysQuery(db, { ...asked, span, after, limit: limit + 1 }).execute()
  const page = rows.slice(0, limit)
  const seen = await conversationsInSight(
    db,
    actor,
    page.map(({ conversation_id }) => conversation_id),
  )
  return {
    stays: page.map((stay) => ({
      conversation: seen.get(stay.conversation_id) ?? null,
      departmentId: stay.department_id,
      agentId: stay.agent_id === '' ? null : stay.agent_id,
      from: stay.at,
      until: stay.until_at === EVER ? null : stay.until_at,
      took: Math.min(stay.until_at, span.before) - Math.max(stay.at, span.from),
    })),
    next: rows.length > limit ? cursorOf(page.at(-1)) : null,
  }
}

/** Above so many streams, departments are looked for among all. */
const MAX_STREAMS = 100

/** The places that are streams of their own, each in the order of time for every length of stay. */
function placesOf({ side, scope: { departmentIds, agentId } }: Stays) {
  const among =
    departmentIds === undefined
      ? sql<SqlBool>`1 = 1`
      : sql<SqlBool>`department_id || '' in (${sql.join(departmentIds)})`
  if (agentId !== undefined) return [sql<SqlBool>`agent_id = ${agentId} and agent_id <> '' and ${among}`]
  if (departmentIds === undefined || departmentIds.length * SPANS.length > MAX_STREAMS)
    return [sql<SqlBool>`side = ${side} and ${among}`]
  return departmentIds.map((id) => sql<SqlBool>`department_id = ${id} and side = ${side}`)
}

/** The query behind a page. */
export function staysQuery(db: Reader, stays: Stays) {
  const { service, span, after, limit } = stays
  const before = Math.min(span.before, after ? after.at + 1 : span.before)
  const streams = placesOf(stays).flatMap((place) =>
    SPANS.map((length) =>
      db
        .selectFrom(
          db
            .selectFrom('load_stays')
            .select(['seq', 'from_at as at'])
            .where((eb) =>
              eb.and([
                eb('service', '=', service),
                place,
                eb('span', '=', length),
                eb('from_at', '>', span.from - length),
                eb('from_at', '<', before),
                eb('until_at', '>', span.from),
                eb('until_at', '>', eb.ref('from_at')),
                ...(after ? [sql<SqlBool>`(from_at, seq) < (${after.at}, ${after.seq})`] : []),
              ]),
            )
            .orderBy('from_at', 'desc')
            .orderBy('seq', 'desc')
            .limit(limit)
            .as('stream'),
        )
        .selectAll(),
    ),
  )
  const page = db
    .selectFrom(streams.reduce((all, one) => all.unionAll(one)).as('streams'))
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit)
  return db
    .selectFrom(page.as('page'))
    .innerJoin('load_stays', 'load_stays.seq', 'page.seq')
    .select(['page.seq', 'page.at', 'conversation_id', 'department_id', 'agent_id', 'until_at'])
    .orderBy('page.at', 'desc')
    .orderBy('page.seq', 'desc')
}
