// Kysely on better-sqlite3, with every statement prepared once. Kysely's own driver prepares each time (60 µs) and
// guards its connection with a mutex that a synchronous driver does not need.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Tables } from '../schema.ts'
import { onHandle, type SqliteHandle } from './sqlite-handle.ts'

class SqliteConnection implements DatabaseConnection {
  readonly #handle: SqliteHandle
  constructor(handle: SqliteHandle) {
    this.#handle = handle
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#handle.prepare(query.sql)
    // better-sqlite3 types rows as unknown; their shape is what Kysely derived from the query.
    if (statement.reader) return { rows: statement.all(query.parameters) as R[] }
    const { changes, lastInsertRowid } = statement.run(query.parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    for (const row of this.#handle.prepare(query.sql).iterate(query.parameters)) yield { rows: [row as R] }
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection
  constructor(handle: SqliteHandle) {
    this.#connection = new SqliteConnection(handle)
  }
  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
  async beginTransaction(): Promise<void> {
    throw new Error('transactions on SQLite begin and end in db/write.ts only')
  }
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
}

/**
 * Writes parameters as `+?`. better-sqlite3 builds SQLite with STAT4, which plans a statement anew each time a parameter
 * that an index could use is bound (20 to 100 µs). It does so for a bare `?` only; the plan itself is the same.
 */
class StablePlanCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?'
  }
}

/** A Kysely over an open handle. The handle stays the caller's to close. */
export function kyselyOnSqlite(handle: SqliteHandle): Kysely<Tables> {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(handle),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new StablePlanCompiler(),
  }
  return onHandle(new Kysely<Tables>({ dialect }), handle)
}
