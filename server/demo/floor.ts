// Who can take a chat or call when: the plan's picture of desk/routing, so that nobody is asked who is away or has no room.
import { DEFAULTS, type LiveService } from '../desk/routing/settings.ts'
import type { Staff } from './staff.ts'

const letters = { chats: 'T', calls: 'P' } as const

export class Floor {
  readonly #staff: Staff
  /** Instants until which each agent has something, by service. */
  readonly #ends: Record<LiveService, number[][]>
  /** When each agent was last asked, by department and service. */
  readonly #turns = new Map<string, number>()

  readonly #callers = new Set<number>()

  constructor(staff: Staff) {
    this.#staff = staff
    this.#ends = { chats: staff.team.map(() => []), calls: staff.team.map(() => []) }
  }

  /** Whether an agent calls a colleague for the first time: then he becomes somebody who asks. */
  isFirstOwnCall(agent: number): boolean {
    const isFirst = !this.#callers.has(agent)
    this.#callers.add(agent)
    return isFirst
  }

  /** Whether anybody is online for a service. */
  isStaffed(department: number, service: LiveService, at: number): boolean {
    return this.#atWork(department, service, at).length > 0
  }

  /** Who is online and has room, whoever was asked longest ago first. */
  free(department: number, service: LiveService, at: number): number[] {
    const turn = (agent: number): number => this.#turns.get(`${service} ${department} ${agent}`) ?? 0
    return this.#atWork(department, service, at)
      .filter((agent) => this.#busy(agent, service, at) < DEFAULTS[service].capacity)
      .sort((a, b) => turn(a) - turn(b) || a - b)
  }

  /** When somebody who is busy now will be free. */
  firstFree(department: number, service: LiveService, at: number): number {
    const ends = this.#atWork(department, service, at).map((agent) => Math.min(...(this.#ends[service][agent] ?? [])))
    return Math.min(...ends)
  }

  ask(department: number, service: LiveService, agent: number, at: number): void {
    this.#turns.set(`${service} ${department} ${agent}`, at)
  }

  /** An agent is asked, or has it, until then. */
  occupy(agent: number, service: LiveService, until: number): void {
    this.#ends[service][agent]?.push(until)
  }

  #atWork(department: number, service: LiveService, at: number): number[] {
    return this.#staff
      .agentsFor(department, letters[service])
      .filter((agent) => this.#staff.atWorkUntil(agent, at) !== undefined)
  }

  #busy(agent: number, service: LiveService, at: number): number {
    const ends = (this.#ends[service][agent] ?? []).filter((end) => end > at)
    this.#ends[service][agent] = ends
    return ends.length
  }
}
