// Facts of everybody by half-hour, too: what the hours and days of India are made of.
import type { Engine } from '../engine.ts'

export function halfHours(_engine: Engine): string[] {
  // Without half-hours: they are made anew, and reports are right all the while.
  return ['delete from rollups', "update rollup_positions set seq = 0 where name = 'facts'"]
}
