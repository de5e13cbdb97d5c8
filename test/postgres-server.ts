// Which PostgreSQL the tests may use.
import pg from 'pg'

/** The address of a server where databases may be created; undefined if there is none. */
export async function postgresServer(): Promise<string | undefined> {
  const candidates = process.env.DESKHAND_TEST_POSTGRES
    ? [process.env.DESKHAND_TEST_POSTGRES]
    : ['postgres://postgres@127.0.0.1:5432/postgres']
  for (const url of candidates) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      await client.end()
      return url
    } catch {
      // Not there: the caller says what is skipped.
    }
  }
  return undefined
}

/** The same server, another database. */
export function databaseUrl(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
