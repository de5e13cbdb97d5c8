// Small writes of one kind that are asked for at the same time share one transaction. SQLite's writer gathers writes
// anyway; on PostgreSQL each would be a transaction of its own, with a commit and several round trips of its own, and those
// that leave the same job would wait for each other at its row.
import { Unavailable } from '../lib/errors.ts'
import type { Database } from './open.ts'
import type { Tx } from './write.ts'

export interface Gathered<Item, Result> {
  write(tx: Tx, item: Item): Promise<Result>
  /** Items are written in the order of their keys: two processes that store the same ones would deadlock otherwise. */
  keyOf(item: Item): string
  bytesOf(item: Item): number
}

const MAX_ITEMS = 128
const MAX_BYTES = 8 * 1024 * 1024

interface Waiting<Item, Result> {
  item: Item
  key: string
  resolve(result: Result): void
  reject(error: unknown): void
}

/** Gives a function that writes an item together with those that others write right now. */
export function together<Item, Result>(
  kind: Gathered<Item, Result>,
): (database: Database, item: Item) => Promise<Result> {
  const gatherings = new WeakMap<Database, Gathering<Item, Result>>()
  return (database, item) => {
    let gathering = gatherings.get(database)
    if (!gathering) {
      gathering = new Gathering(database, kind)
      gatherings.set(database, gathering)
    }
    return gathering.add(item)
  }
}

class Gathering<Item, Result> {
  readonly #database: Database
  readonly #kind: Gathered<Item, Result>
  #waiting: Waiting<Item, Result>[] = []
  #isWriting = false

  constructor(database: Database, kind: Gathered<Item, Result>) {
    this.#database = database
    this.#kind = kind
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, key: this.#kind.keyOf(item), resolve, reject })
      if (!this.#isWriting) void this.#write()
    })
  }

  /** While one portion is on its way to disk, the next one gathers. */
  async #write(): Promise<void> {
    this.#isWriting = true
    // Those that arrive in the same turn of the event loop belong together.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) await this.#writePortion(this.#takePortion())
    this.#isWriting = false
  }

  #takePortion(): Waiting<Item, Result>[] {
    let bytes = 0
    let count = 0
    for (const { item } of this.#waiting) {
      bytes += this.#kind.bytesOf(item)
      if (count === MAX_ITEMS || (count > 0 && bytes > MAX_BYTES)) break
      count++
    }
    return this.#waiting.splice(0, count).sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  async #writePortion(portion: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#database.write(async (tx) => {
        const done: (() => void)[] = []
        for (const { item, resolve } of portion) {
          const result = await this.#kind.write(tx, item)
          done.push(() => resolve(result))
        }
        return done
      })
      for (const answer of results) answer()
    } catch (error) {
      // What hits the database hits all of them; any other fault is one item's own.
      if (portion.length === 1 || error instanceof Unavailable) for (const { reject } of portion) reject(error)
      else for (const one of portion) await this.#writePortion([one])
    }
  }
}
