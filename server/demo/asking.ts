// Who takes a chat or call, and who does not: those who are free are asked one after the other, until somebody takes it or
// whoever waits has given up.
import { DEFAULTS, type LiveService } from '../desk/routing/settings.ts'
import type { Floor } from './floor.ts'
import type { LiveStep } from './plan.ts'
import type { Random } from './random.ts'

const SECOND = 1_000

export interface Asking {
  floor: Floor
  random: Random
  service: LiveService
  department: number
  at: number
  /** Who has been asked before, or hands it on. */
  without: readonly number[]
}

export interface Asked {
  /** Who is asked at once; null: nobody has room. */
  first: number | null
  steps: LiveStep[]
  /** Undefined: nobody has taken it. */
  taken: { agent: number; at: number } | undefined
  /** When whoever waited gave up, if nobody has taken it. */
  leftAt: number
}

/** Jobs look at whole seconds. */
const nextSecond = (at: number): number => Math.ceil(at / SECOND) * SECOND

export function askAround({ floor, random, service, department, at, without }: Asking): Asked {
  const giveUp = at + (service === 'chats' ? 40 + random.int(200) : 25 + random.int(120)) * SECOND
  const ringing = DEFAULTS[service].offerSeconds * SECOND
  const asked = new Set(without)
  const freeAt = (instant: number): number | undefined =>
    floor.free(department, service, instant).find((agent) => !asked.has(agent))
  const steps: LiveStep[] = []
  const first = freeAt(at) ?? null
  let agent: number | undefined = first ?? undefined
  let since = at
  if (agent === undefined) {
    since = nextSecond(floor.firstFree(department, service, at) + 1)
    agent = since < giveUp ? freeAt(since) : undefined
    if (agent !== undefined) steps.push({ kind: 'ring', at: since, agent })
  }
  while (agent !== undefined) {
    asked.add(agent)
    floor.ask(department, service, agent, since)
    const expiry = nextSecond(since + ringing)
    const mood = random.next()
    if (mood < 0.86) {
      const taken: number = since + 2 * SECOND + random.int(ringing - 4 * SECOND)
      if (taken < giveUp) return { first, steps, taken: { agent, at: taken }, leftAt: giveUp }
    }
    const missed: number = mood < 0.9 ? since + 3 * SECOND + random.int(7 * SECOND) : expiry
    if (missed >= giveUp || mood < 0.86) {
      floor.occupy(agent, service, giveUp)
      return { first, steps, taken: undefined, leftAt: giveUp }
    }
    floor.occupy(agent, service, missed)
    const next: number | undefined = freeAt(missed)
    steps.push({
      kind: 'miss',
      at: missed,
      agent,
      outcome: missed === expiry ? 'rung-out' : 'declined',
      next: next ?? null,
    })
    // Before all are asked again, he leaves.
    if (next === undefined) return { first, steps, taken: undefined, leftAt: missed + SECOND + random.int(3 * SECOND) }
    agent = next
    since = missed
  }
  return { first, steps, taken: undefined, leftAt: giveUp }
}
