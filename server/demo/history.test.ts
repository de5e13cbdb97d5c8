import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../desk/routing/settings.ts'
import { phrase, say } from './grammar.ts'
import { planHistory, staffOf } from './history.ts'
import { departments } from './people.ts'
import type { PlannedConversation } from './plan.ts'
import { randomFrom } from './random.ts'

const UNTIL = Date.UTC(2026, 5, 17, 14, 30)
const YEAR = 365 * 86_400_000
const plan = (seed: number, conversations: number, isShort = false): PlannedConversation[] => [
  ...planHistory({ seed, conversations, until: UNTIL, zone: 'Europe/London', isShort }),
]
const textsOf = (planned: PlannedConversation): string[] => [
  planned.subject,
  planned.text,
  ...[...(planned.live?.steps ?? []), ...planned.steps].flatMap((step) => ('text' in step ? [step.text] : [])),
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
      expect(text).not.toMatch(/[{}[\]|]|undefined|\bNaN\b|lorem/i)
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

  test('keeps to the clocks of its zone, and is quiet on holidays', () => {
    const hours = (zone: string): number[] => {
      const counts = Array.from({ length: 24 }, () => 0)
      for (const { at } of planHistory({ seed: 7, conversations: 5_000, until: UNTIL, zone, isShort: true }))
        counts[new Date(at).getUTCHours()] = (counts[new Date(at).getUTCHours()] ?? 0) + 1
      return counts
    }
    const [london, tokyo] = [hours('GMT'), hours('Asia/Tokyo')]
    expect(london[11]).toBeGreaterThan(5 * (london[2] ?? 0))
    expect(tokyo[2]).toBeGreaterThan(5 * (tokyo[17] ?? 0))
    const all = plan(7, 20_000)
    const on = (day: string): number => all.filter(({ at }) => new Date(at).toISOString().startsWith(day)).length
    expect(on('2025-12-22')).toBeGreaterThan(2 * on('2025-12-25'))
  })

  test('has agents do things while they are at work', () => {
    const all = plan(9, 3_000)
    const staff = staffOf({ conversations: 3_000, until: UNTIL, zone: 'Europe/London' })
    const acts = all.flatMap(({ at, by, steps }) => [{ kind: 'message', at, by }, ...steps])
    const ofAgents = acts.flatMap(({ at, by }) => (by === 'customer' ? [] : [{ at, by }]))
    const atWork = ofAgents.filter(({ at, by }) => staff.atWorkUntil(by, at) !== undefined)
    expect(ofAgents.length).toBeGreaterThan(5_000)
    // A minute after the last answer, somebody may have left already.
    expect(atWork.length / ofAgents.length).toBeGreaterThan(0.99)
  })

  test('lets nothing lie for months', () => {
    const isOpen = ({ live, steps }: PlannedConversation): boolean => {
      if (live?.kind === 'outgoing' || live?.kind === 'internal') return false
      const acts = [...(live?.steps ?? []), ...steps]
      const last = acts.findLast(({ kind }) => ['say', 'take', 'message', 'status'].includes(kind))
      return last === undefined || (last.kind !== 'status' && 'by' in last && last.by === 'customer')
    }
    const old = plan(11, 6_000).filter(({ at }) => at < UNTIL - 60 * 86_400_000)
    expect(old.length).toBeGreaterThan(4_000)
    expect(old.filter(isOpen).map(({ subject }) => subject)).toEqual([])
  })

  test('has chats when somebody is there to chat, of which some are missed and some handed on', () => {
    const all = plan(10, 4_000)
    const staff = staffOf({ conversations: 4_000, until: UNTIL, zone: 'Europe/London' })
    const chats = all.flatMap(({ at, live, department, steps }) =>
      live?.kind === 'chat' ? [{ at, live, department, steps }] : [],
    )
    expect(chats.length / all.length).toBeGreaterThan(0.1)
    const kinds = new Set<string>()
    for (const { at, live, department, steps } of chats) {
      expect(staff.agentsFor(department, 'T').some((agent) => staff.atWorkUntil(agent, at))).toBe(true)
      const times = [at, ...live.steps.map((step) => step.at), ...steps.map((step) => step.at), UNTIL]
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(live.steps.at(-1)?.kind).toBe('end')
      for (const { kind } of live.steps) kinds.add(kind)
    }
    expect(kinds).toEqual(new Set(['miss', 'take', 'say', 'hand-on', 'end']))
    const missed = chats.filter(({ live }) => live.steps.every(({ kind }) => kind !== 'take'))
    expect(missed.length / chats.length).toBeGreaterThan(0.02)
    expect(missed.length / chats.length).toBeLessThan(0.3)
  })

  test('has calls of every kind: answered, missed, handed on, offline, by agents and between them', () => {
    const all = plan(11, 8_000)
    const calls = all.flatMap(({ live }) => (live && live.kind !== 'chat' ? [live] : []))
    expect(calls.length / all.length).toBeGreaterThan(0.07)
    const isTaken = ({ steps }: (typeof calls)[number]): boolean => steps.some(({ kind }) => kind === 'take')
    for (const kind of ['incoming', 'outgoing', 'internal'] as const)
      for (const taken of [true, false])
        expect(calls.filter((call) => call.kind === kind && isTaken(call) === taken).length).toBeGreaterThan(0)
    expect(calls.some(({ isOnline }) => !isOnline)).toBe(true)
    const kinds = new Set(calls.flatMap(({ steps }) => steps.map(({ kind }) => kind)))
    expect(kinds).toEqual(new Set(['miss', 'take', 'hand-on', 'end']))
  })

  test('is rated by some, mostly as good, with reasons in two languages, and other ones the day after', () => {
    const all = plan(13, 6_000)
    const rates = all.map(({ steps }) => steps.flatMap((step) => (step.kind === 'rate' ? [step] : [])))
    const rated = rates.filter(({ length }) => length > 0)
    expect(rated.length / all.length).toBeGreaterThan(0.05)
    const good = rated.filter(([first]) => first?.grade === 'good').length / rated.length
    expect(good).toBeGreaterThan(0.75)
    expect(good).toBeLessThan(0.95)
    expect(rated.some(({ length }) => length === 2)).toBe(true)
    const comments = rates.flat().flatMap(({ comment }) => comment ?? [])
    expect(comments.some((comment) => /\b(und|nicht|Sehr|Problem)\b/.test(comment))).toBe(true)
    expect(comments.some((comment) => /\b(and|not|the)\b/.test(comment))).toBe(true)
  })

  test('lets nobody talk on two telephones at once', () => {
    const talks: { agent: number; from: number; until: number }[] = []
    for (const { live, by } of plan(12, 10_000, true)) {
      if (!live || live.kind === 'chat') continue
      const until = live.steps.at(-1)?.at ?? 0
      for (const step of live.steps)
        if (step.kind === 'take') {
          const next = live.steps.find(({ kind, at }) => kind === 'hand-on' && at > step.at)
          talks.push({ agent: step.agent, from: step.at, until: next?.at ?? until })
          if (live.kind === 'internal') talks.push({ agent: Number(by), from: step.at, until })
        }
    }
    expect(talks.length).toBeGreaterThan(500)
    for (const { agent, from } of talks)
      expect(talks.filter((other) => other.agent === agent && other.from <= from && from < other.until)).toHaveLength(1)
  })

  test('gives nobody more chats at once than he takes, and none while he is away', () => {
    const staff = staffOf({ conversations: 20_000, until: UNTIL, zone: 'Europe/London' })
    const held: { agent: number; from: number; until: number }[] = []
    for (const { live } of plan(10, 20_000, true)) {
      if (live?.kind !== 'chat') continue
      const end = live?.steps.at(-1)?.at ?? 0
      for (const step of live?.steps ?? [])
        if (step.kind === 'take') {
          const next = live?.steps.find(({ kind, at }) => kind === 'hand-on' && at > step.at)
          held.push({ agent: step.agent, from: step.at, until: next?.at ?? end })
        }
    }
    expect(held.length).toBeGreaterThan(1_000)
    for (const { agent, from } of held) {
      const atOnce = held.filter((other) => other.agent === agent && other.from <= from && from < other.until)
      expect(atOnce.length).toBeLessThanOrEqual(DEFAULTS.chats.capacity)
    }
    const there = held.filter(({ agent, from }) => staff.atWorkUntil(agent, from) !== undefined)
    expect(there.length / held.length).toBeGreaterThan(0.97)
  })

  test('touches every department, channel, status and kind of step', () => {
    const all = plan(8, 2_000)
    const steps = all.flatMap((planned) => planned.steps)
    expect(new Set(all.map(({ department }) => department)).size).toBe(departments.length)
    expect(new Set(all.map(({ channel }) => channel))).toEqual(new Set(['E', 'M', 'B', 'I', 'C']))
    expect(new Set(steps.map(({ kind }) => kind))).toEqual(
      new Set(['message', 'note', 'status', 'transfer', 'tag', 'rate']),
    )
    const statuses = new Set(steps.flatMap((step) => (step.kind === 'status' ? [step.status] : [])))
    expect(statuses).toEqual(new Set(['A', 'R', 'W', 'L', 'B', 'X']))
    const messages = steps.filter(({ kind }) => kind === 'message').length
    expect(messages / all.length).toBeGreaterThan(1.5)
  })
})
