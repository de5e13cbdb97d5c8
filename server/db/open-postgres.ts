// Opens a PostgreSQL database.
import pg from 'pg'
import { Unavailable } from '../lib/errors.ts'
import { kyselyOnPool } from './dialects/postgres.ts'
import { openPool } from './dialects/postgres-pool.ts'
import { assertMigrated, migrate, postgresSession } from './migrate.ts'
import type { Database, DatabaseOptions } from './open.ts'
import { Wakeups, writeOnPostgres } from './write.ts'

const CONNECT_PATIENCE_MS = 10_000

export async function openPostgres({
  url,
  poolSize = 10,
  mustExist,
}: DatabaseOptions & { url: string }): Promise<Database> {
  // A connection of its own: LISTEN must not sit in the pool, and migrations must not wait for it.
  const own = new pg.Client({
    connectionString: url,
    application_name: 'deskhand',
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
  })
  // A connection that breaks while nothing runs on it must not end the process: the next statement says what is wrong.
  own.on('error', () => {})
  let migrated: string[] = []
  try {
    await own.connect()
    if (mustExist) await assertMigrated(postgresSession(own))
    else migrated = await migrate(postgresSession(own))
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
      // Connected, but not allowed to listen: another try a second must not leave another connection behind.
      await fresh.end().catch(() => {})
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
