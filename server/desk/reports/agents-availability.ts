// Every stretch of time in which an agent was online for a service in a department.
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import type { Service } from '../metrics/load.ts'
import { type Asked, cut, departmentsAsRows, type OnlineSpan, openIn, readProofs, sources } from '../presence/online.ts'
import { type Span, wholeSecond } from '../presence/spans.ts'
import type { Page, Range } from './range.ts'
import type { Scope } from './scope.ts'
import { letterOf } from './slots.ts'

export interface AgentOnline extends OnlineSpan {
  agent: { id: string; contact_id: string; firstname: string; lastname: string }
  departmentName: string
}

interface Row {
  seq: number
  agent_id: string
  department_id: string
  from_at: number
  to_at: number | null
  seen_at: number
}

/** What spans the beginning of the range and what lasts: few rows for each agent. */
export const atEnds = (db: Reader, asked: Asked, { from, before }: Span): CompiledQuery<Row> => {
  const columns = sql.raw('s.seq, s.agent_id, s.department_id, s.from_at, s.to_at, s.seen_at')
  const spanning = sources(asked, { from, before: Math.min(from, before) })
  return sql<Row>`select ${columns} from ${spanning} union all ${openIn(asked, { from, before })}`.compile(db)
}

interface Listed extends Asked {
  /** The departments are all that there are; none is ever deleted. */
  isAll: boolean
  /** When the first of what lasts began; undefined: nothing does. */
  lastingSince?: number | undefined
}

/** What began in the range and has ended, in the order in which it began. Only the rows of the page are looked up. */
export const begunIn = (db: Reader, listed: Listed, span: Span, { offset, limit }: Page) =>
  sql<Row>`
    select s.seq, s.agent_id, s.department_id, s.from_at, s.to_at, s.seen_at from (
      ${endedIn(listed, span)} order by from_at, seq limit ${limit} offset ${offset}
    ) as page cross join online_stretches as s where s.seq = page.seq order by page.from_at, page.seq`.compile(db)

/** Of one agent, from the index of his times; of all, along the list of all. */
function endedIn(
  { service, departmentIds, agentId, isAll, lastingSince }: Listed,
  { from, before }: Span,
): RawBuilder<unknown> {
  if (agentId !== undefined)
    return sql`
      select s.seq, s.from_at from ${departmentsAsRows(departmentIds)} as d cross join online_stretches as s
      where s.agent_id = ${agentId} and s.service = ${service} and s.department_id = d.id
        and s.from_at >= ${from} and s.from_at < ${before} and s.to_at is not null`
  // So far as nothing lasts, the index alone tells.
  return sql`
    select seq, from_at from online_stretches
    where service = ${service} and department_id <> '' and from_at >= ${from} and from_at < ${before}
      ${isAll ? sql`` : sql`and department_id in (${sql.join(departmentIds)})`}
      and (from_at < ${lastingSince ?? before} or to_at is not null)`
}

/**
 * Stretches cut to the range: those that reach into it, then those that begin in it, then those that last. In the order of
 * their beginning within each of these.
 */
export async function agentsAvailabilityReport(
  db: Reader,
  service: Service,
  scope: Scope,
  range: Range,
  page: Page,
  now = Date.now(),
): Promise<AgentOnline[]> {
  const span = { from: range.from, before: Math.min(range.before, wholeSecond(now)) }
  const departments = await db.selectFrom('departments').select(['id', 'name']).execute()
  const departmentIds = scope.departmentIds ?? departments.map(({ id }) => id)
  if (span.from >= span.before || departmentIds.length === 0) return []
  const isAll = scope.departmentIds === undefined
  const asked = { service: letterOf[service], departmentIds, agentId: scope.agentId, isAll }
  const spans = await pageOf(db, asked, span, page, now)
  const agents = await db.selectFrom('agents').select(['id', 'contact_id', 'firstname', 'lastname']).execute()
  const agentOf = new Map(agents.map((agent) => [agent.id, agent]))
  const nameOf = new Map(departments.map(({ id, name }) => [id, name]))
  return spans.flatMap((online) => {
    const agent = agentOf.get(online.agentId)
    const lasts = online.lasts && span.before === wholeSecond(now)
    return agent ? [{ ...online, lasts, agent, departmentName: nameOf.get(online.departmentId) ?? '' }] : []
  })
}

async function pageOf(
  db: Reader,
  asked: Listed,
  span: Span,
  { offset, limit }: Page,
  now: number,
): Promise<OnlineSpan[]> {
  const proofs = await readProofs(db, now)
  const { rows: ends } = await db.executeQuery(atEnds(db, asked, span))
  const inOrder = (a: OnlineSpan, b: OnlineSpan) => a.from - b.from || a.seq - b.seq
  const open = ends.filter(({ to_at }) => to_at === null)
  const isOpen = new Set(open.map(({ seq }) => seq))
  const listed = { ...asked, lastingSince: open.length === 0 ? undefined : firstOf(open) }
  const spanning = cut(ends, span, proofs)
    .filter(({ seq }) => !isOpen.has(seq))
    .sort(inOrder)
  const first = spanning.slice(offset, offset + limit)
  const begunOffset = Math.max(0, offset - spanning.length)
  const page = { offset: begunOffset, limit: limit - first.length }
  const { rows: begun } = await db.executeQuery(begunIn(db, listed, span, page))
  const found = [...first, ...cut(begun, span, proofs)]
  if (found.length === limit || isOpen.size === 0) return found
  const recorded = [...ends, ...(await overlapping(db, asked, open))]
  const lasting = cut(recorded, span, proofs)
    .filter(({ seq }) => isOpen.has(seq))
    .sort(inOrder)
  const lastingOffset = Math.max(0, begunOffset - (await countEnded(db, listed, span)))
  return [...found, ...lasting.slice(lastingOffset, lastingOffset + limit - found.length)]
}

const firstOf = (rows: readonly Row[]): number => Math.min(...rows.map(({ from_at }) => from_at))

async function countEnded(db: Reader, listed: Listed, span: Span): Promise<number> {
  const ended = sql<{ count: number }>`select count(*) as count from (${endedIn(listed, span)}) as ended`
  const { rows } = await ended.execute(db)
  return Number(rows[0]?.count)
}

/** What has ended and runs at the time of what lasts, which a clock that was set back leaves behind: usually nothing. */
async function overlapping(db: Reader, { service }: Asked, open: readonly Row[]): Promise<Row[]> {
  const agentIds = [...new Set(open.map(({ agent_id }) => agent_id))]
  const rows = await recordedSince(db, agentIds, firstOf(open)).execute()
  return rows.filter((row) => row.service === service)
}

/** Asked for all services: with one, an engine would take another index and walk through all history. */
export const recordedSince = (db: Reader, agentIds: readonly string[], from: number) =>
  db.selectFrom('online_stretches').selectAll().where('agent_id', 'in', agentIds).where('to_at', '>', from)
