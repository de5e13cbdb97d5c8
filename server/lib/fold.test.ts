import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeLike, fold } from './fold.ts'

test.each([
  ['ÉMILE', 'émile'],
  ['E\u0301mile', 'émile'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['STRAẞE', 'straße'],
])('%s is looked for as %s', (text, folded) => {
  expect(fold(text)).toBe(folded)
})

test('folding twice is folding once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(fold(fold(text))).toBe(fold(text))
    }),
  )
})

test('a lower-case and an upper-case spelling of ordinary letters fold alike', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zäöüéñøåа-яα-ρσ-ω ]*$/), (text) => {
      expect(fold(text.toUpperCase())).toBe(fold(text))
    }),
  )
})

test('an escaped text has no wildcard left', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = escapeLike(text)
      expect(escaped.replace(/\\[\\%_]/g, '')).not.toMatch(/[%_\\]/)
      expect(escaped.replace(/\\([\\%_])/g, '$1')).toBe(text)
    }),
  )
})
