// Who was online when: what reports read. Each stretch is cut to the span that is asked for.
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { isAlive, proofOf } from './alive.ts'
import { type Span, wholeSecond, without } from './spans.ts'
import type { PresenceConnectionRow } from './tables.ts'

/** A service and departments; empty texts mean any. One department is what makes stretches of an agent not overlap. */
export interface Asked {
  service: string
  departmentIds: readonly string[]
  agentId?: string | undefined
}

export interface OnlineSpan extends Span {
  /** Of one that lasts. */
  seq: number
  agentId: string
  departmentId: string
  /** Whether he is online still, and was until the end of the span that was asked for. */
  lasts: boolean
}

interface Row {
  seq: number
  agent_id: string
  department_id: string
  from_at: number
  to_at: number | null
  seen_at: number
}

/** The query behind `onlineSpans`: what began in the span, what spans its beginning, and what lasts. */
export const stretchesIn = (db: Reader, asked: Asked, span: Span) =>
  sql<Row>`${endedIn(asked, span)} union all ${openIn(asked, span)}`.compile(db)

/** What was online in a span of time, which must not reach beyond now; in no order. */
export async function onlineSpans(db: Reader, asked: Asked, span: Span, now: number): Promise<OnlineSpan[]> {
  if (span.from >= span.before || asked.departmentIds.length === 0) return []
  // First, so that a stretch that ends meanwhile is read as it ended, and none as if it had no connection.
  const proofs = await readProofs(db, now)
  const { rows } = await db.executeQuery<Row>(stretchesIn(db, asked, span))
  return cut(rows, span, proofs)
}

/** Cuts rows to a span. Those that last are cut out of what is recorded already: a clock may have been set back. */
export function cut(rows: readonly Row[], span: Span, proofs: Proofs): OnlineSpan[] {
  const spans: OnlineSpan[] = []
  const add = ({ seq, agent_id, department_id }: Row, start: number, end: number, isProven: boolean): void => {
    const [from, before] = [Math.max(start, span.from), Math.min(end, span.before)]
    const lasts = isProven && before === span.before
    if (from < before) spans.push({ from, before, seq, agentId: agent_id, departmentId: department_id, lasts })
  }
  for (const row of rows) {
    if (row.to_at !== null) {
      add(row, row.from_at, row.to_at, false)
      continue
    }
    const proof = Math.max(wholeSecond(row.seen_at), proofs.get(row.agent_id) ?? 0)
    const recorded = rows.filter((other) => other.to_at !== null && isLike(row)(other)).map(spanOf)
    for (const { from, before } of without({ from: row.from_at, before: proof }, recorded))
      add(row, from, before, proof === Number.POSITIVE_INFINITY)
  }
  return spans
}

const isLike =
  (one: Row) =>
  (other: Row): boolean =>
    one.agent_id === other.agent_id && one.department_id === other.department_id

const spanOf = ({ from_at, to_at }: Row): Span => ({ from: from_at, before: to_at ?? from_at })

/** Until when connections prove agents online: without end while they live. */
export type Proofs = ReadonlyMap<string, number>

export async function readProofs(db: Reader, now: number): Promise<Proofs> {
  const rows = await db.selectFrom('presence_connections').selectAll().execute()
  const proofs = new Map<string, number>()
  for (const row of rows) proofs.set(row.agent_id, Math.max(proofs.get(row.agent_id) ?? 0, provenUntil(row, now)))
  return proofs
}

const provenUntil = (connection: Selectable<PresenceConnectionRow>, now: number): number =>
  isAlive(connection, now) ? Number.POSITIVE_INFINITY : wholeSecond(proofOf(connection, now))

const columns = sql.raw('s.seq, s.agent_id, s.department_id, s.from_at, s.to_at, s.seen_at')

const ofAgent = (column: string, { agentId }: Asked): RawBuilder<unknown> =>
  agentId === undefined ? sql`` : sql`and ${sql.ref(column)} = ${agentId}`

export const departmentsAsRows = (departmentIds: readonly string[]): RawBuilder<unknown> =>
  sql`(${sql.join(
    departmentIds.map((id) => sql`select cast(${id} as text) as id`),
    sql` union all `,
  )})`

/**
 * Ended stretches of an agent never overlap, so that only the last one that began before the span can reach into it: each
 * agent and department costs one look into the index, however old the desk is.
 */
export const sources = (asked: Asked, { from, before }: Span): RawBuilder<unknown> => sql`
  agents as a cross join ${departmentsAsRows(asked.departmentIds)} as d cross join online_stretches as s
  where s.agent_id = a.id and s.service = ${asked.service} and s.department_id = d.id ${ofAgent('a.id', asked)}
    and s.from_at >= coalesce((
      select p.from_at from online_stretches as p
      where p.agent_id = a.id and p.service = ${asked.service} and p.department_id = d.id
        and p.from_at <= ${from} and p.to_at is not null
      order by p.from_at desc limit 1), ${from})
    and s.from_at < ${before} and s.to_at > ${from}`

// All that is wanted stands in the index: nothing is looked up in the table.
const endedIn = (asked: Asked, span: Span): RawBuilder<unknown> => sql`
  select cast(0 as bigint) as seq, s.agent_id, s.department_id, s.from_at, s.to_at, cast(0 as bigint) as seen_at
  from ${sources(asked, span)}`

export const openIn = (asked: Asked, { before }: Span): RawBuilder<unknown> => sql`
  select ${columns} from online_stretches as s
  where s.to_at is null and s.service = ${asked.service} and s.department_id in (${sql.join(asked.departmentIds)})
    ${ofAgent('s.agent_id', asked)} and s.from_at < ${before}`
