// How long each agent was online, on any service: what runs at the same time counts once.
import { sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { type Asked, cut, onlineSpans, openIn, readProofs, sources } from '../presence/online.ts'
import { type Span, united, wholeSecond } from '../presence/spans.ts'

/** Seconds by userid, up to now; a plain agent's report counts what was in his departments. Who was not online is not there. */
export async function worktimes(
  db: Reader,
  actor: Actor,
  range: Span,
  now = Date.now(),
): Promise<ReadonlyMap<string, number>> {
  const span = { from: range.from, before: Math.min(range.before, wholeSecond(now)) }
  if (span.from >= span.before) return new Map()
  const visible = visibleDepartments(actor)
  const [departmentId = ''] = visible ?? []
  const isOne = visible === undefined || visible.length === 1
  const milliseconds = isOne ? await timesInOne(db, departmentId, span, now) : await timesIn(db, visible, span, now)
  return new Map([...milliseconds].map(([agentId, time]) => [agentId, Math.floor(time / 1_000)]))
}

async function timesIn(db: Reader, departmentIds: readonly string[], span: Span, now: number) {
  const byAgent = new Map<string, Span[]>()
  for (const online of await onlineSpans(db, { service: '', departmentIds }, span, now)) {
    const known = byAgent.get(online.agentId)
    if (known) known.push(online)
    else byAgent.set(online.agentId, [online])
  }
  return new Map([...byAgent].map(([agentId, spans]) => [agentId, lengthOf(united(spans))]))
}

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, before }) => sum + before - from, 0)

interface Row {
  seq: number
  agent_id: string
  department_id: string
  from_at: number
  to_at: number | null
  seen_at: number
  /** Of ended stretches: milliseconds. */
  total: number | null
}

/**
 * The query behind the times of a whole desk (an empty department) or of one department: the sum for each agent of what
 * has ended, what lasts, and what has ended and runs at the time of what lasts.
 */
export const timesQuery = (db: Reader, departmentId: string, { from, before }: Span) => {
  const asked: Asked = { service: '', departmentIds: [departmentId] }
  const columns = sql.raw('seq, agent_id, department_id, from_at, to_at, seen_at')
  return sql<Row>`
    select 0 as seq, s.agent_id as agent_id, '' as department_id, cast(0 as bigint) as from_at,
      cast(0 as bigint) as to_at, cast(0 as bigint) as seen_at, cast(sum(
        case when s.to_at < ${before} then s.to_at else ${before} end
        - case when s.from_at > ${from} then s.from_at else ${from} end) as bigint) as total
    from ${sources(asked, { from, before })} group by s.agent_id
    union all select ${columns}, null from (${openIn(asked, { from, before })}) as open
    union all select o.seq, o.agent_id, o.department_id, o.from_at, o.to_at, o.seen_at, null
      from online_stretches as s cross join online_stretches as o
      where s.to_at is null and s.service = '' and s.department_id = ${departmentId}
        and o.agent_id = s.agent_id and o.service = '' and o.department_id = ${departmentId} and o.to_at > s.from_at
        and o.from_at >= coalesce((
          select p.from_at from online_stretches as p
          where p.agent_id = s.agent_id and p.service = '' and p.department_id = ${departmentId}
            and p.from_at <= s.from_at and p.to_at is not null
          order by p.from_at desc limit 1), s.from_at)`.compile(db)
}

async function timesInOne(db: Reader, departmentId: string, span: Span, now: number) {
  const proofs = await readProofs(db, now)
  const { rows } = await db.executeQuery<Row>(timesQuery(db, departmentId, span))
  const times = new Map<string, number>()
  const add = (agentId: string, time: number) => times.set(agentId, (times.get(agentId) ?? 0) + time)
  for (const { agent_id, total } of rows) if (total !== null) add(agent_id, total)
  const others = rows.filter(({ total }) => total === null)
  const open = new Set(others.filter(({ to_at }) => to_at === null).map(({ seq }) => seq))
  for (const online of cut(others, span, proofs))
    if (open.has(online.seq)) add(online.agentId, online.before - online.from)
  return times
}
