// The load added up: where it went in each half-hour, and by how much it changed in each day and month (in UTC), for what
// waits, for each agent and for everybody who works, in each department and in all together. A half-hour is what the hours
// of all zones but a few are made of. All is relative to the beginning: steps may come late and change nothing but their own.
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { lookedUp, monthInUtc } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { type Course, goOn } from './course.ts'
import type { LoadChangeRow, LoadCourseRow } from './tables.ts'
import { DAY, floored, HALF_HOUR } from './time.ts'

/** Stands for an agent: whoever works on it. No agent has this id. */
export const EVERYBODY = '*'

const at = sql.ref('at')

/** The steps of each row of the rollups, from those of each department and agent. `keys` are what else they are grouped by. */
const ofEach = (keys: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select service, department_id, agent_id, ${keys}, delta from steps
  union all
  select service, '', agent_id, ${keys}, sum(delta) from steps group by service, agent_id, ${keys}
  union all
  select service, department_id, ${EVERYBODY}, ${keys}, sum(delta) from steps where agent_id <> ''
  group by service, department_id, ${keys}
  union all
  select service, '', ${EVERYBODY}, ${keys}, sum(delta) from steps where agent_id <> '' group by service, ${keys}`

/** The courses of half-hours, given as rows `service` and `half`, counted from the steps that a condition allows. */
export const coursesOf = (
  db: Reader,
  halves: RawBuilder<unknown>,
  allowed: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  with halves as materialized (${halves}),
  steps as materialized (
    select halves.service, half, department_id, agent_id, at, sum(delta) as delta from halves
    ${lookedUp(
      db,
      'load_changes',
      sql`load_changes.service = halves.service and at >= half and at < half + ${sql.lit(HALF_HOUR)} and ${allowed}`,
    )}
    group by halves.service, half, department_id, agent_id, at
  ),
  levels as (
    select service, department_id, agent_id, half, at, delta,
      sum(delta) over (partition by service, half, department_id, agent_id order by at) as level,
      max(at) over (partition by service, half, department_id, agent_id) as last_at
    from (${ofEach(sql`half, at`)}) as each_of_them
  )
  select service, department_id, agent_id, half as at, cast(sum(delta) as bigint) as net,
    cast(sum(delta * (half + ${sql.lit(HALF_HOUR)} - at)) as bigint) as area,
    cast(min(case when at < last_at then level end) as bigint) as lowest,
    cast(max(case when at < last_at then level end) as bigint) as highest, min(at) as first_at, max(at) as last_at
  from levels group by service, half, department_id, agent_id`

/** By how much the steps that a condition allows change each day and month. */
export const loadSumsOf = (db: Reader, allowed: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  with steps as materialized (
    select service, department_id, agent_id, ${floored(at, DAY)} as day, sum(delta) as delta from load_changes
    where ${allowed} group by service, department_id, agent_id, ${sql.lit(4)}
  ),
  days as materialized (select service, department_id, agent_id, day as at, delta from (${ofEach(sql`day`)}) as each_of_them)
  select service, department_id, agent_id, 'day' as unit, at, cast(sum(delta) as bigint) as net
  from days group by service, department_id, agent_id, at
  union all
  select service, department_id, agent_id, 'month', ${monthInUtc(db, at)}, cast(sum(delta) as bigint)
  from days group by service, department_id, agent_id, ${sql.lit(5)}`

/**
 * Adds the steps after a number up to another one. Where they come late, their half-hour is counted again, from all steps that
 * are added up then: those up to `position`.
 */
export async function addToLoadRollups(tx: Tx, after: number, upTo: number, position = upTo): Promise<void> {
  const steps = await tx
    .selectFrom('load_changes')
    .select(stepColumns)
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('at')
    .execute()
  const stored = await storedCourses(tx, [...seriesOf(steps).values()])
  const halves = Map.groupBy(steps, ({ service, at }) => `${service} ${halfHourOf(at)}`)
  const rows: LoadCourseRow[] = []
  for (const own of halves.values()) {
    const series = [...seriesOf(own)]
    const isLate = series.some(([key, { first_at }]) => (stored.get(key)?.last_at ?? first_at) > first_at)
    if (!isLate) rows.push(...seriesOf(own, stored).values())
    else rows.push(...seriesOf(await stepsOf(tx, own[0], position)).values())
  }
  await putCourses(tx, rows)
  await sql`
    insert into load_sums (service, department_id, agent_id, unit, at, net)
    select service, department_id, agent_id, unit, at, net
    from (${loadSumsOf(tx, sql`seq > ${after} and seq <= ${upTo}`)}) as added where true
    on conflict (service, department_id, agent_id, unit, at) do update set net = load_sums.net + excluded.net`.execute(
    tx,
  )
}

const stepColumns = ['service', 'at', 'department_id', 'agent_id', 'delta'] as const
type Step = Pick<LoadChangeRow, (typeof stepColumns)[number]>

export const halfHourOf = (at: number): number => Math.floor(at / HALF_HOUR) * HALF_HOUR

/** The rows of the rollups that a step belongs to, without their half-hours. */
export const placesOf = ({ department_id, agent_id }: Pick<Step, 'department_id' | 'agent_id'>) =>
  (agent_id === '' ? [''] : [agent_id, EVERYBODY]).flatMap((agent) =>
    [department_id, ''].map((department) => ({ department_id: department, agent_id: agent })),
  )

const keyOf = ({ service, department_id, agent_id, at }: Omit<LoadCourseRow, keyof Course>): string =>
  [service, department_id, agent_id, at].join(' ')

/** The courses that steps make, which are in order, each from where it was. */
function seriesOf(steps: readonly Step[], before: ReadonlyMap<string, LoadCourseRow> = new Map()) {
  const rows = new Map<string, LoadCourseRow>()
  for (const step of steps)
    for (const place of placesOf(step)) {
      const of = { service: step.service, ...place, at: halfHourOf(step.at) }
      const key = keyOf(of)
      rows.set(key, { ...of, ...goOn(rows.get(key) ?? before.get(key), of.at, step) })
    }
  return rows
}

/** All steps of the half-hour of one of them. */
const stepsOf = async (tx: Tx, step: Step | undefined, position: number): Promise<Step[]> =>
  step
    ? tx
        .selectFrom('load_changes')
        .select(stepColumns)
        .where('service', '=', step.service)
        .where('at', '>=', halfHourOf(step.at))
        .where('at', '<', halfHourOf(step.at) + HALF_HOUR)
        .where(sql<number>`seq + 0`, '<=', position)
        .orderBy('at')
        .execute()
    : []

const AT_ONCE = 400

async function storedCourses(tx: Tx, rows: readonly LoadCourseRow[]): Promise<Map<string, LoadCourseRow>> {
  const stored = new Map<string, LoadCourseRow>()
  for (let start = 0; start < rows.length; start += AT_ONCE)
    for (const row of await coursesAt(tx, rows.slice(start, start + AT_ONCE)).execute()) stored.set(keyOf(row), row)
  return stored
}

/** The query behind stored courses, found by their keys. */
export const coursesAt = (db: Reader, rows: readonly Omit<LoadCourseRow, keyof Course>[]) =>
  db
    .selectFrom('load_courses')
    .selectAll()
    .where(
      sql<SqlBool>`(service, department_id, agent_id, at) in (values ${sql.join(
        rows.map((row) => sql`(${row.service}, ${row.department_id}, ${row.agent_id}, cast(${row.at} as bigint))`),
      )})`,
    )

async function putCourses(tx: Tx, rows: readonly LoadCourseRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += AT_ONCE)
    await tx
      .insertInto('load_courses')
      .values(rows.slice(start, start + AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['service', 'department_id', 'agent_id', 'at']).doUpdateSet((eb) => ({
          net: eb.ref('excluded.net'),
          area: eb.ref('excluded.area'),
          lowest: eb.ref('excluded.lowest'),
          highest: eb.ref('excluded.highest'),
          first_at: eb.ref('excluded.first_at'),
          last_at: eb.ref('excluded.last_at'),
        })),
      )
      .execute()
}
