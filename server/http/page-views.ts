// How often each page of the knowledge base was read. Counted in memory and written every few seconds: a write for each
// read would make reads cost as much as writes. A crash loses the last seconds of it, and nothing else.
import type { Database } from '../db/open.ts'
import { noteViews } from '../desk/knowledge/public-pages.ts'
import type { JobLog } from '../jobs/queue.ts'

const EVERY_MS = 5_000

export class PageViews {
  readonly #database: Database
  readonly #log: JobLog
  readonly #timer: NodeJS.Timeout
  #views = new Map<number, number>()

  constructor(database: Database, log: JobLog) {
    this.#database = database
    this.#log = log
    this.#timer = setInterval(() => void this.#write(), EVERY_MS)
    this.#timer.unref()
  }

  note(entryId: number): void {
    this.#views.set(entryId, (this.#views.get(entryId) ?? 0) + 1)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#write()
  }

  async #write(): Promise<void> {
    if (this.#views.size === 0) return
    const views = this.#views
    this.#views = new Map()
    try {
      await this.#database.write((tx) => noteViews(tx, views))
    } catch (error) {
      this.#log.warn({ err: error }, 'views of knowledge base pages could not be noted')
    }
  }
}
