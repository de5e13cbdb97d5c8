// Every stretch of time in which an agent was online for a service in a department.
import { type CompiledQuery, type SqlBool, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import type { Service } from '../metrics/load.ts'
import { type Asked, cut, type OnlineSpan, openIn, readProofs, sources } from '../presence/online.ts'
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

/** What began in the range and has ended, in the order in which it began. */
export const begunIn = (db: Reader, asked: Asked, { from, before }: Span, { offset, limit }: Page) => {
  const query = endedIn(db, asked, { from, before })
  return query.selectAll().orderBy('from_at').orderBy('seq').offset(offset).limit(limit)
}

const endedIn = (db: Reader, { service, departmentIds, agentId }: Asked, { from, before }: Span) => {
  const query = db
    .selectFrom('online_stretches')
    .where('service', '=', service)
    // No condition on rows, but what lets the index be taken.
    .where(sql<SqlBool>`department_id <> ''`)
    .where('from_at', '>=', from)
    .where('from_at', '<', before)
    .where('department_id', 'in', departmentIds)
    .where('to_at', 'is not', null)
  return agentId === undefined ? query : query.where('agent_id', '=', agentId)
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
  const asked = { service: letterOf[service], departmentIds, agentId: scope.agentId }
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
  asked: Asked,
  span: Span,
  { offset, limit }: Page,
  now: number,
): Promise<OnlineSpan[]> {
  const proofs = await readProofs(db, now)
  const { rows: ends } = await db.executeQuery(atEnds(db, asked, span))
  const inOrder = (a: OnlineSpan, b: OnlineSpan) => a.from - b.from || a.seq - b.seq
  const isOpen = new Set(ends.filter(({ to_at }) => to_at === null).map(({ seq }) => seq))
  const spanning = cut(ends, span, proofs)
    .filter(({ seq }) => !isOpen.has(seq))
    .sort(inOrder)
  const first = spanning.slice(offset, offset + limit)
  const begunOffset = Math.max(0, offset - spanning.length)
  const begun = await begunIn(db, asked, span, { offset: begunOffset, limit: limit - first.length }).execute()
  const found = [...first, ...cut(begun, span, proofs)]
  if (found.length === limit || isOpen.size === 0) return found
  const recorded = [...ends, ...(await overlapping(db, asked, ends))]
  const lasting = cut(recorded, span, proofs)
    .filter(({ seq }) => isOpen.has(seq))
    .sort(inOrder)
  const { count } = await endedIn(db, asked, span)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const lastingOffset = Math.max(0, begunOffset - Number(count))
  return [...found, ...lasting.slice(lastingOffset, lastingOffset + limit - found.length)]
}

/** What has ended and runs at the time of what lasts, which a clock that was set back leaves behind: usually nothing. */
async function overlapping(db: Reader, { service }: Asked, ends: readonly Row[]): Promise<Row[]> {
  const open = ends.filter(({ to_at }) => to_at === null)
  const from = Math.min(...open.map(({ from_at }) => from_at))
  const agentIds = [...new Set(open.map(({ agent_id }) => agent_id))]
  const rows = await recordedSince(db, agentIds, from).execute()
  return rows.filter((row) => row.service === service)
}

/** Asked for all services: with one, an engine would take another index and walk through all history. */
export const recordedSince = (db: Reader, agentIds: readonly string[], from: number) =>
  db.selectFrom('online_stretches').selectAll().where('agent_id', 'in', agentIds).where('to_at', '>', from)
