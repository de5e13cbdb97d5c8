// Brings a database to the newest schema. Forward only.
import type Sqlite from 'better-sqlite3'
import type pg from 'pg'
import type { Engine } from './engine.ts'
import { migrations } from './migrations/list.ts'

/** The few things that migrations need of a connection, the same on both engines. */
export interface MigrationSession {
  engine: Engine
  run(statement: string): Promise<void>
  appliedNames(): Promise<string[]>
}

export const sqliteSession = (raw: Sqlite.Database): MigrationSession => ({
  engine: 'sqlite',
  run: async (statement) => {
    raw.exec(statement)
  },
  appliedNames: async () => {
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
    const { rows } = await client.query<{ name: string }>('select name from migrations')
    return rows.map(({ name }) => name)
  },
})

const CREATE = 'create table if not exists migrations (name text primary key, applied_at text not null)'
/** Any number will do, as long as every process takes the same. */
const ADVISORY_LOCK = 7_305_112

/** Runs what is missing and returns its names. Several processes may call it at once: one works, the others wait. */
export async function migrate(session: MigrationSession): Promise<string[]> {
  const { engine, run } = session
  await run(engine === 'sqlite' ? 'begin immediate' : 'begin')
  try {
    if (engine === 'postgres') await run(`select pg_advisory_xact_lock(${ADVISORY_LOCK})`)
    await run(CREATE)
    const applied = new Set(await session.appliedNames())
    const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name))
    if (unknown.length > 0)
      throw new Error(
        `this data was used by a newer Deskhand (it knows ${unknown.join(', ')}): install that version or a later one`,
      )
    const missing = migrations.filter((migration) => !applied.has(migration.name))
    for (const { name, statements } of missing) {
      for (const statement of statements(engine)) await run(statement)
      await run(`insert into migrations (name, applied_at) values ('${name}', '${new Date().toISOString()}')`)
    }
    await run('commit')
    return missing.map(({ name }) => name)
  } catch (error) {
    await run('rollback')
    throw error
  }
}
