// Connections to PostgreSQL. The only file that loads the driver, together with open-postgres.ts: who runs on SQLite does
// without it.
import pg from 'pg'

const INT8 = 20

/** 64-bit integers arrive as text unless told otherwise; ours are instants and counts below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
}

export function openPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    types,
    application_name: 'deskhand',
    connectionTimeoutMillis: 10_000,
  })
  // A connection that breaks must not end the process, neither an idle one nor, which the pool does not listen to, one
  // in use: its query says what is wrong, and the next one opens a new connection.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
