import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverOf } from './cover.ts'

const instant = fc.oneof(
  fc.integer({ min: -30_000_000_000_000, max: 250_000_000_000_000 }),
  fc.integer({ min: 480_000, max: 490_000 }).map((hours) => hours * 3_600_000),
  fc.integer({ min: 1_760_000_000_000, max: 1_770_000_000_000 }),
)

const finest = fc.constantFrom('half', 'hour')

test('the parts of any range add up to each instant of it once, and to nothing outside; their ends are those of their units', () => {
  fc.assert(
    fc.property(instant, instant, finest, (a, b, least) => {
      const span = { from: Math.min(a, b), before: Math.max(a, b) }
      const parts = coverOf(span, least)
      for (const { unit, from, before } of parts) {
        expect(before).toBeGreaterThan(from)
        for (const edge of [from, before]) {
          const text = new Date(edge).toISOString()
          if (unit === 'half') expect([least, text]).toEqual(['half', expect.stringMatching(/:[03]0:00\.000Z$/)])
          if (unit === 'hour') expect(text).toMatch(/:00:00\.000Z$/)
          if (unit === 'day') expect(text).toMatch(/T00:00:00\.000Z$/)
          if (unit === 'month') expect(text).toMatch(/-01T00:00:00\.000Z$/)
        }
      }
      const edges = [span, ...parts].flatMap(({ from, before }) => [from - 1, from, before - 1, before])
      for (const at of edges) {
        const times = parts
          .filter(({ from, before }) => from <= at && at < before)
          .reduce((sum, { sign }) => sum + sign, 0)
        expect({ at, times }).toEqual({ at, times: at >= span.from && at < span.before ? 1 : 0 })
      }
      expect(parts.length).toBeLessThanOrEqual(least === 'half' ? 9 : 7)
    }),
  )
})

const HOUR = 3_600_000

test('what is counted from facts is at most half of the finest unit at each end', () => {
  fc.assert(
    fc.property(instant, instant, finest, (a, b, least) => {
      const parts = coverOf({ from: Math.min(a, b), before: Math.max(a, b) }, least)
      const ragged = parts.filter(({ unit }) => unit === 'fact')
      const length = least === 'half' ? HOUR / 2 : HOUR
      for (const { from, before } of ragged)
        expect(before - from).toBeLessThanOrEqual(ragged.length > 1 ? length / 2 : length)
    }),
  )
})

test('a day of another zone is a day in UTC with some hours more and as many less', () => {
  const midnight = Date.UTC(2026, 5, 10)
  expect(coverOf({ from: midnight - 2 * HOUR, before: midnight + 22 * HOUR }, 'half')).toEqual([
    { unit: 'day', from: midnight, before: midnight + 24 * HOUR, sign: 1 },
    { unit: 'hour', from: midnight - 2 * HOUR, before: midnight, sign: 1 },
    { unit: 'hour', from: midnight + 22 * HOUR, before: midnight + 24 * HOUR, sign: -1 },
  ])
})

test('an hour of India is an hour in UTC with half an hour more and half an hour less', () => {
  const noon = Date.UTC(2026, 5, 10, 12)
  expect(coverOf({ from: noon + HOUR / 2, before: noon + 1.5 * HOUR }, 'half')).toEqual([
    { unit: 'hour', from: noon, before: noon + HOUR, sign: 1 },
    { unit: 'half', from: noon, before: noon + HOUR / 2, sign: -1 },
    { unit: 'half', from: noon + HOUR, before: noon + 1.5 * HOUR, sign: 1 },
  ])
})

test('an empty range has no parts', () => {
  expect(coverOf({ from: 5, before: 5 }, 'half')).toEqual([])
})
