// What a program without sums would ask the database for: the same figures as a report, counted in SQL from all that
// happened in the range.
import { type RawBuilder, sql } from 'kysely'
import { monthInUtc, textsAsRows } from '../server/db/differences.ts'
import type { Reader } from '../server/db/write.ts'
import type { Service } from '../server/desk/metrics/load.ts'
import { floored } from '../server/desk/metrics/time.ts'
import type { Span } from '../server/desk/reports/cover.ts'
import type { Unit } from '../server/desk/reports/range.ts'
import { letterOf } from '../server/desk/reports/slots.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PAGE = 1_000

export type Recount = (db: Reader, span: Span) => Promise<unknown>

const totals =
  (key: (db: Reader) => RawBuilder<unknown>, join = sql``): Recount =>
  (db, { from, before }) =>
    sql`
      select ${key(db)} as key, kind, count(*) as count, sum(seconds) as seconds,
        sum(coalesce(sla_seconds, seconds)) as sla_seconds
      from facts ${join} where at >= ${from} and at < ${before} group by 1, 2`.execute(db)

export const recountBy = (column: 'agent_id' | 'channel' | 'department_id'): Recount => totals(() => sql.ref(column))

export const recountTags: Recount = totals(
  () => sql`tag_id`,
  sql`join conversation_tags on conversation_tags.conversation_id = facts.conversation_id`,
)

export const recountIntervals = (unit: Unit): Recount =>
  totals((db) => {
    const at = sql.ref('at')
    if (unit === 'month') return monthInUtc(db, at)
    return floored(at, unit === 'hour' ? HOUR : unit === 'day' ? DAY : 7 * DAY)
  })

export const recountLoad =
  (service: Service): Recount =>
  async (db, { from, before }) => {
    await sql`
      with instants as (
        select at, sum(case when agent_id = '' then delta else 0 end) as waiting,
          sum(case when agent_id = '' then 0 else delta end) as service
        from load_changes where service = ${service} and at < ${before} group by at
      ), levels as (
        select at, sum(waiting) over (order by at) as waiting, sum(service) over (order by at) as service,
          coalesce(lead(at) over (order by at), ${before}) as until
        from instants
      )
      select ${floored(sql.ref('at'), HOUR)} as hour, min(waiting) as a, max(waiting) as b,
        sum(waiting * (until - at)) as c, min(service) as d, max(service) as e, sum(service * (until - at)) as f
      from levels where until > ${from} group by 1`.execute(db)
    await recountAvailability(service)(db, { from, before })
  }

const hoursOf = ({ from, before }: Span): string[] => {
  const first = Math.floor(from / HOUR) * HOUR
  return Array.from({ length: Math.ceil((before - first) / HOUR) }, (_, n) => String(first + n * HOUR))
}

/** Without the index that reports have: a condition that it does not fit. */
const online = (service: Service, { from, before }: Span): RawBuilder<unknown> => sql`
  select agent_id, from_at, coalesce(to_at, ${before}) as until from online_stretches
  where service || '' = ${letterOf[service]} and department_id || '' <> '' and from_at + 0 < ${before}
    and coalesce(to_at, ${before}) > ${from}`

export const recountAvailability =
  (service: Service): Recount =>
  (db, span) =>
    sql`
      with reached as (
        select from_at, until,
          max(until) over (order by from_at rows between unbounded preceding and 1 preceding) as reached
        from (${online(service, span)}) as online
      ), islands as (
        select from_at, until, sum(case when from_at <= reached then 0 else 1 end) over (order by from_at) as island
        from reached
      ), available as (select min(from_at) as from_at, max(until) as until from islands group by island),
      hours as (select cast(id as bigint) as hour from (${textsAsRows(db, hoursOf(span))}) as given)
      select hour, sum(case when until < hour + ${sql.lit(HOUR)} then until else hour + ${sql.lit(HOUR)} end
        - case when from_at > hour then from_at else hour end) as online
      from hours left join available on from_at < hour + ${sql.lit(HOUR)} and until > hour
      group by hour`.execute(db)

export const recountStretches =
  (service: Service): Recount =>
  (db, { from, before }) =>
    sql`
      select online_stretches.*, agents.firstname, agents.lastname, departments.name
      from online_stretches join agents on agents.id = agent_id join departments on departments.id = department_id
      where service || '' = ${letterOf[service]} and from_at + 0 < ${before} and coalesce(to_at, ${before}) > ${from}
      order by from_at, seq limit ${PAGE}`.execute(db)

export const recountClocks =
  (service: Service): Recount =>
  (db, { from, before }) =>
    sql`
      select ${floored(sql.ref('closed_at'), DAY)} as day, outcome, count(*) as count, avg(seconds) as avg, max(seconds) as max,
        min(seconds) as min
      from sla_clocks
      where service || '' = ${service} and outcome || '' in ('met', 'late') and closed_at + 0 >= ${from}
        and closed_at + 0 < ${before}
      group by 1, 2`.execute(db)

export const recountClockLog =
  (service: Service): Recount =>
  (db, { from, before }) =>
    sql`
      select sla_clocks.*, conversations.code, customers.firstname from sla_clocks
      join conversations on conversations.id = conversation_id join customers on customers.id = sla_clocks.customer_id
      where service || '' = ${service} and outcome || '' in ('met', 'late') and closed_at + 0 >= ${from}
        and closed_at + 0 < ${before}
      order by closed_at, seq limit ${PAGE}`.execute(db)

export const recountRanking: Recount = (db, { from, before }) =>
  sql`
    select ratings.*, agents.email, conversations.code from ratings
    join agents on agents.id = ratings.agent_id join conversations on conversations.id = ratings.conversation_id
    where removed_at is null and rated_at + 0 >= ${from} and rated_at + 0 < ${before}
    order by rated_at, seq limit ${PAGE}`.execute(db)
