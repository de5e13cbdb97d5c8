// The presence of agents who listen: said and ended in few writes for all streams of the process, one after another.
import { hostname } from 'node:os'
import type { Database } from '../db/open.ts'
import { beat, connect, disconnect } from '../desk/presence/connections.ts'
import { lockPresence } from '../desk/presence/stretches.ts'
import type { JobLog } from '../jobs/queue.ts'

/** Connections that one write begins or ends. */
const PORTION = 50

/** One stream that keeps its agent online. */
interface Entry {
  agentId: string
  /** As the database knows it; undefined: not yet, or not any more. */
  id: string | undefined
  hasLeft: boolean
}

export class LivePresence {
  readonly #database: Database
  readonly #log: JobLog
  readonly #process = `${hostname()}:${process.pid}`
  readonly #entries = new Set<Entry>()
  #writing: Promise<void> = Promise.resolve()

  constructor(database: Database, log: JobLog) {
    this.#database = database
    this.#log = log
  }

  /** Keeps an agent online until the function that it gives is called. Resolves once he is, or if that failed for now. */
  async enter(agentId: string): Promise<() => void> {
    const entry: Entry = { agentId, id: undefined, hasLeft: false }
    this.#entries.add(entry)
    await this.#write()
    return () => {
      entry.hasLeft = true
      void this.#write()
    }
  }

  /** Says that all are still there; whoever was forgotten meanwhile enters again. */
  beat(): Promise<void> {
    return this.#inTurn(async () => {
      const entries = [...this.#entries].filter(({ hasLeft }) => !hasLeft)
      const ids = entries.flatMap(({ id }) => id ?? [])
      const unknown = new Set(ids.length === 0 ? [] : await this.#database.write((tx) => beat(tx, ids)))
      for (const entry of entries) if (entry.id !== undefined && unknown.has(entry.id)) entry.id = undefined
      await this.#settle()
    })
  }

  /** Resolves when everybody who has left is said to have. */
  settled(): Promise<void> {
    return this.#write()
  }

  #write(): Promise<void> {
    return this.#inTurn(() => this.#settle())
  }

  /** What fails is tried again with the next beat. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing
      .then(work)
      .catch((error: unknown) => this.#log.warn({ err: error }, 'the presence of live streams could not be noted'))
    return this.#writing
  }

  async #settle(): Promise<void> {
    for (;;) {
      for (const entry of this.#entries) if (entry.hasLeft && entry.id === undefined) this.#entries.delete(entry)
      const due = [...this.#entries].filter(({ id, hasLeft }) => hasLeft || id === undefined).slice(0, PORTION)
      if (due.length === 0) return
      const ids = await this.#database.write(async (tx) => {
        // All at once and in order: taken one by one, two processes could wait for each other.
        await lockPresence(tx, [...new Set(due.map(({ agentId }) => agentId))].sort())
        const begun: (string | undefined)[] = []
        for (const { id, agentId } of due) {
          if (id !== undefined) await disconnect(tx, id)
          begun.push(id === undefined ? await connect(tx, agentId, this.#process) : undefined)
        }
        return begun
      })
      for (const [n, entry] of due.entries()) entry.id = ids[n]
    }
  }
}
