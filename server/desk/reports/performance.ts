// What happened in each hour, day, week or month.
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { NOTHING, type Totals } from './figures.ts'
import { boundsOf, clip, type Interval, listIntervals, type Page, type Range, type Unit } from './range.ts'
import { totalsOfSlices } from './totals.ts'

/** Intervals in order. Those at the ends of the range are only as long as the range reaches into them. */
export async function performanceReport(
  db: Reader,
  actor: Actor,
  range: Range,
  unit: Unit,
  page: Page,
): Promise<{ interval: Interval; totals: Totals }[]> {
  const intervals = listIntervals(range, unit, page).map((interval) => clip(interval, range))
  const totals = await totalsOfSlices(db, actor, boundsOf(intervals))
  return intervals.map((interval, position) => ({ interval, totals: totals.get(position) ?? NOTHING }))
}
