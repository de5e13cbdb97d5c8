// When each API key was last used. Noted in memory and written every few seconds: a write for each read would make
// reads cost as much as writes. A crash loses the last seconds of it, and nothing else.
import type { Database } from '../db/open.ts'
import { noteKeyUse } from '../desk/keys/keys.ts'
import type { JobLog } from '../jobs/queue.ts'

const EVERY_MS = 5_000

export class KeyUse {
  readonly #database: Database
  readonly #log: JobLog
  readonly #timer: NodeJS.Timeout
  #usedAt = new Map<string, number>()

  constructor(database: Database, log: JobLog) {
    this.#database = database
    this.#log = log
    this.#timer = setInterval(() => void this.#write(), EVERY_MS)
    this.#timer.unref()
  }

  note(keyId: string): void {
    this.#usedAt.set(keyId, Date.now())
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#write()
  }

  async #write(): Promise<void> {
    if (this.#usedAt.size === 0) return
    const usedAt = this.#usedAt
    this.#usedAt = new Map()
    try {
      await this.#database.write((tx) => noteKeyUse(tx, usedAt))
    } catch (error) {
      this.#log.warn({ err: error }, 'the last use of API keys could not be noted')
    }
  }
}
