import { expect, test } from 'vitest'
import { numberOfToken, numberToken } from './number-token.ts'

const SECRET = 'f'.repeat(64)

test('a token that was altered, cut, made for another purpose or with another secret is worth nothing', () => {
  const token = numberToken(SECRET, 'rating', 17)
  for (let n = 0; n < token.length; n++) {
    const other = token[n] === '0' ? '1' : '0'
    expect(numberOfToken(SECRET, 'rating', token.slice(0, n) + other + token.slice(n + 1))).toBeUndefined()
  }
  for (const wrong of ['', token.slice(1), `${token}0`, token.toUpperCase().replace(/\d/g, 'G'), ` ${token}`, '\0'])
    expect(numberOfToken(SECRET, 'rating', wrong)).toBeUndefined()
  expect(numberOfToken(SECRET, 'other', token)).toBeUndefined()
  expect(numberOfToken('e'.repeat(64), 'rating', token)).toBeUndefined()
})

test.each([0, 1, 17, 2 ** 31, Number.MAX_SAFE_INTEGER])('%d comes back, and always has the same token', (number) => {
  const token = numberToken(SECRET, 'rating', number)
  expect(token).toMatch(/^[0-9a-f]{48}$/)
  expect(numberToken(SECRET, 'rating', number)).toBe(token)
  expect(numberOfToken(SECRET, 'rating', token)).toBe(number)
})

test('tokens of neighbours have nothing in common, so nobody sees how much was written between two of them', () => {
  const tokens = Array.from({ length: 1_000 }, (_, n) => numberToken(SECRET, 'rating', n))
  for (const [from, to] of [
    [0, 32],
    [32, 48],
  ])
    expect(new Set(tokens.map((token) => token.slice(from, to))).size).toBe(1_000)
})
