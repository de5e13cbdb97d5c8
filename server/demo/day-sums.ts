// Sums of the hours of days, close together: millions of small lists of numbers would take several times the memory.

export const HOURS = 24
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
  /** 0 is nobody's, and stays empty. */
  #places = 1

  /** Room for a day. */
  place(): number {
    return this.#places++
  }

  add(place: number, hour: number, { count, seconds, sla_seconds }: Sum): void {
    const number = Math.floor(place / BLOCK)
    const block = this.#blocks[number] ?? new Float64Array(BLOCK * HOURS * WIDTH)
    this.#blocks[number] = block
    const start = startOf(place, hour)
    block[start] = (block[start] ?? 0) + count
    block[start + 1] = (block[start + 1] ?? 0) + seconds
    block[start + 2] = (block[start + 2] ?? 0) + sla_seconds
  }

  of(place: number, hour: number): Sum {
    const block = this.#blocks[Math.floor(place / BLOCK)]
    const start = startOf(place, hour)
    return { count: block?.[start] ?? 0, seconds: block?.[start + 1] ?? 0, sla_seconds: block?.[start + 2] ?? 0 }
  }

  /** Of some whole days together. */
  ofAll(places: readonly number[]): Sum {
    const all = { count: 0, seconds: 0, sla_seconds: 0 }
    for (const place of places)
      for (let hour = 0; place > 0 && hour < HOURS; hour++) {
        const { count, seconds, sla_seconds } = this.of(place, hour)
        all.count += count
        all.seconds += seconds
        all.sla_seconds += sla_seconds
      }
    return all
  }
}

const startOf = (place: number, hour: number): number => ((place % BLOCK) * HOURS + hour) * WIDTH
