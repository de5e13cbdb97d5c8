import { describe, expect, test } from 'vitest'
import { TooMany } from '../lib/errors.ts'
import { RateLimit } from './rate-limit.ts'

describe('a rate limit', () => {
  test('refuses what is above it, says when to come back, and counts each caller alone', () => {
    const limit = new RateLimit('this API key')
    for (let n = 0; n < 3; n++) limit.take('a', 3, 1_000)
    expect(() => limit.take('a', 3, 31_000)).toThrow(TooMany)
    expect(() => limit.take('a', 3, 31_000)).toThrow('Try again in 30 s')
    expect(() => limit.take('b', 3, 31_000)).not.toThrow()
  })

  test('does not let a burst at the end of one minute and another at the start of the next pass', () => {
    const limit = new RateLimit('this address')
    limit.take('a', 10, 0)
    for (let n = 0; n < 9; n++) limit.take('a', 10, 59_000)
    expect(() => limit.take('a', 10, 60_500)).toThrow(TooMany)
    expect(() => limit.take('a', 10, 90_000)).not.toThrow()
  })

  test('forgets when a clock was set back rather than locking somebody out', () => {
    const limit = new RateLimit('this address')
    limit.take('a', 5, 10_000_000)
    expect(() => limit.take('a', 5, 1_000)).not.toThrow()
  })

  test('keeps its memory bounded under a flood of addresses', () => {
    const limit = new RateLimit('this address')
    for (let n = 0; n < 250_000; n++) limit.take(String(n), 1, n)
    expect(() => limit.take('another', 1, 250_000)).not.toThrow()
  })
})
