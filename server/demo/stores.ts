// Where portions of a history are stored from: this thread, or one of its own.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Database } from '../db/open.ts'
import type { Store } from './load.ts'
import { ROOM } from './long-load.ts'
import { storePortion } from './store.ts'

export const storeHere =
  (database: Database): Store =>
  (portion) =>
    database.write((tx) => storePortion(tx, portion))

/** A store on a thread of its own. SQLite works in the thread that calls it: this way, two processors have work. */
export function storeOnThread(dataFolder: string): { store: Store; close(): Promise<void> } {
  const worker = new Worker(new URL('./store-thread.ts', import.meta.url), {
    workerData: dataFolder,
    resourceLimits: ROOM,
  })
  return {
    async store(portion) {
      worker.postMessage(portion)
      const [fault]: unknown[] = await once(worker, 'message')
      if (fault !== null) throw new Error(String(fault))
    },
    async close() {
      const ended = once(worker, 'exit')
      worker.postMessage(null)
      await ended
    },
  }
}
