import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIRST_INSTANT, instantOfWall, isZone, LAST_INSTANT, localText, parseWall } from './zone.ts'

const ZONES = [
  'GMT',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
]
const instant = (zone: string, text: string): number => {
  const wall = parseWall(text)
  if (!wall) throw new Error(text)
  return instantOfWall(wall.wall, zone)
}

describe('local times', () => {
  test('that no calendar has are not read', () => {
    for (const text of [
      '2026-02-30',
      '2026-13-01',
      '0000-01-01',
      '0999-12-31',
      '2026-01-01 24:00:00',
      '2026-1-1',
      'now',
      '',
      '99999-01-01',
      '2026-01-01 10:00:00x',
    ])
      expect(parseWall(text)).toBeUndefined()
  })

  test('in the gap of spring move on by the gap', () => {
    expect(localText(instant('Europe/Berlin', '2026-03-29 02:30:00'), 'Europe/Berlin')).toBe('2026-03-29 03:30:00')
  })

  test('that occur twice in autumn mean the first time', () => {
    expect(new Date(instant('Europe/Berlin', '2026-10-25 02:30:00')).toISOString()).toBe('2026-10-25T00:30:00.000Z')
    expect(new Date(instant('America/New_York', '2026-11-01 01:30:00')).toISOString()).toBe('2026-11-01T05:30:00.000Z')
  })

  test('may be a bare date, or end with minutes', () => {
    expect(parseWall('2026-01-31')).toEqual({ wall: Date.UTC(2026, 0, 31), isDate: true })
    expect(parseWall('2026-01-31 10:20')).toEqual({ wall: Date.UTC(2026, 0, 31, 10, 20), isDate: false })
  })

  test('zones are known by their names, and nothing else is one', () => {
    expect(ZONES.every(isZone)).toBe(true)
    expect(['', 'Mars/Olympus', 'GMT; drop table'].some(isZone)).toBe(false)
  })

  test('are what Intl says, in every zone', () => {
    for (const zone of ZONES) {
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) }), (at) => {
          expect(localText(at, zone)).toBe(format.format(at))
        }),
        { numRuns: 300 },
      )
    }
  })

  test('lead back to the instant they came from, but for the hour that occurs twice', () => {
    for (const zone of ZONES) {
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(1975, 0) / 1000, max: Date.UTC(2037, 0) / 1000 }), (seconds) => {
          const text = localText(seconds * 1000, zone)
          const back = instant(zone, text)
          expect(localText(back, zone)).toBe(text)
          expect(back).toBeLessThanOrEqual(seconds * 1000)
        }),
        { numRuns: 300 },
      )
    }
  })

  test('have four digits in their year from the first to the last', () => {
    expect(localText(FIRST_INSTANT, 'GMT')).toBe('1000-01-02 00:00:00')
    expect(localText(LAST_INSTANT, 'Pacific/Kiritimati')).toBe('9999-12-31 13:59:59')
    expect(parseWall('9999-12-30 23:59:59')).toBeDefined()
    expect(parseWall('9999-12-31')).toBeUndefined()
  })
})
