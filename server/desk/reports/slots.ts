// How many agents were online for a service in each hour, and for how much of it anybody was.
import type { Reader } from '../../db/write.ts'
import type { Service } from '../metrics/load.ts'
import { onlineSpans } from '../presence/online.ts'
import type { OnlineService } from '../presence/services.ts'
import { type Span, united, wholeSecond } from '../presence/spans.ts'
import { ratio } from './figures.ts'
import { boundsOf, type Interval, listIntervals, type Page, type Range } from './range.ts'
import type { Scope } from './scope.ts'

/** What agents are online for who take conversations of a service. */
export const letterOf: Readonly<Record<Service, OnlineService>> = { tickets: 'M', chats: 'T', calls: 'P' }

/** When agents came and went, each in order. An agent counts once, in however many of the departments he is online. */
async function comingsAndGoings(db: Reader, service: Service, scope: Scope, span: Span, now: number) {
  const { departmentIds = [''], agentId } = scope
  const all = await onlineSpans(db, { service: letterOf[service], departmentIds, agentId }, span, now)
  const spans: readonly Span[] =
    departmentIds.length === 1
      ? all
      : [...Map.groupBy(all, ({ agentId: id }) => id).values()].flatMap((own) => united(own))
  // Numbers alone are sorted at a fraction of what objects take.
  return {
    begins: new Float64Array(spans.map(({ from }) => from)).sort(),
    ends: new Float64Array(spans.map(({ before }) => before)).sort(),
  }
}

/** The time in which anybody was there. Who goes as the third need not have come as the third: together it is the same. */
function covered({ begins, ends }: { begins: Float64Array; ends: Float64Array }): Span[] {
  const spans: Span[] = []
  for (const [n, from] of begins.entries()) {
    const before = ends[n] ?? from
    const last = spans.at(-1)
    if (last && from <= last.before) last.before = before
    else spans.push({ from, before })
  }
  return spans
}

const NEVER = Number.POSITIVE_INFINITY

interface Level {
  min: number
  max: number
  avg: number
}

/** The agents online in spans of time that follow one another; none of them reaches beyond `now`. */
export async function slotsIn(
  db: Reader,
  service: Service,
  scope: Scope,
  spans: readonly Span[],
  now: number,
): Promise<Level[]> {
  const [first] = spans
  const last = spans.at(-1)
  if (!first || !last) return []
  // An instant more than the last span has: who is online in a span without length is asked of its beginning.
  const online = { from: first.from, before: last.before + 1 }
  const { begins, ends } = await comingsAndGoings(db, service, scope, online, now)
  let [begun, ended, level] = [0, 0, 0]
  const nextStep = (): number => Math.min(begins[begun] ?? NEVER, ends[ended] ?? NEVER)
  const moveTo = (instant: number): void => {
    while ((begins[begun] ?? NEVER) <= instant) begun++
    while ((ends[ended] ?? NEVER) <= instant) ended++
    level = begun - ended
  }
  return spans.map(({ from, before }) => {
    moveTo(from)
    let [at, min, max, area] = [from, level, level, 0]
    for (let step = nextStep(); step < before; step = nextStep()) {
      area += level * (step - at)
      at = step
      moveTo(at)
      min = Math.min(min, level)
      max = Math.max(max, level)
    }
    area += level * (before - at)
    return { min, max, avg: before > from ? ratio(area, before - from) : level }
  })
}

export interface HourOfAvailability {
  hour: Interval
  /** Seconds in which anybody was online. */
  seconds: number
  /** How long the hour lasted, up to now. */
  of: number
}

/** Whole hours, also where the range begins or ends within one. The hour in progress counts up to now. */
export async function availabilityReport(
  db: Reader,
  service: Service,
  scope: Scope,
  range: Range,
  page: Page,
  now = Date.now(),
): Promise<HourOfAvailability[]> {
  const hours = listIntervals(range, 'hour', page)
  const bounds = boundsOf(hours)
  const upTo = wholeSecond(now)
  const span = { from: bounds[0] ?? 0, before: Math.min(bounds.at(-1) ?? 0, upTo) }
  const available = covered(await comingsAndGoings(db, service, scope, span, now))
  let next = 0
  return hours.map((hour) => {
    const before = Math.min(hour.before, upTo)
    let time = 0
    for (let one = available[next]; one && one.from < before; one = available[++next]) {
      time += Math.max(0, Math.min(one.before, before) - Math.max(one.from, hour.from))
      if (one.before > before) break
    }
    return { hour, seconds: Math.floor(time / 1_000), of: Math.max(0, Math.floor((before - hour.from) / 1_000)) }
  })
}

/** Rounded half up. */
export const minutesOf = ({ seconds }: HourOfAvailability): number => Math.round(seconds / 60)

/** In percent, with four decimals; zero where no time has passed. */
export const shareOf = ({ seconds, of }: HourOfAvailability): number =>
  of === 0 ? 0 : Math.round((seconds * 1_000_000) / of) / 10_000
