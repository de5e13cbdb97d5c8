// Notes of who was online when, as spans of time taken down beside the desk.
import { LEASE_MS } from '../../server/desk/presence/alive.ts'

interface Connection {
  kind: 'live' | 'call'
  seen: number
  expires: number
}

export interface OnlineSpan {
  department: string
  letter: string
  from: number
  before: number
  /** Is online still. */
  lasts: boolean
}

const second = (at: number): number => Math.floor(at / 1_000) * 1_000

/** One agent, whose clock is never set back. Keys are `department letter`. */
export class PresenceNotes {
  readonly connections = new Map<string, Connection>()
  presets = new Map<string, string>()
  readonly #online = new Map<string, { from: number; proof: number }>()
  readonly #ended: OnlineSpan[] = []

  readonly #proofs = (now: number): number[] => [...this.connections.values()].map((one) => proofOf(one, now))

  isConnected(now: number): boolean {
    return [...this.connections.values()].some(({ expires }) => now < expires)
  }

  /** Letters of what he takes in a department now. */
  takes(department: string, now: number): string {
    return this.isConnected(now) ? (this.presets.get(department) ?? '') : ''
  }

  /** Something happens to connections, departments or presets. */
  change(now: number, happen: () => void): void {
    this.#lose(now)
    happen()
    this.#follow(now)
  }

  /** They beat. */
  beat(ids: readonly string[], now: number): void {
    const own = ids.filter((id) => this.connections.has(id))
    const beaten = () => {
      for (const id of own) this.connections.set(id, { kind: 'live', seen: now, expires: now + LEASE_MS })
    }
    if (own.some((id) => now >= (this.connections.get(id)?.expires ?? 0))) this.change(now, beaten)
    else beaten()
  }

  /** One is closed: nothing, where it is not there. */
  close(id: string, now: number): void {
    this.#lose(now)
    if (this.connections.delete(id)) this.#follow(now)
  }

  sweep(now: number): void {
    const dead = [...this.connections].filter(([, { expires }]) => now >= expires)
    if (dead.length === 0) return
    this.#lose(now)
    for (const [id] of dead) this.connections.delete(id)
    const proof = Math.max(...dead.map(([, one]) => proofOf(one, now)))
    for (const one of this.#online.values()) one.proof = Math.max(one.proof, proof)
  }

  #lose(now: number): void {
    if (this.isConnected(now)) return
    for (const [key, { from, proof }] of this.#online) this.#end(key, from, Math.max(proof, ...this.#proofs(now)))
  }

  #follow(now: number): void {
    const wanted = this.isConnected(now) ? this.#keys() : []
    for (const [key, one] of this.#online) {
      if (wanted.includes(key)) one.proof = now
      else this.#end(key, one.from, now)
    }
    for (const key of wanted) if (!this.#online.has(key)) this.#online.set(key, { from: now, proof: now })
  }

  #end(key: string, from: number, before: number): void {
    this.#online.delete(key)
    this.#ended.push({ ...partsOf(key), from: second(from), before: second(before), lasts: false })
  }

  #keys(): string[] {
    return [...this.presets].flatMap(([department, letters]) => [...letters].map((letter) => `${department} ${letter}`))
  }

  /** Who is online still is so without end. */
  spans(now: number): OnlineSpan[] {
    const lasts = this.isConnected(now)
    const open = [...this.#online].map(([key, { from, proof }]) => ({
      ...partsOf(key),
      from: second(from),
      before: lasts ? Number.POSITIVE_INFINITY : second(Math.max(proof, ...this.#proofs(now))),
      lasts,
    }))
    return [...this.#ended, ...open].filter(({ from, before }) => from < before)
  }
}

const proofOf = ({ kind, seen, expires }: Connection, now: number): number =>
  kind === 'call' && expires <= now ? expires : seen

function partsOf(key: string): { department: string; letter: string } {
  const [department = '', letter = ''] = key.split(' ')
  return { department, letter }
}
