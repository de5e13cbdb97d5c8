import { describe, expect, test } from 'vitest'
import { localText, parseWall } from '../../lib/zone.ts'
import { rangeOf, type Stretch } from './given-range.ts'

const ZONE = 'Europe/Berlin'
const NOW = Date.parse('2025-04-10T12:00:00Z')
const wall = (text: string) => {
  const parsed = parseWall(text)
  if (!parsed) throw new Error(text)
  return parsed
}

interface Dates {
  date_from?: ReturnType<typeof wall>
  date_to?: ReturnType<typeof wall>
  datetime?: Stretch
}
const range = (params: Dates): string => {
  const { from, before } = rangeOf(params, ZONE, NOW)
  return `${localText(from, ZONE)} – ${localText(before - 1, ZONE)}`
}

describe('a report that is asked without dates', () => {
  test.each<[string, Dates, string]>([
    ['nothing', {}, '2025-03-11 00:00:00 – 2025-04-10 14:00:00'],
    ['L30D', { datetime: 'L30D' }, '2025-03-11 00:00:00 – 2025-04-10 14:00:00'],
    ['TM', { datetime: 'TM' }, '2025-04-01 00:00:00 – 2025-04-10 14:00:00'],
    ['LM', { datetime: 'LM' }, '2025-03-01 00:00:00 – 2025-03-31 23:59:59'],
    [
      'a month',
      { datetime: { unit: 'month', start: wall('2014-12-01') } },
      '2014-12-01 00:00:00 – 2014-12-31 23:59:59',
    ],
    ['a day', { datetime: { unit: 'day', start: wall('2025-03-30') } }, '2025-03-30 00:00:00 – 2025-03-30 23:59:59'],
    ['only a beginning', { date_from: wall('2025-04-09 10:00:00') }, '2025-04-09 10:00:00 – 2025-04-10 14:00:00'],
    ['only an end', { date_to: wall('2025-03-31') }, '2025-03-01 23:00:00 – 2025-03-31 23:59:59'],
    [
      'dates and a month: the dates count',
      { date_from: wall('2025-01-01'), date_to: wall('2025-01-02'), datetime: 'TM' },
      '2025-01-01 00:00:00 – 2025-01-02 23:59:59',
    ],
  ])('with %s', (_name, params, expected) => {
    expect(range(params)).toBe(expected)
  })
})
