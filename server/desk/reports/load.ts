// How much waited and how much was worked on in each hour.
import { type Expression, type SqlBool, sql } from 'kysely'
import { sliced } from '../../db/differences.ts'
import type { Reader } from '../../db/write.ts'
import { dayOf, type Service, startOfDay } from '../metrics/load.ts'
import type { Span } from './cover.ts'
import { ratio } from './figures.ts'
import { boundsOf, type Interval, listIntervals, type Page, type Range } from './range.ts'
import type { Scope } from './scope.ts'
import { slotsIn } from './slots.ts'

export interface Level {
  min: number
  max: number
  /** Weighted by time, two decimals. */
  avg: number
}

export interface HourOfLoad {
  hour: Interval
  waiting: Level
  /** Agents online for the service. */
  slots: Level
  inService: Level
}

const NONE: Level = { min: 0, max: 0, avg: 0 }

/** Whole hours, also where the range begins or ends within one. The hour in progress counts up to `now`. */
export async function loadReport(
  db: Reader,
  service: Service,
  scope: Scope,
  range: Range,
  page: Page,
  now = Date.now(),
): Promise<HourOfLoad[]> {
  const hours = listIntervals(range, 'hour', page)
  if (!hours[0]) return []
  const bounds = boundsOf(hours).map((bound) => Math.min(bound, now + 1))
  const level = await levelAt(db, service, scope, hours[0].from)
  const courses = await coursesIn(db, service, scope, bounds)
  const begun = hours
    .filter(({ from }) => from <= now)
    .map(({ from, before }) => ({ from, before: Math.min(before, now + 1) }))
  const slots = await slotsIn(db, service, scope, begun, now)
  return hours.map((hour, position) => {
    if (hour.from > now) return { hour, waiting: NONE, slots: NONE, inService: NONE }
    const span = { from: hour.from, before: Math.min(hour.before, now + 1) }
    const course = courses.get(position)
    const row = {
      hour,
      waiting: levelIn(span, level.waiting, course?.waiting),
      slots: slots[position] ?? NONE,
      inService: levelIn(span, level.service, course?.service),
    }
    level.waiting += course?.waiting.net ?? 0
    level.service += course?.service.net ?? 0
    return row
  })
}

/** Where a level went in a span, relative to the level at its start. */
interface Course {
  firstAt: number
  net: number
  min: number
  max: number
  /** The sum of each step times the milliseconds that it lasted until the end of the span. */
  area: number
}

/** The level of a span that began at `start`. A start that was changed at its very beginning has not lasted. */
function levelIn({ from, before }: Span, start: number, course: Course | undefined): Level {
  if (!course) return { min: start, max: start, avg: start }
  const lasted = course.firstAt > from ? [start] : []
  const length = before - from
  return {
    min: Math.min(...lasted, start + course.min),
    max: Math.max(...lasted, start + course.max),
    avg: ratio(start * length + course.area, length),
  }
}

const whole = (sum: Expression<unknown>) => sql<number>`cast(coalesce(${sum}, 0) as bigint)`
const waitingSum = sql<number>`sum(case when agent_id = '' then delta else 0 end)`
const serviceSum = sql<number>`sum(case when agent_id = '' then 0 else delta end)`

function conditions(service: Service, { departmentIds, agentId }: Scope): Expression<SqlBool>[] {
  return [
    sql<SqlBool>`service = ${service}`,
    ...(departmentIds === undefined
      ? []
      : [
          departmentIds.length === 0
            ? sql<SqlBool>`1 = 0`
            : sql<SqlBool>`department_id in (${sql.join(departmentIds)})`,
        ]),
    ...(agentId === undefined ? [] : [sql<SqlBool>`agent_id = ${agentId}`]),
  ]
}

/** The query behind the level at an instant: the sums of whole days, then the steps of the day itself. */
export function levelQuery(db: Reader, service: Service, scope: Scope, instant: number) {
  const day = dayOf(instant)
  const where = conditions(service, scope)
  const days = db
    .selectFrom('load_days')
    .select(['agent_id', 'delta'])
    .where((eb) => eb.and([...where, eb('day', '<', day)]))
  const rest = db
    .selectFrom('load_changes')
    .select(['agent_id', 'delta'])
    .where((eb) => eb.and([...where, eb('at', '>=', startOfDay(day)), eb('at', '<', instant)]))
  return db
    .selectFrom(days.unionAll(rest).as('steps'))
    .select([whole(waitingSum).as('waiting'), whole(serviceSum).as('service')])
}

const levelAt = (db: Reader, service: Service, scope: Scope, instant: number) =>
  levelQuery(db, service, scope, instant).executeTakeFirstOrThrow()

/** The query behind the steps of each slice between two bounds, by its number. */
export function stepsQuery(db: Reader, service: Service, scope: Scope, bounds: readonly number[]) {
  // Steps of one instant are one: a transfer takes from one level and gives to another in no time.
  const instants = db
    .selectFrom(sliced(db, 'load_changes', bounds))
    .select(['position', 'at', waitingSum.as('waiting'), serviceSum.as('service')])
    .where((eb) => eb.and(conditions(service, scope)))
    .groupBy(['position', 'at'])
  const origin = bounds[0] ?? 0
  const courses = db
    .selectFrom(instants.as('instants'))
    .select(['position', 'at', 'waiting', 'service'])
    .select([
      sql<number>`sum(waiting) over (partition by position order by at)`.as('waiting_level'),
      sql<number>`sum(service) over (partition by position order by at)`.as('service_level'),
    ])
  return db
    .selectFrom(courses.as('courses'))
    .groupBy('position')
    .select([
      'position',
      whole(sql`min(at)`).as('first_at'),
      whole(sql`sum(waiting)`).as('waiting'),
      // From the first bound, for the sum of whole instants would pass what a number holds exactly.
      whole(sql`sum(waiting * (at - ${origin}))`).as('waiting_moment'),
      whole(sql`min(waiting_level)`).as('waiting_min'),
      whole(sql`max(waiting_level)`).as('waiting_max'),
      whole(sql`sum(service)`).as('service'),
      whole(sql`sum(service * (at - ${origin}))`).as('service_moment'),
      whole(sql`min(service_level)`).as('service_min'),
      whole(sql`max(service_level)`).as('service_max'),
    ])
}

async function coursesIn(db: Reader, service: Service, scope: Scope, bounds: readonly number[]) {
  const rows = await stepsQuery(db, service, scope, bounds).execute()
  return new Map(
    rows.map((row): [number, { waiting: Course; service: Course }] => {
      const length = (bounds[row.position + 1] ?? 0) - (bounds[0] ?? 0)
      const { first_at: firstAt } = row
      return [
        row.position,
        {
          waiting: {
            firstAt,
            net: row.waiting,
            min: row.waiting_min,
            max: row.waiting_max,
            area: row.waiting * length - row.waiting_moment,
          },
          service: {
            firstAt,
            net: row.service,
            min: row.service_min,
            max: row.service_max,
            area: row.service * length - row.service_moment,
          },
        },
      ]
    }),
  )
}
