import { describe, expect, test } from 'vitest'
import { phrase, say } from './grammar.ts'
import { planHistory } from './history.ts'
import { departments } from './people.ts'
import type { PlannedConversation } from './plan.ts'
import { randomFrom } from './random.ts'

const UNTIL = Date.UTC(2026, 5, 17, 14, 30)
const YEAR = 365 * 86_400_000
const plan = (seed: number, conversations: number, isShort = false): PlannedConversation[] => [
  ...planHistory({ seed, conversations, until: UNTIL, isShort }),
]
const textsOf = (planned: PlannedConversation): string[] => [
  planned.subject,
  planned.text,
  ...planned.steps.flatMap((step) => ('text' in step ? [step.text] : [])),
]

describe('a phrase', () => {
  test('that is not closed, or names what nobody knows, is a mistake', () => {
    expect(() => phrase('Hello {first')).toThrow('no phrase')
    expect(() => phrase('[a|b')).toThrow('no phrase')
    expect(() => say(phrase('Hello {first}'), {}, randomFrom(1))).toThrow("'first'")
  })

  test('draws one of its alternatives, each sooner or later, and fills in names', () => {
    const greeting = phrase('[Hello|Good morning {first}], {first}!')
    const random = randomFrom(1)
    const said = new Set(Array.from({ length: 50 }, () => say(greeting, { first: 'Ada' }, random)))
    expect([...said].sort()).toEqual(['Good morning Ada, Ada!', 'Hello, Ada!'])
  })
})

describe('a history', () => {
  test('is the same for the same seed, and another one for another', () => {
    expect(plan(1, 200)).toEqual(plan(1, 200))
    expect(plan(1, 50).map(textsOf)).not.toEqual(plan(2, 50).map(textsOf))
  })

  test('has as many conversations as asked for, in order, within the year, and nothing after its end', () => {
    for (const isShort of [false, true]) {
      const all = plan(4, 2_000, isShort)
      expect(all).toHaveLength(2_000)
      let before = UNTIL - YEAR
      for (const { at, steps } of all) {
        const times = [before, at, ...steps.map((step) => step.at), UNTIL]
        expect(at).toBeGreaterThanOrEqual(before)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        before = at
      }
    }
  })

  test('says nothing that is not finished, and little twice', () => {
    const texts = plan(5, 3_000).flatMap(textsOf)
    for (const text of texts) {
      expect(text).not.toMatch(/[{}[\]|]|undefined|NaN|lorem/i)
      expect(text.trim()).not.toBe('')
    }
    expect(new Set(texts).size).toBeGreaterThan(texts.length / 2)
  })

  test('comes from people with an address each, of whom many write more than once', () => {
    const all = plan(6, 20_000)
    const numbers = new Map(all.map(({ customer }) => [customer.number, customer.email]))
    expect(new Set(numbers.values()).size).toBe(numbers.size)
    for (const email of numbers.values()) expect(email).toMatch(/^[a-z.]+\d*@[a-z-]+\.example$/)
    expect(numbers.size).toBeLessThan(all.length / 2)
    expect(all.filter(({ isNewCustomer }) => isNewCustomer)).toHaveLength(numbers.size)
  })

  test('has the rhythm of a desk: busy at noon and on Mondays, quiet at night and on Sundays', () => {
    const all = plan(7, 20_000)
    const share = (is: (date: Date) => boolean): number => all.filter(({ at }) => is(new Date(at))).length / all.length
    expect(share((date) => date.getUTCDay() === 1)).toBeGreaterThan(2 * share((date) => date.getUTCDay() === 0))
    expect(share((date) => date.getUTCHours() === 11)).toBeGreaterThan(5 * share((date) => date.getUTCHours() === 3))
  })

  test('touches every department, channel, status and kind of step', () => {
    const all = plan(8, 2_000)
    const steps = all.flatMap((planned) => planned.steps)
    expect(new Set(all.map(({ department }) => department)).size).toBe(departments.length)
    expect(new Set(all.map(({ channel }) => channel))).toEqual(new Set(['E', 'M']))
    expect(new Set(steps.map(({ kind }) => kind))).toEqual(new Set(['message', 'note', 'status', 'transfer', 'tag']))
    const statuses = new Set(steps.flatMap((step) => (step.kind === 'status' ? [step.status] : [])))
    expect(statuses).toEqual(new Set(['R', 'W', 'L', 'B', 'X']))
    const messages = steps.filter(({ kind }) => kind === 'message').length
    expect(messages / all.length).toBeGreaterThan(1.5)
  })
})
