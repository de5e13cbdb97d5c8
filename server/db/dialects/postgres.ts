// Kysely on pg. Statements are named, so that PostgreSQL plans each text once per connection.
import { createHash } from 'node:crypto'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type pg from 'pg'
import type { Tables } from '../schema.ts'

/**
 * PostgreSQL keeps named statements for as long as the connection lasts. Long lists of ids and rows make a text for each
 * length: those are planned each time.
 */
const MAX_NAMED_PARAMETERS = 64

const names = new Map<string, string>()

function nameOf(text: string): string {
  let name = names.get(text)
  if (!name) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 32)
    if (names.size > 2_000) names.clear()
    names.set(text, name)
  }
  return name
}

class PostgresConnection implements DatabaseConnection {
  readonly client: pg.PoolClient
  constructor(client: pg.PoolClient) {
    this.client = client
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, rowCount, command } = await this.client.query<R & pg.QueryResultRow>({
      ...(query.parameters.length <= MAX_NAMED_PARAMETERS && { name: nameOf(query.sql) }),
      text: query.sql,
      values: [...query.parameters],
    })
    if (command === 'SELECT' || rowCount === null) return { rows }
    return { rows, numAffectedRows: BigInt(rowCount) }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams from PostgreSQL.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming from PostgreSQL is not used: page by key instead')
  }
}

class PostgresDriver implements Driver {
  readonly #acquire: () => Promise<pg.PoolClient>
  readonly #release: (client: pg.PoolClient) => void
  constructor(acquire: () => Promise<pg.PoolClient>, release: (client: pg.PoolClient) => void) {
    this.#acquire = acquire
    this.#release = release
  }
  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return new PostgresConnection(await this.#acquire())
  }
  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof PostgresConnection) this.#release(connection.client)
  }
  async destroy(): Promise<void> {}
  async beginTransaction(): Promise<void> {
    throw new Error('transactions begin and end in db/write.ts only')
  }
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
}

function kyselyWith(driver: Driver): Kysely<Tables> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
  return new Kysely<Tables>({ dialect })
}

/** A Kysely that takes a connection of the pool for each query. */
export const kyselyOnPool = (pool: pg.Pool): Kysely<Tables> =>
  kyselyWith(
    new PostgresDriver(
      () => pool.connect(),
      (client) => client.release(),
    ),
  )

/** A Kysely on one connection, for a transaction. The connection stays the caller's to release. */
export const kyselyOnClient = (client: pg.PoolClient): Kysely<Tables> =>
  kyselyWith(
    new PostgresDriver(
      async () => client,
      () => {},
    ),
  )
