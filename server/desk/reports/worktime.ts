// How long each agent was online, on any service: what runs at the same time counts once.
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { DAY } from '../metrics/time.ts'
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
  const milliseconds =
    visible === undefined ? await timesInOne(db, '', span, now) : await timesIn(db, visible, span, now)
  return new Map([...milliseconds].map(([agentId, time]) => [agentId, Math.floor(time / 1_000)]))
}

/**
 * The times of departments together. Who was online in one of them whenever he was online at all, was so in all of them
 * together: that is a sum. Only what others did is laid over one another.
 */
async function timesIn(db: Reader, departmentIds: readonly string[], span: Span, now: number) {
  const anywhere = await timesInOne(db, '', span, now)
  const places: ReadonlyMap<string, number>[] = []
  for (const id of departmentIds) places.push(await timesInOne(db, id, span, now))
  const times = new Map<string, number>()
  for (const [agentId, whole] of anywhere) {
    const seen = places.map((place) => place.get(agentId) ?? 0).filter((time) => time > 0)
    const [most = 0] = seen.sort((a, b) => b - a)
    const isSum = seen.length < 2 || most === whole
    times.set(agentId, isSum ? most : await laidOver(db, { service: '', departmentIds, agentId }, span, now))
  }
  return times
}

async function laidOver(db: Reader, asked: Asked, span: Span, now: number): Promise<number> {
  const spans = await onlineSpans(db, asked, span, now)
  return united(spans).reduce((sum, { from, before }) => sum + before - from, 0)
}

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
  const [first, last] = [Math.ceil(from / DAY) * DAY, Math.floor(before / DAY) * DAY]
  const days = first < last
  const position = sql`(select seq from rollup_positions where name = 'stretches')`
  const rolled = sql`and s.seq + 0 <= ${position}`
  const edges = days
    ? [
        { from, before: first },
        { from: last, before },
      ]
    : [{ from, before }]
  const total = (time: RawBuilder<unknown>, rest: RawBuilder<unknown>, agent = sql`s.agent_id`) => sql`
    select 0 as seq, ${agent} as agent_id, '' as department_id, cast(0 as bigint) as from_at,
      cast(0 as bigint) as to_at, cast(0 as bigint) as seen_at, cast(sum(${time}) as bigint) as total
    from ${rest} group by ${agent}`
  const cutTo = (span: Span) => sql`case when s.to_at < ${span.before} then s.to_at else ${span.before} end
    - case when s.from_at > ${span.from} then s.from_at else ${span.from} end`
  const ended = [
    ...(days
      ? [
          total(
            sql`s.time`,
            sql`online_days as s where s.department_id = ${departmentId} and s.at >= ${first} and s.at < ${last}`,
          ),
        ]
      : []),
    ...edges.map((edge) => total(cutTo(edge), sql`${sources(asked, edge)} ${rolled}`)),
    total(
      cutTo({ from, before }),
      sql`online_stretches as s where s.seq > ${position} and s.service || '' = '' and s.department_id || '' = ${departmentId}
        and s.to_at + 0 > ${from} and s.from_at + 0 < ${before}`,
      // Adding nothing, here and above: no index but that of the numbers.
      sql`s.agent_id || ''`,
    ),
  ]
  return sql<Row>`
    ${sql.join(ended, sql` union all `)}
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
