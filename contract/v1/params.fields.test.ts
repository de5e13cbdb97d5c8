import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fields, neededFields } from './params.ts'

const sane = (max: number) => fc.string({ unit: 'grapheme', maxLength: max }).filter((text) => !text.includes('\0'))
const values = fc.array(fc.record({ code: sane(20).filter(Boolean), value: sane(50) }), { maxLength: 20 })

test('every list of codes and values arrives as it was sent, as JSON text or as a list, repeats included', () => {
  fc.assert(
    fc.property(values, (list) => {
      expect(fields().parse(JSON.stringify(list))).toEqual(list)
      expect(neededFields().parse(list)).toEqual(list)
    }),
  )
})

test('any other JSON, and any text that is none, is refused and nothing is made of it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
      const result = neededFields().safeParse(text)
      if (!result.success) return
      expect(Array.isArray(JSON.parse(text))).toBe(true)
      for (const { code, value } of result.data) {
        expect(code).not.toBe('')
        expect(`${code}${value}`).not.toContain('\0')
        expect(`${code}${value}`.isWellFormed()).toBe(true)
      }
    }),
  )
})

test.each([
  ['[{"code":"a","value":5}]', '5'],
  ['[{"code":"a","value":true}]', 'true'],
  ['[{"code":"a","value":null}]', ''],
  ['[{"code":"a"}]', ''],
])('%s has the value %j', (text, value) => {
  expect(fields().parse(text)).toEqual([{ code: 'a', value }])
})

test.each(['[{"code":"a","value":{}}]', '[{"code":"a","value":[1]}]', '[null]', '{"0":{"code":"a"}}', '"[]"', 'null'])(
  '%s is refused',
  (text) => {
    expect(fields().safeParse(text).success).toBe(false)
  },
)

test('a code such as __proto__ is a code like any other', () => {
  const list = [{ code: '__proto__', value: 'x' }]
  expect(fields().parse('[{"code":"__proto__","value":"x","__proto__":{"code":"y"}}]')).toEqual(list)
})
