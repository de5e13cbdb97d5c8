// Rows of a report for things that have facts: all that are not deleted, and deleted ones that did something in the range.
import { NOTHING, type Totals } from './figures.ts'
import type { Page } from './range.ts'

export interface TotalsOf<Thing> {
  thing: Thing
  totals: Totals
}

/** A page of things, which come in their order, with their totals. */
export function pageOf<Thing extends { id: string }>(
  things: readonly Thing[],
  totals: ReadonlyMap<string, Totals>,
  { offset, limit }: Page,
): TotalsOf<Thing>[] {
  return things.slice(offset, offset + limit).map((thing) => ({ thing, totals: totals.get(thing.id) ?? NOTHING }))
}

/** Whether a thing that may be deleted has a row. Without those that worked, the rows would not add up to what happened. */
export const hasRow =
  (totals: ReadonlyMap<string, Totals>) =>
  ({ id, deleted_at }: { id: string; deleted_at: number | null }): boolean =>
    deleted_at === null || totals.has(id)
