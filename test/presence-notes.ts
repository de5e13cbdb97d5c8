// Notes of who was online when, taken beside the desk second by second: what its reports are compared with.
import { LEASE_MS } from '../server/desk/presence/alive.ts'

interface Connection {
  kind: 'live' | 'call'
  seen: number
  expires: number
}

const secondOf = (at: number): number => Math.floor(at / 1_000)

/** One agent. Keys are `department service`, as in `default T`. */
export class PresenceNotes {
  readonly connections = new Map<string, Connection>()
  presets = new Map<string, string>()
  readonly #online = new Map<string, { from: number; proof: number }>()
  readonly #seconds = new Map<string, Set<number>>()

  #isAlive = ({ seen, expires }: Connection, now: number): boolean => now < expires && now >= seen - LEASE_MS
  #proof = ({ kind, seen, expires }: Connection, now: number): number =>
    kind === 'call' && expires <= now ? expires : seen

  isConnected(now: number): boolean {
    return [...this.connections.values()].some((connection) => this.#isAlive(connection, now))
  }

  #note(key: string, from: number, to: number): void {
    const seconds = this.#seconds.get(key) ?? new Set<number>()
    for (let second = secondOf(from); second < secondOf(to); second++) seconds.add(second)
    this.#seconds.set(key, seconds)
  }

  /** Before anything that happens: what was lost before it. */
  before(now: number): void {
    if (this.isConnected(now)) return
    const proofs = [...this.connections.values()].map((connection) => this.#proof(connection, now))
    for (const [key, { from, proof }] of this.#online) this.#note(key, from, Math.max(proof, ...proofs))
    this.#online.clear()
  }

  /** After anything that happened to connections, departments or presets. */
  after(now: number): void {
    const wanted = this.isConnected(now) ? this.#keys() : []
    for (const [key, one] of this.#online) {
      if (wanted.includes(key)) {
        one.proof = Math.max(one.proof, now)
        one.from = Math.min(one.from, now)
      } else {
        this.#note(key, one.from, now)
        this.#online.delete(key)
      }
    }
    for (const key of wanted) if (!this.#online.has(key)) this.#online.set(key, { from: now, proof: now })
  }

  sweep(now: number): void {
    const dead = [...this.connections].filter(([, connection]) => !this.#isAlive(connection, now))
    if (dead.length === 0) return
    this.before(now)
    for (const [id, connection] of dead) {
      this.connections.delete(id)
      for (const one of this.#online.values()) one.proof = Math.max(one.proof, this.#proof(connection, now))
    }
  }

  #keys(): string[] {
    return [...this.presets].flatMap(([department, letters]) => [...letters].map((letter) => `${department} ${letter}`))
  }

  /** The seconds of each key; who is online still was until `upTo`. */
  seconds(now: number, upTo: number): Map<string, Set<number>> {
    const all = new Map([...this.#seconds].map(([key, seconds]) => [key, new Set(seconds)]))
    const proofs = [...this.connections.values()].map((connection) => this.#proof(connection, now))
    for (const [key, { from, proof }] of this.#online) {
      const seconds = all.get(key) ?? new Set<number>()
      const to = this.isConnected(now) ? upTo : Math.max(proof, ...proofs)
      for (let second = secondOf(from); second < secondOf(to); second++) seconds.add(second)
      all.set(key, seconds)
    }
    return all
  }
}
