// Loading a long history into SQLite, which works in the thread that calls it: one thread makes the stories, another one
// stores them. Both get room for what they forget soon; the program itself is started with little of it.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Cast } from './cast.ts'
import type { LoadOptions } from './load.ts'

export interface LongLoad {
  dataFolder: string
  cast: Cast
  /** How long the writer is left to others between two transactions, in milliseconds; 0 when nobody else is there. */
  pause: number
  /** There are no conversations yet, and nobody looks for any until the load has ended. */
  isFresh: boolean
  options: Omit<LoadOptions, 'onProgress' | 'onPortion'>
}

export const ROOM = { maxYoungGenerationSizeMb: 64 } as const

/** Throws what the threads throw. */
export async function loadOnThreads(long: LongLoad, onProgress?: (conversations: number) => void): Promise<void> {
  const worker = new Worker(new URL('./load-thread.ts', import.meta.url), { workerData: long, resourceLimits: ROOM })
  worker.on('message', (count: number) => onProgress?.(count))
  await once(worker, 'exit')
}
