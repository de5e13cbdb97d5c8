// Opens the database that the settings name: a file in the data folder, or PostgreSQL.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../lib/setup-error.ts'
import { kyselyOnSqlite } from './dialects/sqlite.ts'
import { SqliteHandle } from './dialects/sqlite-handle.ts'
import type { Engine } from './engine.ts'
import { assertMigrated, migrate, sqliteSession } from './migrate.ts'
import { explainPostgres, explainSqlite } from './opening-errors.ts'
import { makePostponedIndexes } from './postponed-indexes.ts'
import { type Reader, SqliteWriter, Wakeups, type Write } from './write.ts'

export interface Database {
  engine: Engine
  /** For reading outside of transactions. Sees every write that was answered. */
  reader: Reader
  /** Runs work in a transaction and resolves once it is on disk. See write.ts. */
  write: Write
  /** Emits when rows for sleepers were committed, by this process or (PostgreSQL) by another. */
  wakeups: Wakeups
  /** Names of the migrations that this opening ran. */
  migrated: string[]
  /** Refuses new writes, finishes those that wait, closes. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  dataFolder: string
  /** `postgres://…`; without it, SQLite in the data folder. */
  url?: string | undefined
  poolSize?: number
  /**
   * Opens only what is there already, with the newest schema: neither creates nor migrates. For the command line, which
   * must not make a new desk in the wrong folder, nor change the schema under a server of another version.
   */
  mustExist?: boolean
}

export const sqliteFile = (dataFolder: string): string => join(dataFolder, 'deskhand.db')

/** Throws SetupError when the database cannot be used, with what to do about it. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url } = options
  if (url === undefined)
    return openSqlite(options).catch((error: unknown) => {
      throw explainSqlite(error, options.dataFolder)
    })
  // Imported here: who runs on SQLite does without the driver.
  const { openPostgres } = await import('./open-postgres.ts')
  return openPostgres({ ...options, url }).catch((error: unknown) => {
    throw explainPostgres(error, url)
  })
}

async function openSqlite({ dataFolder, mustExist }: DatabaseOptions): Promise<Database> {
  const file = sqliteFile(dataFolder)
  if (mustExist && !existsSync(file))
    throw new SetupError(
      `There is no desk in the folder '${dataFolder}' (setting DESKHAND_DATA). A first start makes one: npm start`,
    )
  if (!existsSync(dataFolder)) mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const writing = new SqliteHandle(file, { readonly: false })
  let migrated: string[] = []
  try {
    const session = sqliteSession(writing.raw)
    if (mustExist) await assertMigrated(session)
    else migrated = await migrate(session)
    makePostponedIndexes(writing.raw)
  } catch (error) {
    writing.raw.close()
    throw error
  }
  const reading = new SqliteHandle(file, { readonly: true })
  // From here on the writer waits without stopping the event loop.
  for (const { raw } of [writing, reading]) raw.pragma('busy_timeout = 0')
  const wakeups = new Wakeups()
  const writer = new SqliteWriter(writing, wakeups)
  return {
    engine: 'sqlite',
    reader: kyselyOnSqlite(reading),
    write: writer.write,
    wakeups,
    migrated,
    async close() {
      await writer.close()
      reading.raw.close()
      writing.raw.close()
    },
  }
}
