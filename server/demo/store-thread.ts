// A thread that stores portions of a history in SQLite while another one makes the next.
import { rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type Sqlite from 'better-sqlite3'
import { sqliteHandleOf } from '../db/dialects/sqlite-handle.ts'
import { type Database, openDatabase } from '../db/open.ts'
import { makePostponedIndexes, postponeIndexes } from '../db/postponed-indexes.ts'
import { ATTACHED, copyRows, drawCodes } from './copy-rows.ts'
import { storeRest } from './store.ts'
import { type Filled, inOrder, type StoreThread, type ToStoreThread } from './stores.ts'

const CACHE_KIB = 256 * 1024
const SORTING_KIB = 64 * 1024
const PAGES_BETWEEN_CHECKPOINTS = 20_000
const INDEXED_LATER = [
  'customers',
  'customer_phones',
  'group_members',
  'conversations',
  'message_groups',
  'messages',
  'conversation_tags',
  'facts',
  'load_changes',
  'load_stays',
  'sla_clocks',
  'chats',
  'calls',
  'offers',
  'ratings',
  'visitors',
]

/** For this connection alone. */
function tune(raw: Sqlite.Database): void {
  // Pages that change with every portion go to disk less often.
  raw.pragma(`cache_size = ${-CACHE_KIB}`)
  // What is read is in that cache; mapped, the whole file would count as this process's memory.
  raw.pragma('mmap_size = 0')
  raw.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`)
  // Not each portion waits for the disk: a power failure may cost the last ones, and never the whole.
  raw.pragma('synchronous = NORMAL')
  // A portion brings what it refers to, or found it: looking it up again for each row would be a sixth of the work.
  raw.pragma('foreign_keys = OFF')
}

/** What is sorted for the indexes goes to disk where it is more than this: in memory, it would be as large as they are. */
function makeIndexes(raw: Sqlite.Database): void {
  raw.pragma(`cache_size = ${-SORTING_KIB}`)
  raw.pragma('temp_store = FILE')
  raw.pragma('threads = 2')
  makePostponedIndexes(raw)
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
  const store = inOrder((filled: Filled) => storeFile(database, raw, filled), pause)
  port.on('message', (told: ToStoreThread) => {
    if (told === 'close') {
      makeIndexes(raw)
      void database.close().then(() => port.close())
      return
    }
    store(told).then(
      () => port.postMessage(null),
      (error: unknown) => port.postMessage(error instanceof Error ? error.message : String(error)),
    )
  })
}

/** In one transaction. Should a code be taken, the next attempt draws others. */
async function storeFile(database: Database, raw: Sqlite.Database, { path, keys, rests }: Filled): Promise<void> {
  raw.prepare(`attach ? as ${ATTACHED}`).run(path)
  let attempts = 0
  await database.write(async (tx) => {
    if (attempts++ > 0) await drawCodes(tx)
    await copyRows(tx, keys)
    for (const rest of rests) await storeRest(tx, rest)
  })
  raw.exec(`detach ${ATTACHED}`)
  rmSync(path)
}
