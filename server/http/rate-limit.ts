// A limit on requests a minute, per key and per address. Kept in memory: each process counts for itself.
import { TooMany } from '../lib/errors.ts'

const WINDOW_MS = 60_000
const MAX_TRACKED = 100_000

interface Window {
  /** When the window began. */
  start: number
  count: number
  /** How many came in the window before. */
  before: number
}

/** Counts over a sliding minute: the share of the last window that still lies in the minute counts too. */
export class RateLimit {
  readonly #windows = new Map<string, Window>()
  readonly #whose: string

  /** `whose` stands in the message: `this API key`, `this address`. */
  constructor(whose: string) {
    this.#whose = whose
  }

  /** Counts one request. Throws TooMany above the limit; refused requests are not counted. */
  take(id: string, limit: number, now = Date.now()): void {
    let window = this.#windows.get(id)
    // A window from the future means that the clock was set back: begin anew rather than lock somebody out.
    if (!window || now < window.start || now - window.start >= 2 * WINDOW_MS) {
      this.#makeRoom()
      window = { start: now, count: 0, before: 0 }
      this.#windows.set(id, window)
    } else if (now - window.start >= WINDOW_MS) {
      window.start += WINDOW_MS
      window.before = window.count
      window.count = 0
    }
    const past = (now - window.start) / WINDOW_MS
    if (window.count + window.before * (1 - past) + 1 > limit) {
      const retryAfter = Math.max(1, Math.ceil((window.start + WINDOW_MS - now) / 1000))
      throw new TooMany(
        `Too many requests from ${this.#whose}: at most ${limit} a minute. Try again in ${retryAfter} s.`,
        retryAfter,
      )
    }
    window.count++
  }

  /** Takes one request back, for limits that count failures only. */
  giveBack(id: string): void {
    const window = this.#windows.get(id)
    if (window && window.count > 0) window.count--
  }

  /** Many addresses must not fill the memory: the half that began first goes, all at once, so that it is rarely done. */
  #makeRoom(): void {
    if (this.#windows.size < MAX_TRACKED) return
    for (const id of this.#windows.keys()) {
      this.#windows.delete(id)
      if (this.#windows.size <= MAX_TRACKED / 2) return
    }
  }
}
