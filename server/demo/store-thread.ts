// A thread that stores portions of a history in SQLite while another one makes the next.
import { parentPort, workerData } from 'node:worker_threads'
import type Sqlite from 'better-sqlite3'
import { sqliteHandleOf } from '../db/dialects/sqlite-handle.ts'
import { type Database, openDatabase } from '../db/open.ts'
import { makePostponedIndexes, postponeIndexes } from '../db/postponed-indexes.ts'
import { storePortion } from './store.ts'
import { inOrder, type StoreThread } from './stores.ts'
import type { Portion } from './tables.ts'

const CACHE_KIB = 256 * 1024
const PAGES_BETWEEN_CHECKPOINTS = 20_000
const INDEXED_LATER = ['conversations', 'message_groups', 'messages', 'conversation_tags', 'facts', 'load_changes']

/** For this connection alone. */
function tune(raw: Sqlite.Database): void {
  // Pages that change with every portion go to disk less often.
  raw.pragma(`cache_size = ${-CACHE_KIB}`)
  raw.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`)
  // Not each portion waits for the disk: a power failure may cost the last ones, and never the whole.
  raw.pragma('synchronous = NORMAL')
  // A portion brings what it refers to, or found it: looking it up again for each row would be a sixth of the work.
  raw.pragma('foreign_keys = OFF')
  // Sorts the entries of an index that is made at the end.
  raw.pragma('threads = 2')
}

async function rawOf(database: Database): Promise<Sqlite.Database> {
  const handle = await database.write(async (tx) => sqliteHandleOf(tx))
  if (!handle) throw new Error('a thread of its own is for SQLite alone')
  return handle.raw
}

if (parentPort) {
  const port = parentPort
  const { dataFolder, pause, isFresh }: StoreThread = workerData
  const database = await openDatabase({ dataFolder, mustExist: true })
  const raw = await rawOf(database)
  tune(raw)
  if (isFresh) postponeIndexes(raw, INDEXED_LATER)
  const store = inOrder((portion) => database.write((tx) => storePortion(tx, portion)), pause)
  port.on('message', (portion: Portion | null) => {
    if (portion === null) {
      makePostponedIndexes(raw)
      void database.close().then(() => port.close())
      return
    }
    store(portion).then(
      () => port.postMessage(null),
      (error: unknown) => port.postMessage(error instanceof Error ? error.message : String(error)),
    )
  })
}
