// Where portions of a history are stored from: this thread, or one of its own.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import type { Database } from '../db/open.ts'
import type { Store } from './load.ts'
import { ROOM } from './long-load.ts'
import { storePortion } from './store.ts'

/** A store on this thread. */
export function storeHere(database: Database): Store {
  let portions = 0
  return async (portion) => {
    await database.write((tx) => storePortion(tx, portion))
    portions++
    if (database.engine === 'postgres' && isPowerOfTwo(portions)) await lookAgain(database)
  }
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

/** A store on a thread of its own. SQLite works in the thread that calls it: this way, two processors have work. */
export function storeOnThread(dataFolder: string): { store: Store; close(): Promise<void> } {
  const worker = new Worker(new URL('./store-thread.ts', import.meta.url), {
    workerData: dataFolder,
    resourceLimits: ROOM,
  })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  // A thread that fails while nobody waits for it must not end the program: the next portion finds out.
  worker.on('error', () => {})
  return {
    async store(portion) {
      worker.postMessage(portion)
      const fault = await Promise.race([once(worker, 'message').then(([said]): unknown => said), ended.then(gone)])
      if (fault !== null) throw new Error(String(fault))
    },
    async close() {
      worker.postMessage(null)
      await ended
    },
  }
}

const gone = (): string => 'the thread that stores has ended'
