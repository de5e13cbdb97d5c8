// Where portions of a history are stored from: this thread, or one of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import type { Database } from '../db/open.ts'
import type { Store } from './load.ts'
import { RowFile } from './row-file.ts'
import { type Rest, restOf, storePortion } from './store.ts'
import type { Portion, TableKey } from './tables.ts'

/** One after the other, with `pause` milliseconds after each, in which others may write. After a failure nothing is done. */
export function inOrder<Work>(work: (what: Work) => Promise<void>, pause = 0): (what: Work) => Promise<void> {
  let last = Promise.resolve()
  return (what) => {
    last = last.then(() => work(what)).then(() => rest(pause))
    return last
  }
}

async function rest(pause: number): Promise<void> {
  if (pause > 0) await new Promise((resume) => setTimeout(resume, pause))
}

/** A store on this thread. */
export function storeHere(database: Database, pause = 0): Store {
  let portions = 0
  return inOrder(async (portion: Portion) => {
    await database.write((tx) => storePortion(tx, portion))
    portions++
    if (database.engine === 'postgres' && isPowerOfTwo(portions)) await lookAgain(database)
  }, pause)
}

const isPowerOfTwo = (number: number): boolean => (number & (number - 1)) === 0

/**
 * Tells PostgreSQL how large the tables are now. It keeps the plans that it made for empty ones, which read whole tables,
 * for each reference that it checks.
 */
const lookAgain = (database: Database): Promise<unknown> =>
  database.write((tx) =>
    sql`analyze customers, conversations, message_groups, messages, conversation_tags, facts, load_changes, load_stays`.execute(
      tx,
    ),
  )

/** What the thread is told at its start. */
export interface StoreThread {
  dataFolder: string
  /** How long the writer is left to others between two transactions, in milliseconds; 0 when nobody else is there. */
  pause: number
  /** There are no conversations yet, and nobody looks for any until the load has ended. */
  isFresh: boolean
  /** Portions in a transaction. */
  together: number
}

/** What it is told then: to store the portions in a file, or that there are no more. */
export type ToStoreThread = Filled | 'close'

/** A file of portions, which is the thread's to remove. */
export interface Filled {
  path: string
  /** The tables that it has. */
  keys: readonly TableKey[]
  rests: readonly Rest[]
}

interface Waiting {
  rest: Rest
  resolve(): void
  reject(error: unknown): void
}

/** A store on a thread of its own. SQLite works in the thread that calls it: this way, two processors have work. */
export function storeOnThread(thread: StoreThread): { store: Store; flush(): void; close(): Promise<void> } {
  const worker = new Worker(new URL('./store-thread.ts', import.meta.url), { workerData: thread })
  const tell = (what: ToStoreThread): void => worker.postMessage(what)
  const folder = mkdtempSync(join(tmpdir(), 'deskhand-demo-'))
  const file = new RowFile()
  let files = 0
  let portions: Waiting[] = []
  const waiting: (readonly Waiting[])[] = []
  let fault: Error | undefined
  const flush = (): void => {
    const filled = portions
    portions = []
    if (filled.length === 0) return
    const path = join(folder, String(files++))
    try {
      tell({ path, keys: file.write(path), rests: filled.map(({ rest }) => rest) })
      waiting.push(filled)
    } catch (error) {
      for (const { reject } of filled) reject(error)
    }
  }
  worker.on('message', (said: string | null) => {
    for (const { resolve, reject } of waiting.shift() ?? [])
      if (said === null) resolve()
      else reject(new Error(said))
  })
  worker.on('error', (error: Error) => {
    fault = error
  })
  const ended = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      fault ??= new Error('the thread that stores has ended')
      for (const { reject } of [...waiting.splice(0).flat(), ...portions.splice(0)]) reject(fault)
      rmSync(folder, { recursive: true, force: true })
      resolve()
    }),
  )
  return {
    store: (portion) =>
      new Promise((resolve, reject) => {
        if (fault) return reject(fault)
        file.add(portion)
        portions.push({ rest: restOf(portion), resolve, reject })
        if (portions.length === thread.together) flush()
      }),
    flush,
    async close() {
      tell('close')
      await ended
    },
  }
}
