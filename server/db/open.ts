// Opens the database that the settings name: a file in the data folder, or PostgreSQL.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Unavailable } from '../lib/errors.ts'
import { kyselyOnPool, openPool } from './dialects/postgres.ts'
import { kyselyOnSqlite, SqliteHandle } from './dialects/sqlite.ts'
import type { Engine } from './engine.ts'
import { migrate, postgresSession, sqliteSession } from './migrate.ts'
import { type Reader, SqliteWriter, Wakeups, type Write, writeOnPostgres } from './write.ts'

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
}

export const sqliteFile = (dataFolder: string): string => join(dataFolder, 'deskhand.db')

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.url ? openPostgres(options.url, options.poolSize ?? 10) : openSqlite(options.dataFolder)
}

async function openSqlite(dataFolder: string): Promise<Database> {
  if (!existsSync(dataFolder)) mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const file = sqliteFile(dataFolder)
  const writing = new SqliteHandle(file, { readonly: false })
  let migrated: string[]
  try {
    migrated = await migrate(sqliteSession(writing.raw))
  } catch (error) {
    writing.raw.close()
    throw error
  }
  const reading = new SqliteHandle(file, { readonly: true })
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

async function openPostgres(url: string, poolSize: number): Promise<Database> {
  // A connection of its own: LISTEN must not sit in the pool, and migrations must not wait for it.
  const own = new pg.Client({ connectionString: url, application_name: 'deskhand' })
  let migrated: string[]
  try {
    await own.connect()
    migrated = await migrate(postgresSession(own))
  } catch (error) {
    await own.end().catch(() => {})
    throw error
  }
  await own.end()
  const pool = openPool(url, poolSize)
  const wakeups = new Wakeups()
  const listener = listen(url, wakeups)
  let closed = false
  const write = writeOnPostgres(pool, wakeups)
  return {
    engine: 'postgres',
    reader: kyselyOnPool(pool),
    write: async (work) => {
      if (closed) throw new Unavailable('Deskhand is shutting down. Try again in a moment.')
      return write(work)
    },
    wakeups,
    migrated,
    async close() {
      closed = true
      await listener.close()
      await pool.end()
    },
  }
}

/** Hears of other processes' writes. Reconnects for ever; while it is away, sleepers wake by their own clock. */
function listen(url: string, wakeups: Wakeups): { close(): Promise<void> } {
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let closed = false
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({ connectionString: url, application_name: 'deskhand listener' })
    const again = (): void => {
      if (closed || client !== fresh) return
      client = undefined
      retry = setTimeout(connect, 1_000)
      retry.unref()
    }
    client = fresh
    fresh.on('error', again)
    fresh.on('end', again)
    fresh.on('notification', ({ channel }) => {
      if (channel === 'deskhand_events') wakeups.emit('events')
      if (channel === 'deskhand_jobs') wakeups.emit('jobs')
    })
    try {
      await fresh.connect()
      await fresh.query('listen deskhand_events; listen deskhand_jobs')
    } catch {
      again()
    }
  }
  const first = connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      await first
      await client?.end().catch(() => {})
    },
  }
}
