// A thread that makes a long history, with another one that stores it in SQLite.
import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from '../db/open.ts'
import { loadHistory } from './load.ts'
import type { LongLoad } from './long-load.ts'
import { storeOnThread } from './stores.ts'

if (parentPort) {
  const port = parentPort
  const { dataFolder, pause, isFresh, cast, options }: LongLoad = workerData
  const database = await openDatabase({ dataFolder, mustExist: true })
  const { store, close } = storeOnThread({ dataFolder, pause, isFresh })
  try {
    const onProgress = (count: number): void => port.postMessage(count)
    await loadHistory(database.reader, cast, store, { ...options, onProgress })
  } finally {
    await close()
    await database.close()
  }
}
