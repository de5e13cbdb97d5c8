// How many streams one agent, key or address may hold. Kept in memory: each process counts for itself.
import { TooMany } from '../lib/errors.ts'

/** Somebody with many tabs and devices has fewer. */
export const PER_AGENT = 30
export const PER_KEY = 200
export const PER_VISITOR = 10

/** How long a client is told to wait. */
const RETRY_AFTER_S = 10

export class StreamLimits {
  readonly #open = new Map<string, number>()

  /** Counts one stream for each of these. Throws TooMany, and counts none. Gives what takes it back. */
  take(limits: readonly { whose: string; id: string; most: number }[]): () => void {
    for (const { whose, id, most } of limits)
      if ((this.#open.get(id) ?? 0) >= most)
        throw new TooMany(`Too many live connections of ${whose}: at most ${most} at a time.`, RETRY_AFTER_S)
    for (const { id } of limits) this.#open.set(id, (this.#open.get(id) ?? 0) + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      for (const { id } of limits) this.#giveBack(id)
    }
  }

  #giveBack(id: string): void {
    const left = (this.#open.get(id) ?? 0) - 1
    if (left > 0) this.#open.set(id, left)
    else this.#open.delete(id)
  }
}
