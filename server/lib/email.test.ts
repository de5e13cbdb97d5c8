import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emailKey, isEmail, splitName } from './email.ts'

describe('what is an e-mail address', () => {
  test.each([
    '',
    '@',
    'a@',
    '@b.example',
    'a@b@c.example',
    'a b@c.example',
    ' a@c.example',
    'a@c.example ',
    'a\n@c.example',
    'a\0@c.example',
    'Jo <a@c.example>',
    'a@c.example,b@c.example',
    `${'x'.repeat(65)}@c.example`,
    `a@${'x'.repeat(190)}`,
  ])('not %j', (text) => {
    expect(isEmail(text)).toBe(false)
  })

  test.each([
    'a@b',
    'a+tag@b.example',
    "o'brien@b.example",
    'ärger@bücher.example',
    'A.B_c-d@sub.b.example',
    '%@b.example',
  ])('but %s', (text) => {
    expect(isEmail(text)).toBe(true)
  })

  test('an address is one for good: it has one @ and nothing that ends a header or an argument', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress(), fc.stringMatching(/^[^@]*@[^@]*$/)),
        (text) => {
          if (!isEmail(text)) return
          expect(text.split('@')).toHaveLength(2)
          expect(text).not.toMatch(/[\s<>,;"\p{Cc}]/u)
        },
      ),
    )
  })

  test('ordinary addresses are taken, and match in any case', () => {
    const ordinary = fc.stringMatching(/^[a-z0-9._+-]{1,60}@[a-z0-9-]{1,60}\.[a-z]{2,10}$/)
    fc.assert(
      fc.property(ordinary, (text) => {
        expect(isEmail(text)).toBe(true)
        expect(isEmail(text.toUpperCase())).toBe(true)
        expect(emailKey(` ${text.toUpperCase()} `)).toBe(emailKey(text))
      }),
    )
  })
})

describe('splitting a name', () => {
  test.each([
    ['', '', ''],
    ['  ', '', ''],
    ['Cher', 'Cher', ''],
    ['Jo Doe', 'Jo', 'Doe'],
    ['Anna  Maria\tBerg ', 'Anna Maria', 'Berg'],
  ])('%j', (name, firstname, lastname) => {
    expect(splitName(name)).toEqual({ firstname, lastname })
  })

  test('no word is lost, added or moved, and only a lone word has no last name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const words = name.trim().split(/\s+/).filter(Boolean)
        const { firstname, lastname } = splitName(name)
        expect(`${firstname} ${lastname}`.trim()).toBe(words.join(' '))
        expect(lastname === '').toBe(words.length < 2)
        expect(splitName(`${firstname} ${lastname}`)).toEqual({ firstname, lastname })
      }),
    )
  })
})
