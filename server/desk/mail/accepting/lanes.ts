// Spreads work over lanes that go on side by side, so that what has a key in common stays in one lane.

export class Lanes<Lane> {
  readonly #lanes: readonly { lane: Lane; load: { count: number } }[]
  /** Which lane each key is in now, and for how many. */
  readonly #taken = new Map<string, { index: number; count: number }>()

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes.map((lane) => ({ lane, load: { count: 0 } }))
  }

  async use<T>(keys: readonly string[], work: (lane: Lane) => Promise<T>): Promise<T> {
    const index =
      keys.map((key) => this.#taken.get(key)?.index).find((taken) => taken !== undefined) ?? this.#emptiest()
    const chosen = this.#lanes[index]
    if (!chosen) throw new Error('there is no lane')
    for (const key of keys) this.#take(key, index)
    chosen.load.count++
    try {
      return await work(chosen.lane)
    } finally {
      chosen.load.count--
      for (const key of keys) this.#leave(key)
    }
  }

  #emptiest(): number {
    const counts = this.#lanes.map(({ load }) => load.count)
    return counts.indexOf(Math.min(...counts))
  }

  /** A key that is in another lane already stays there: whatever joins the two meets at the locks of the database. */
  #take(key: string, index: number): void {
    const taken = this.#taken.get(key)
    if (taken) taken.count++
    else this.#taken.set(key, { index, count: 1 })
  }

  #leave(key: string): void {
    const taken = this.#taken.get(key)
    if (taken && --taken.count === 0) this.#taken.delete(key)
  }
}
