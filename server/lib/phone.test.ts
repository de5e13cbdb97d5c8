import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distinctPhones, phoneKey } from './phone.ts'

test.each([
  ['+1 (983) 798-7987', '+19837987987'],
  ['001 983 798 7987', '+19837987987'],
  ['0909 111 111', '0909111111'],
  ['Reception ', 'reception'],
])('%s is compared as %s', (phone, key) => {
  expect(phoneKey(phone)).toBe(key)
})

test('the same number in two spellings is kept once, as it was written first', () => {
  expect(distinctPhones(['0909 111 111', ' ', '0909/111111', '+1 2'])).toEqual(['0909 111 111', '+1 2'])
})

test('separators never make another number', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...'0123456789'), { minLength: 1 }),
      fc.constantFrom(' ', '-', '/', '.'),
      (digits, separator) => {
        expect(phoneKey(digits.join(separator))).toBe(phoneKey(digits.join('')))
      },
    ),
  )
})

test('what is kept once stays when kept again', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (phones) => {
      const once = distinctPhones(phones)
      expect(distinctPhones(once)).toEqual(once)
    }),
  )
})
