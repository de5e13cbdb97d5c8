import { describe, expect, test } from 'vitest'
import { seal, unseal } from './sealed.ts'

const SECRET = 'a'.repeat(64)

describe('a sealed text', () => {
  test('cannot be opened with another secret, or as if it were about something else', () => {
    const sealed = seal(SECRET, 'open sesame', 'mailbox 1')
    expect(() => unseal('b'.repeat(64), sealed, 'mailbox 1')).toThrow()
    expect(() => unseal(SECRET, sealed, 'mailbox 2')).toThrow()
    expect(() => unseal(SECRET, sealed)).toThrow()
  })

  test('cannot be opened when a single character was changed, cut off or added', () => {
    const sealed = seal(SECRET, 'open sesame')
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      // The last character carries bits that mean nothing.
      if (at < sealed.length - 1)
        expect(() => unseal(SECRET, sealed.slice(0, at) + other + sealed.slice(at + 1))).toThrow()
      expect(() => unseal(SECRET, sealed.slice(0, at))).toThrow()
    }
    expect(() => unseal(SECRET, `${sealed}AAAA`)).toThrow()
    expect(() => unseal(SECRET, '')).toThrow('not a sealed text')
  })

  test('is the same text again, and never the same sealed one', () => {
    for (const text of ['', 'open sesame', 'Ünïcode 🔑', 'x'.repeat(100_000)]) {
      const sealed = seal(SECRET, text, 'a')
      expect(unseal(SECRET, sealed, 'a')).toBe(text)
      expect(seal(SECRET, text, 'a')).not.toBe(sealed)
      if (text) expect(sealed).not.toContain(text)
    }
  })
})
