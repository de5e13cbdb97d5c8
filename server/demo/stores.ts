// Where portions of a history are stored from: this thread, or one of its own.
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import type { Database } from '../db/open.ts'
import type { Store } from './load.ts'
import { ROOM } from './long-load.ts'
import { storePortion } from './store.ts'
import type { Portion } from './tables.ts'

/** One after the other, with `pause` milliseconds after each, in which others may write. After a failure nothing is done. */
export function inOrder(work: (portion: Portion) => Promise<void>, pause = 0): Store {
  let last = Promise.resolve()
  return (portion) => {
    last = last.then(() => work(portion)).then(() => rest(pause))
    return last
  }
}

async function rest(pause: number): Promise<void> {
  if (pause > 0) await new Promise((resume) => setTimeout(resume, pause))
}

/** A store on this thread. */
export function storeHere(database: Database, pause = 0): Store {
  let portions = 0
  return inOrder(async (portion) => {
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
    sql`analyze customers, conversations, message_groups, messages, conversation_tags, facts, load_changes`.execute(tx),
  )

/** What the thread is told at its start. */
export interface StoreThread {
  dataFolder: string
  pause: number
  /** There are no conversations yet, and nobody looks for any until the load has ended. */
  isFresh: boolean
}

interface Waiting {
  resolve(): void
  reject(error: Error): void
}

/** A store on a thread of its own. SQLite works in the thread that calls it: this way, two processors have work. */
export function storeOnThread(thread: StoreThread): { store: Store; close(): Promise<void> } {
  const worker = new Worker(new URL('./store-thread.ts', import.meta.url), { workerData: thread, resourceLimits: ROOM })
  const waiting: Waiting[] = []
  let fault: Error | undefined
  worker.on('message', (said: string | null) => {
    const next = waiting.shift()
    if (said === null) next?.resolve()
    else next?.reject(new Error(said))
  })
  worker.on('error', (error: Error) => {
    fault = error
  })
  const ended = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      fault ??= new Error('the thread that stores has ended')
      for (const { reject } of waiting.splice(0)) reject(fault)
      resolve()
    }),
  )
  return {
    store: (portion) =>
      new Promise((resolve, reject) => {
        if (fault) return reject(fault)
        waiting.push({ resolve, reject })
        worker.postMessage(portion)
      }),
    async close() {
      worker.postMessage(null)
      await ended
    },
  }
}
