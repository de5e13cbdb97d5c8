// Sums of the hours or half-hours of days, close together: millions of small lists of numbers would take several times the memory.
import { DAY } from '../desk/metrics/time.ts'

/** Days in a block. */
const BLOCK = 256
const WIDTH = 3

export interface Sum {
  count: number
  seconds: number
  sla_seconds: number
}

export class SumsOfDays {
  readonly #blocks: Float64Array[] = []
  /** Of a day. */
  readonly #parts: number
  /** 0 is nobody's, and stays empty. */
  #places = 1

  constructor(length: number) {
    this.#parts = DAY / length
  }

  /** Room for a day. */
  place(): number {
    return this.#places++
  }

  /** `time`: since the beginning of the day. */
  add(place: number, time: number, { count, seconds, sla_seconds }: Sum): void {
    const number = Math.floor(place / BLOCK)
    const block = this.#blocks[number] ?? new Float64Array(BLOCK * this.#parts * WIDTH)
    this.#blocks[number] = block
    const start = this.#startOf(place, time)
    block[start] = (block[start] ?? 0) + count
    block[start + 1] = (block[start + 1] ?? 0) + seconds
    block[start + 2] = (block[start + 2] ?? 0) + sla_seconds
  }

  /** Of the same part of some days together. */
  of(places: readonly number[], from: number, length: number): Sum {
    const all = { count: 0, seconds: 0, sla_seconds: 0 }
    for (const place of places) {
      const block = this.#blocks[Math.floor(place / BLOCK)]
      if (!block) continue
      const [start, end] = [this.#startOf(place, from), this.#startOf(place, from + length)]
      for (let at = start; at < end; at += WIDTH) {
        all.count += block[at] ?? 0
        all.seconds += block[at + 1] ?? 0
        all.sla_seconds += block[at + 2] ?? 0
      }
    }
    return all
  }

  #startOf(place: number, time: number): number {
    return ((place % BLOCK) * this.#parts + Math.floor((time * this.#parts) / DAY)) * WIDTH
  }
}
