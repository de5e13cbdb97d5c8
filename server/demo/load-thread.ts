// A thread that makes a long history, with another one that stores it in SQLite.
import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from '../db/open.ts'
import { loadHistory } from './load.ts'
import type { LongLoad } from './long-load.ts'
import { newestOf, storeSums } from './store.ts'
import { storeOnThread } from './stores.ts'
import { Sums } from './sums.ts'

if (parentPort) {
  const port = parentPort
  const { dataFolder, pause, isFresh, together, cast, options }: LongLoad = workerData
  const database = await openDatabase({ dataFolder, mustExist: true })
  const { store, flush, close } = storeOnThread({ dataFolder, pause, isFresh, together })
  try {
    const onProgress = (count: number): void => port.postMessage(count)
    const sums = new Sums(options.until)
    const before = await newestOf(database.reader)
    await loadHistory(database.reader, cast, store, {
      ...options,
      // What is stored next waits, while what comes after it is made.
      ahead: 2 * together,
      onEnd: flush,
      isAlone: isFresh,
      onProgress,
      ...(isFresh && { onPortion: (portion) => sums.add(portion) }),
    })
    await close()
    if (isFresh) await database.write((tx) => storeSums(tx, sums, before))
  } finally {
    await close()
    await database.close()
  }
}
