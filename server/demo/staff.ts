// The team at work: who is there when, and who takes what.
import { type Span, wholeSecond } from '../desk/presence/spans.ts'
import { departments } from './people.ts'
import type { Random } from './random.ts'
import { shiftsOf } from './shifts.ts'
import type { Team } from './team.ts'

const DAY = 86_400_000
/** How far behind the end of a history its plans look: as far as anybody is away, or he would be at work all of his holiday. */
const AHEAD = 30 * DAY

export type Service = 'M' | 'P' | 'T'

export interface StaffOptions {
  team: Team
  zone: string
  from: number
  until: number
}

export class Staff {
  readonly team: Team
  readonly #shifts: readonly (readonly Span[])[]
  readonly #agentsOf: readonly (readonly number[])[]

  constructor({ team, zone, from, until }: StaffOptions) {
    this.team = team
    this.#shifts = team.map((_, agent) => shiftsOf(agent, zone, from, until + AHEAD))
    this.#agentsOf = departments.map((_, department) =>
      team.flatMap(({ departments: his }, agent) => (his.includes(department) ? [agent] : [])),
    )
  }

  /** Who takes mail, calls or chats of a department. */
  agentsFor(department: number, service: Service): number[] {
    return (this.#agentsOf[department] ?? []).filter((agent) => {
      const { departments: his, takes } = this.team[agent] ?? this.team[0]
      return takes[his.indexOf(department)]?.includes(service)
    })
  }

  /** Somebody of a department who is there soon: most are, and who is on holiday lets the others answer. */
  agentOf(department: number, at: number, random: Random): number {
    const candidates = this.#agentsOf[department] ?? []
    const chosen = candidates[random.int(candidates.length)] ?? 0
    if (this.nextAtWork(chosen, at) - at < DAY) return chosen
    return candidates.reduce(
      (best, agent) => (this.nextAtWork(agent, at) < this.nextAtWork(best, at) ? agent : best),
      chosen,
    )
  }

  /** The shifts of an agent, the last one cut off at the end of the history. */
  shiftsUntil(agent: number, until: number): Span[] {
    return (this.#shifts[agent] ?? [])
      .map(({ from, before }) => ({ from, before: Math.min(before, wholeSecond(until)) }))
      .filter(({ from, before }) => from < before)
  }

  /** Until when an agent is at work without a break, if he is at an instant. */
  atWorkUntil(agent: number, at: number): number | undefined {
    const shift = this.#shiftBefore(agent, at)
    return shift && at < shift.before ? shift.before : undefined
  }

  /** The first instant from `at` on at which an agent is at work; behind the end of the plan, `at`. */
  nextAtWork(agent: number, at: number): number {
    const shifts = this.#shifts[agent] ?? []
    const place = lastNotAfter(shifts, at)
    if (at < (shifts[place]?.before ?? 0)) return at
    return shifts[place + 1]?.from ?? at
  }

  #shiftBefore(agent: number, at: number): Span | undefined {
    const shifts = this.#shifts[agent] ?? []
    return shifts[lastNotAfter(shifts, at)]
  }
}

/** The place of the last span that begins by then; −1: there is none. */
function lastNotAfter(spans: readonly Span[], at: number): number {
  let low = -1
  let high = spans.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((spans[middle]?.from ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}
