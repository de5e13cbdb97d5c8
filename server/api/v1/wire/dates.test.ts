import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Invalid } from '../../../lib/errors.ts'
import { localText } from '../../../lib/zone.ts'
import { fromOpDatetime } from './dates.ts'

const read = (text: string) => fromOpDatetime('datechanged', text, 'GMT')
const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`)

describe('opdatetime', () => {
  test.each([
    'eq:',
    'gt:yesterday',
    'btw:2009-01-01',
    'btw:2009-01-01,2010-01-01,2011-01-01',
    'between:2009-01-01',
    "lk:'; drop table",
    'eq:2009-02-30',
  ])('%s is refused by name', (text) => {
    expect(() => read(text)).toThrow(Invalid)
    expect(() => read(text)).toThrow(expect.objectContaining({ field: 'datechanged' }))
  })

  test('compares by the second, and by the day where there is no time', () => {
    const second = at('2009-11-12 05:02:01')
    expect(read('2009-11-12 05:02:01')).toEqual({ from: second, before: second + 1000 })
    expect(read('eq:2009-11-12 05:02:01')).toEqual(read('2009-11-12 05:02:01'))
    expect(read('neq:2009-11-12 05:02:01')).toEqual({ except: { from: second, before: second + 1000 } })
    expect(read('gt:2009-11-12 05:02:01')).toEqual({ from: second + 1000 })
    expect(read('gte:2009-11-12 05:02:01')).toEqual({ from: second })
    expect(read('lt:2009-11-12 05:02:01')).toEqual({ before: second })
    expect(read('lte:2009-11-12 05:02:01')).toEqual({ before: second + 1000 })
    expect(read('btw:2009-11-12 05:02:01,2009-11-12 05:02:02')).toEqual({ from: second, before: second + 2000 })
    expect(read('eq:2009-11-12')).toEqual({ from: at('2009-11-12 00:00:00'), before: at('2009-11-13 00:00:00') })
  })

  test('turns the beginning of a pattern into a range for the index', () => {
    expect(read('lk:2009-01-%')).toMatchObject({
      from: at('2009-01-01 00:00:00'),
      before: at('2009-02-01 00:00:00'),
      pattern: { like: '2009-01-%' },
    })
    expect(read('lk:2011-12-01 ??:59:59')).toMatchObject({
      from: at('2011-12-01 00:00:00'),
      before: at('2011-12-02 00:00:00'),
      pattern: { like: '2011-12-01 __:59:59' },
    })
    expect(read('lk:%-12-%')).toMatchObject({ pattern: { like: '%-12-%' } })
  })

  test('never leaves out an instant whose local text begins as the pattern does', () => {
    const zones = ['GMT', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Apia']
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2035, 0) }),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 19 }),
        (instant, zone, length) => {
          const { from = -Infinity, before = Infinity } = fromOpDatetime(
            'd',
            `lk:${localText(instant, zone).slice(0, length)}%`,
            zone,
          )
          expect(instant >= from && instant < before).toBe(true)
        },
      ),
    )
  })

  test('of any text is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(eq|neq|gt|lk|btw):[0-9:, %?-]{0,40}$/)), (text) => {
        try {
          read(text)
        } catch (error) {
          expect(error).toBeInstanceOf(Invalid)
        }
      }),
    )
  })
})
