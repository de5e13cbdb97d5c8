// How much waited and how much was worked on in each hour.
import type { Reader } from '../../db/write.ts'
import type { Service } from '../metrics/load.ts'
import { halfHourOf } from '../metrics/load-rollups.ts'
import { HALF_HOUR } from '../metrics/time.ts'
import type { Span } from './cover.ts'
import { type Level, levelsOf, NONE } from './levels.ts'
import { type LoadRow, loadQuery, type Side } from './load-query.ts'
import { type Interval, listIntervals, type Page, type Range } from './range.ts'
import type { Scope } from './scope.ts'
import { slotsIn } from './slots.ts'

export interface HourOfLoad {
  hour: Interval
  waiting: Level
  /** Agents online for the service. */
  slots: Level
  inService: Level
}

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
  const spans = hours
    .filter(({ from }) => from <= now)
    .map(({ from, before }) => ({ from, before: Math.min(before, now + 1) }))
  const levels = await levelsIn(db, service, scope, spans)
  const slots = await slotsIn(db, service, scope, spans, now)
  return hours.map((hour, position) => ({
    hour,
    waiting: levels.waiting[position] ?? NONE,
    slots: slots[position] ?? NONE,
    inService: levels.service[position] ?? NONE,
  }))
}

interface Levels {
  waiting: Level[]
  service: Level[]
}

/** Hours that are read at once where steps are counted one by one: others get their turn in between. */
const FEW = 24

async function levelsIn(db: Reader, service: Service, scope: Scope, spans: readonly Span[]): Promise<Levels> {
  const all: Levels = { waiting: [], service: [] }
  if (scope.departmentIds?.length === 0) return all
  const isSlow = (scope.departmentIds ?? []).length > 1 || cutBy(spans).length > FEW
  const size = isSlow ? FEW : spans.length
  for (let start = 0; start < spans.length; start += size) {
    if (start > 0) await new Promise(setImmediate)
    const some = await levelsAtOnce(db, service, scope, spans.slice(start, start + size))
    all.waiting.push(...some.waiting)
    all.service.push(...some.service)
  }
  return all
}

/** The half-hours that begin in one span and end in another one, or in none. */
const cutBy = (spans: readonly Span[]): number[] => [
  ...new Set(spans.flatMap(({ from, before }) => [from, before].filter((at) => at % HALF_HOUR !== 0).map(halfHourOf))),
]

async function levelsAtOnce(db: Reader, service: Service, scope: Scope, spans: readonly Span[]): Promise<Levels> {
  const [first] = spans
  const last = spans.at(-1)
  if (!first || !last) return { waiting: [], service: [] }
  const asked = { service, scope, origin: halfHourOf(first.from), before: last.before, cut: cutBy(spans) }
  const { rows } = await loadQuery(db, asked).execute(db)
  const ofSide = (side: Side): Level[] => {
    const own = rows.filter((row) => row.side === side)
    const start = own.find(({ what }) => what === 'level')?.net ?? 0
    return levelsOf(spans, start, own.filter(({ what }) => what !== 'level').sort(inOrder))
  }
  return { waiting: ofSide(0), service: ofSide(1) }
}

const inOrder = (a: LoadRow, b: LoadRow): number => a.at - b.at
