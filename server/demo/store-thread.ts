// A thread that stores portions of a history in SQLite while another one makes the next.
import { parentPort, workerData } from 'node:worker_threads'
import { sqliteHandleOf } from '../db/dialects/sqlite-handle.ts'
import { type Database, openDatabase } from '../db/open.ts'
import { storePortion } from './store.ts'
import { inOrder, type StoreThread } from './stores.ts'
import type { Portion } from './tables.ts'

const CACHE_KIB = 256 * 1024
const PAGES_BETWEEN_CHECKPOINTS = 20_000

/** For this connection alone. */
async function tune(database: Database): Promise<void> {
  const handle = await database.write(async (tx) => sqliteHandleOf(tx))
  // Pages that change with every portion go to disk less often.
  handle?.raw.pragma(`cache_size = ${-CACHE_KIB}`)
  handle?.raw.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`)
  // A portion brings what it refers to, or found it: looking it up again for each row would be a sixth of the work.
  handle?.raw.pragma('foreign_keys = OFF')
}

if (parentPort) {
  const port = parentPort
  const { dataFolder, pause }: StoreThread = workerData
  const database = await openDatabase({ dataFolder, mustExist: true })
  await tune(database)
  const store = inOrder((portion) => database.write((tx) => storePortion(tx, portion)), pause)
  port.on('message', (portion: Portion | null) => {
    if (portion === null) {
      void database.close().then(() => port.close())
      return
    }
    store(portion).then(
      () => port.postMessage(null),
      (error: unknown) => port.postMessage(error instanceof Error ? error.message : String(error)),
    )
  })
}
