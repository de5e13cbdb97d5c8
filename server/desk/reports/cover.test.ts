import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverOf } from './cover.ts'

const instant = fc.oneof(
  fc.integer({ min: -30_000_000_000_000, max: 250_000_000_000_000 }),
  fc.integer({ min: 480_000, max: 490_000 }).map((hours) => hours * 3_600_000),
)

test('the parts of any range follow one another without a gap, and their ends are those of their units', () => {
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      const span = { from: Math.min(a, b), before: Math.max(a, b) }
      const parts = coverOf(span).sort((one, other) => one.from - other.from)
      let end = span.from
      for (const { unit, from, before } of parts) {
        expect(from).toBe(end)
        expect(before).toBeGreaterThan(from)
        end = before
        for (const edge of [from, before]) {
          const text = new Date(edge).toISOString()
          if (unit === 'hour') expect(text).toMatch(/:00:00\.000Z$/)
          if (unit === 'day') expect(text).toMatch(/T00:00:00\.000Z$/)
          if (unit === 'month') expect(text).toMatch(/-01T00:00:00\.000Z$/)
        }
      }
      expect(end).toBe(span.before)
      expect(parts.length).toBeLessThanOrEqual(7)
    }),
  )
})

test('an empty range has no parts', () => {
  expect(coverOf({ from: 5, before: 5 })).toEqual([])
})
