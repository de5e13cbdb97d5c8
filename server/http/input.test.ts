import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Invalid } from '../lib/errors.ts'
import { merge, parsePairs, toInput } from './input.ts'

const plain = (input: object): object => ({ ...input })

describe('parameters', () => {
  test('that are not UTF-8 are refused by name', () => {
    expect(() => parsePairs('subject=%FF%FE')).toThrow(Invalid)
    expect(() => parsePairs('subject=%FF%FE')).toThrow(expect.objectContaining({ field: 'subject' }))
    expect(() => parsePairs('a[b]=%E0%A4%A')).toThrow(Invalid)
  })

  test('may have percent signs that encode nothing', () => {
    expect(plain(parsePairs('changed=lk:2026-01-%&a=100%+sure%2&b=%zz%41'))).toEqual({
      changed: 'lk:2026-01-%',
      a: '100% sure%2',
      b: '%zzA',
    })
  })

  test('may begin with an empty pair, and the last of two wins', () => {
    expect(plain(parsePairs('&apikey=k&&a=1&a=2&b'))).toEqual({ apikey: 'k', a: '2', b: '' })
  })

  test('of PHP arrays become lists and objects', () => {
    const input = parsePairs('customfields[0][code]=a&customfields[0][value]=1&ids%5B%5D=x&ids%5B%5D=y')
    expect(JSON.parse(JSON.stringify(input))).toEqual({ customfields: [{ code: 'a', value: '1' }], ids: ['x', 'y'] })
  })

  test('cannot reach the prototype of anything', () => {
    for (const text of [
      '__proto__[admin]=1',
      '__proto__=1',
      'constructor[prototype][admin]=1',
      'a[__proto__][admin]=1',
    ]) {
      parsePairs(text)
    }
    toInput(JSON.parse('{"__proto__": {"admin": 1}}'))
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  test('that are too many are refused', () => {
    expect(() => parsePairs(Array.from({ length: 3_000 }, (_, n) => `p${n}=1`).join('&'))).toThrow(Invalid)
  })

  test('come from the query before the body, and a blank one counts as not given', () => {
    const merged = merge(parsePairs('a=query&b=++&c='), toInput({ a: 'body', b: 'body', c: null, d: 7, e: ' \n ' }))
    expect(plain(merged)).toEqual({ a: 'query', b: 'body', d: 7 })
  })

  test('survive the way through any client that encodes them', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 50 })
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/).filter((text) => text !== '__proto__')
    fc.assert(
      fc.property(fc.dictionary(name, value), (values) => {
        const form = new URLSearchParams(values).toString()
        expect(plain(parsePairs(form))).toEqual(plain(values))
        const strict = Object.entries(values)
          .map(([key, text]) => `${encodeURIComponent(key)}=${encodeURIComponent(text)}`)
          .join('&')
        expect(plain(parsePairs(strict))).toEqual(plain(values))
      }),
    )
  })

  test('of any bytes are read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a[\]=&%0-9+]{0,60}$/)), (text) => {
        try {
          parsePairs(text)
        } catch (error) {
          expect(error).toBeInstanceOf(Invalid)
        }
      }),
    )
  })
})
