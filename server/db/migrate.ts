// Brings a database to the newest schema. Forward only.
import type Sqlite from 'better-sqlite3'
import type pg from 'pg'
import { SetupError } from '../lib/setup-error.ts'
import type { Engine } from './engine.ts'
import { type Migration, migrations } from './migrations/list.ts'

/** The few things that migrations need of a connection, the same on both engines. */
export interface MigrationSession {
  engine: Engine
  run(statement: string): Promise<void>
  /** Empty on a database that was never migrated. */
  appliedNames(): Promise<string[]>
}

export const sqliteSession = (raw: Sqlite.Database): MigrationSession => ({
  engine: 'sqlite',
  run: async (statement) => {
    raw.exec(statement)
  },
  appliedNames: async () => {
    if (!raw.prepare("select 1 from sqlite_master where name = 'migrations'").get()) return []
    const rows: unknown[] = raw.prepare('select name from migrations').pluck().all()
    return rows.map(String)
  },
})

export const postgresSession = (client: pg.ClientBase): MigrationSession => ({
  engine: 'postgres',
  run: async (statement) => {
    await client.query(statement)
  },
  appliedNames: async () => {
    const known = await client.query<{ is_known: boolean }>("select to_regclass('migrations') is not null as is_known")
    if (!known.rows[0]?.is_known) return []
    const { rows } = await client.query<{ name: string }>('select name from migrations')
    return rows.map(({ name }) => name)
  },
})

const CREATE = 'create table if not exists migrations (name text primary key, applied_at text not null)'
/** Any number will do, as long as every process takes the same. */
const ADVISORY_LOCK = 7_305_112

/** The migrations that the database lacks. Throws SetupError for one that a newer version has changed. */
async function missingMigrations(session: MigrationSession): Promise<Migration[]> {
  const applied = new Set(await session.appliedNames())
  const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name))
  if (unknown.length > 0)
    throw new SetupError(
      `This data was used by a newer Deskhand (it knows ${unknown.join(', ')}): install that version or a later one.`,
    )
  return migrations.filter((migration) => !applied.has(migration.name))
}

/** Throws SetupError for a database that lacks migrations. */
export async function assertMigrated(session: MigrationSession): Promise<void> {
  const missing = await missingMigrations(session)
  if (missing.length > 0)
    throw new SetupError(
      `The database lacks ${missing.map(({ name }) => name).join(', ')}. Start the server, or run: npx deskhand migrate`,
    )
}

/** Runs what is missing and returns its names. Several processes may call it at once: one works, the others wait. */
export async function migrate(session: MigrationSession): Promise<string[]> {
  // Looked up without a lock first: a start on a database that is up to date must not wait for a process that writes.
  if ((await missingMigrations(session)).length === 0) return []
  const { engine, run } = session
  await run(engine === 'sqlite' ? 'begin immediate' : 'begin')
  try {
    if (engine === 'postgres') await run(`select pg_advisory_xact_lock(${ADVISORY_LOCK})`)
    await run(CREATE)
    const missing = await missingMigrations(session)
    for (const { name, statements } of missing) {
      for (const statement of statements(engine)) await run(statement)
      await run(`insert into migrations (name, applied_at) values ('${name}', '${new Date().toISOString()}')`)
    }
    await run('commit')
    return missing.map(({ name }) => name)
  } catch (error) {
    // SQLite rolls back by itself when the disk is full: the cause matters, not that there is nothing left to undo.
    await run('rollback').catch(() => {})
    throw error
  }
}
