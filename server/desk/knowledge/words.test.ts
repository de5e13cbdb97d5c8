import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { slugOf } from './address.ts'
import { queryWords, wordsOf } from './words.ts'

describe('the words of a text', () => {
  test.each([
    ['', []],
    ['  !?* "-" () 🙂 \0', []],
    ['Café CREME', ['cafe', 'creme']],
    ['Cafe\u0301', ['cafe']],
    ['Straße, STRASSE', ['strasse', 'strasse']],
    ['Łódź Ærø naïve', ['lodz', 'aero', 'naive']],
    ['ΟΔΥΣΣΕΥΣ οδυσσεύς', ['οδυσσευσ', 'οδυσσευσ']],
    ['wi-fi e-mail', ['wi', 'fi', 'e', 'mail']],
    ['co\u00adopera\u200btion', ['cooperation']],
    ['हिन्दी', ['हिन्दी']],
    ['AND or NEAR', ['and', 'or', 'near']],
  ])('of %j are %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words)
  })

  test('a script without spaces is found by each character and each pair', () => {
    expect([...wordsOf('東京都 tokyo')]).toEqual(['東', '京', '都', '東京', '京都', 'tokyo'])
    expect(queryWords('東京都')).toEqual(['東京', '京都'])
    expect(queryWords('京')).toEqual(['京'])
  })

  test('a query has each word once, and no more than a search needs', () => {
    expect(queryWords('to be or not to be')).toEqual(['or', 'not', 'to', 'be'])
    expect(queryWords(Array.from({ length: 2_000 }, (_, n) => `w${n}`).join(' '))).toHaveLength(24)
  })

  test('of any text are letters and digits only, and short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        for (const word of [...wordsOf(text), ...queryWords(text)]) {
          expect(word).toMatch(/^[\p{L}\p{N}\p{M}]+$/u)
          expect([...word].length).toBeLessThanOrEqual(40)
          expect(word.isWellFormed()).toBe(true)
        }
      }),
    )
  })

  test('of a part of a text are among those of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-zà-ÿ東京]{1,8}$/), { minLength: 1 }), (parts) => {
        const all = new Set(wordsOf(parts.join(' ')))
        for (const part of parts) for (const word of queryWords(part)) expect(all).toContain(word)
      }),
    )
  })
})

describe('the address of an entry', () => {
  test.each([
    ['Article 1', '376829-Article-1'],
    ['  How? / Why?!  ', '376829-How-Why'],
    ['Größe & Ærø', '376829-Gro%C3%9Fe-%C3%86r%C3%B8'],
    ['<script>alert(1)</script>', '376829-script-alert-1-script'],
    ['../../etc/passwd', '376829-etc-passwd'],
    ['?!', '376829'],
    ['東京', '376829-%E6%9D%B1%E4%BA%AC'],
  ])('titled %j ends in %s', (title, slug) => {
    expect(slugOf({ urlcode: '376829', title })).toBe(slug)
  })
})
