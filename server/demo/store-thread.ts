// A thread that stores portions of a history in SQLite while the main one makes the next.
import { parentPort, workerData } from 'node:worker_threads'
import { sql } from 'kysely'
import { type Database, openDatabase } from '../db/open.ts'
import { storePortion } from './store.ts'

const CACHE_KIB = 256 * 1024
const PAGES_BETWEEN_CHECKPOINTS = 20_000

/** Of this connection, not of the database: pages that change with every portion go to disk less often. */
const tune = (database: Database): Promise<unknown> =>
  database.write(async (tx) => {
    await sql`pragma cache_size = ${sql.lit(-CACHE_KIB)}`.execute(tx)
    await sql`pragma wal_autocheckpoint = ${sql.lit(PAGES_BETWEEN_CHECKPOINTS)}`.execute(tx)
  })

if (parentPort) {
  const port = parentPort
  const database = await openDatabase({ dataFolder: String(workerData), mustExist: true })
  await tune(database)
  port.on('message', (portion: Parameters<typeof storePortion>[1] | null) => {
    if (portion === null) {
      void database.close().then(() => port.close())
      return
    }
    database
      .write((tx) => storePortion(tx, portion))
      .then(
        () => port.postMessage(null),
        (error: unknown) => port.postMessage(error instanceof Error ? error.message : String(error)),
      )
  })
}
