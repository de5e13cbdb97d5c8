// A thread that makes a long history, with another one that stores it in SQLite.
import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from '../db/open.ts'
import { loadHistory } from './load.ts'
import type { LongLoad } from './long-load.ts'
import { lastFact, storeSums } from './store.ts'
import { storeOnThread } from './stores.ts'
import { Sums } from './sums.ts'
import { emptyPortion } from './tables.ts'

if (parentPort) {
  const port = parentPort
  const { dataFolder, pause, isFresh, cast, options }: LongLoad = workerData
  const database = await openDatabase({ dataFolder, mustExist: true })
  const { store, close } = storeOnThread({ dataFolder, pause, isFresh })
  try {
    const onProgress = (count: number): void => port.postMessage(count)
    const sums = new Sums(options.until)
    const before = await lastFact(database.reader)
    await loadHistory(database.reader, cast, store, {
      ...options,
      onProgress,
      ...(isFresh && { onPortion: (portion) => sums.add(portion) }),
    })
    await close()
    const rows = isFresh ? sums.rows(emptyPortion()) : undefined
    if (rows) await database.write((tx) => storeSums(tx, rows, before))
  } finally {
    await close()
    await database.close()
  }
}
