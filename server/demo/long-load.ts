// Loading a long history into SQLite, which works in the thread that calls it: one thread makes the stories, another one
// stores them. Both get room for what they forget soon; the program itself is started with little of it.
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Cast } from './cast.ts'
import type { LoadOptions } from './load.ts'
import type { StoreThread } from './stores.ts'

export interface LongLoad extends StoreThread {
  cast: Cast
  options: Omit<LoadOptions, 'onProgress' | 'onPortion' | 'onEnd' | 'isAlone'>
}

// The limits of a thread do not count beside the flag that bin/deskhand.js starts the program with. This one counts for
// threads that start from now on: what is made is collected a fifth as often as in 8 MB.
const YOUNG_MEMORY = '--max-semi-space-size=32'

/** Throws what the threads throw. */
export async function loadOnThreads(long: LongLoad, onProgress?: (conversations: number) => void): Promise<void> {
  setFlagsFromString(YOUNG_MEMORY)
  const worker = new Worker(new URL('./load-thread.ts', import.meta.url), { workerData: long })
  worker.on('message', (count: number) => onProgress?.(count))
  await once(worker, 'exit')
}
