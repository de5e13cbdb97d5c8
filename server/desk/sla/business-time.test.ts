import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BusinessHours, businessHoursSchema, calendarOf } from './business-hours.ts'
import { afterBusinessTime, businessTimeBetween } from './business-time.ts'

const HOUR = 3_600_000
const QUARTER = 900_000
const DAY = 24 * HOUR
const office = (zone: string, holidays: string[] = []): BusinessHours => ({
  zone,
  week: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })),
  holidays,
})
const always = (zone: string): BusinessHours => ({
  zone,
  week: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' })),
  holidays: [],
})
const at = (text: string): number => Date.parse(text)
const between = (hours: BusinessHours, from: string, to: string): number =>
  businessTimeBetween(calendarOf(hours), at(from), at(to)) / 1000
const dueAfter = (hours: BusinessHours, from: string, seconds: number): string | undefined => {
  const instant = afterBusinessTime(calendarOf(hours), at(from), seconds * 1000)
  return instant === undefined ? undefined : new Date(instant).toISOString()
}

describe('business hours', () => {
  test.each([
    [{ ...office('GMT'), zone: 'Mars/Olympus' }, 'time zone'],
    [{ ...office('GMT'), week: [{ day: 8, from: '09:00', to: '17:00' }] }, '7'],
    [{ ...office('GMT'), week: [{ day: 1, from: '22:00', to: '06:00' }] }, 'over midnight'],
    [{ ...office('GMT'), week: [{ day: 1, from: '9:00', to: '17:00' }] }, 'time of day'],
    [{ ...office('GMT'), week: [{ day: 1, from: '09:00', to: '24:30' }] }, 'time of day'],
    [office('GMT', ['2026-13-01']), 'date'],
  ])('refuses %j', (hours, words) => {
    expect(JSON.stringify(businessHoursSchema.safeParse(hours).error?.issues)).toContain(words)
  })
})

describe('business time', () => {
  test('of a reversed range is none', () =>
    expect(between(office('GMT'), '2026-06-02T10:00Z', '2026-06-01T10:00Z')).toBe(0))

  test('leaves out nights, weekends and holidays, to the second', () => {
    expect(between(office('GMT'), '2026-06-05T16:59:59Z', '2026-06-08T09:00:02Z')).toBe(3)
    expect(between(office('GMT', ['2026-06-08']), '2026-06-05T16:00:00Z', '2026-06-09T10:00:00Z')).toBe(2 * 3600)
    expect(between(office('GMT', ['06-08']), '2026-06-05T16:00:00Z', '2026-06-09T10:00:00Z')).toBe(2 * 3600)
  })

  test('follows the clocks of its zone through daylight saving', () => {
    // Berlin skips 02:00 to 03:00 on 2026-03-29 and passes it twice on 2026-10-25.
    expect(between(always('Europe/Berlin'), '2026-03-28T23:00Z', '2026-03-29T22:00Z')).toBe(23 * 3600)
    const night: BusinessHours = { zone: 'Europe/Berlin', week: [{ day: 7, from: '01:30', to: '03:30' }], holidays: [] }
    expect(between(night, '2026-03-28T00:00Z', '2026-03-30T00:00Z')).toBe(3600)
    expect(between(night, '2026-10-24T00:00Z', '2026-10-26T00:00Z')).toBe(3 * 3600)
    expect(dueAfter(office('Europe/Berlin'), '2026-03-27T15:00Z', 2 * 3600)).toBe('2026-03-30T08:00:00.000Z')
  })

  test('that has passed when the desk closes ends then', () => {
    expect(dueAfter(office('GMT'), '2026-06-05T16:00Z', 3600)).toBe('2026-06-05T17:00:00.000Z')
    expect(dueAfter(office('GMT'), '2026-06-05T16:00Z', 3601)).toBe('2026-06-08T09:00:01.000Z')
    expect(dueAfter(office('GMT'), '2026-06-06T12:00Z', 0)).toBe('2026-06-06T12:00:00.000Z')
  })

  test('never passes on a desk that never opens', () => {
    expect(dueAfter({ zone: 'GMT', week: [], holidays: [] }, '2026-06-05T16:00Z', 1)).toBeUndefined()
    expect(between({ zone: 'GMT', week: [], holidays: [] }, '2026-01-01T00:00Z', '2030-01-01T00:00Z')).toBe(0)
  })

  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Pacific/Apia',
    'America/St_Johns',
    'Africa/Casablanca',
    'Asia/Tehran',
  ]

  /** Quarter by quarter, asking Intl what the clocks show: nothing in common with the reckoning but the definition. */
  function counted(hours: BusinessHours, from: number, to: number): number {
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone: hours.zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    let quarters = 0
    for (let instant = from; instant < to; instant += QUARTER) {
      const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
      const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part.weekday?.replace('.', '') ?? '') + 1
      const time = `${part.hour}:${part.minute}`
      const date = `${part.year}-${part.month}-${part.day}`
      if (hours.holidays.some((holiday) => date.endsWith(holiday))) continue
      if (hours.week.some((opening) => opening.day === day && opening.from <= time && time < opening.to)) quarters++
    }
    return quarters * QUARTER
  }

  test.each(zones)('equals a count of quarters over years in %s', (zone) => {
    const hours: BusinessHours = {
      zone,
      week: [
        { day: 1, from: '00:00', to: '04:15' },
        { day: 1, from: '09:00', to: '17:45' },
        { day: 3, from: '13:00', to: '24:00' },
        { day: 4, from: '00:00', to: '02:30' },
        { day: 7, from: '01:15', to: '03:45' },
        { day: 7, from: '03:30', to: '05:00' },
      ],
      holidays: ['12-25', '2026-03-30', '2025-10-26'],
    }
    const from = at('2025-01-01T00:00Z')
    const to = at('2027-01-03T00:00Z')
    expect(businessTimeBetween(calendarOf(hours), from, to)).toBe(counted(hours, from, to))
  })

  const anyHours = fc.record({
    zone: fc.constantFrom(...zones, 'GMT'),
    week: fc.array(
      fc
        .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 96 }))
        .filter(([, from, to]) => from < to)
        .map(([day, from, to]) => ({ day, from: clock(from), to: clock(to) })),
      { maxLength: 8 },
    ),
    holidays: fc.constantFrom<string[]>([], ['12-25'], ['2026-03-29', '2026-10-25', '01-01']),
  })
  const clock = (quarter: number): string =>
    `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`
  const instant = fc
    .integer({ min: at('2025-09-01T00:00Z') / QUARTER, max: at('2027-05-01T00:00Z') / QUARTER })
    .map((n) => n * QUARTER)

  test('equals a count of quarters for any hours, zone and weeks', () => {
    fc.assert(
      fc.property(anyHours, instant, fc.integer({ min: 0, max: 14 * 96 }), (hours, from, quarters) => {
        const to = from + quarters * QUARTER
        expect(businessTimeBetween(calendarOf(hours), from, to)).toBe(counted(hours, from, to))
      }),
      { numRuns: 60 },
    )
  })

  test('can be added up piece by piece, and is what passes until it has passed', () => {
    fc.assert(
      fc.property(
        anyHours,
        fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') }),
        fc.nat(40 * DAY),
        fc.nat(40 * DAY),
        fc.integer({ min: 1, max: 90 * HOUR }),
        (hours, from, first, second, duration) => {
          const calendar = calendarOf(hours)
          const whole = businessTimeBetween(calendar, from, from + first + second)
          const parts =
            businessTimeBetween(calendar, from, from + first) +
            businessTimeBetween(calendar, from + first, from + first + second)
          expect(parts).toBe(whole)
          const due = afterBusinessTime(calendar, from, duration)
          if (due === undefined) return
          expect(businessTimeBetween(calendar, from, due)).toBe(duration)
          expect(businessTimeBetween(calendar, from, due - 1)).toBe(duration - 1)
        },
      ),
      { numRuns: 300 },
    )
  })
})
