// Query plans: what the database would read to answer a query.

import Sqlite from 'better-sqlite3'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import { sqliteFile } from '../server/db/open.ts'
import { localText } from '../server/lib/zone.ts'
import { engine, type TestDesk } from './desk.ts'

/**
 * The plan of a query as lines of text. PostgreSQL would rather read a small table whole: that way is closed here, so a
 * `Seq Scan` that is left means that no index fits.
 */
export async function planOf(desk: TestDesk, query: CompiledQuery): Promise<string[]> {
  return engine === 'postgres' ? onPostgres(desk, query) : onSqlite(desk, query)
}

/** The lines of a plan that read a whole table (or sort what an index would have given in order). */
export const wholeTableReads = (plan: readonly string[]): string[] =>
  plan.filter((line) =>
    /^\s*(->\s*)?Seq Scan|^SCAN (?!.*USING (COVERING )?INDEX)(?!\(?(page|stream|streams|subquery|union|constant))/i.test(
      line.trim(),
    ),
  )

async function onPostgres(desk: TestDesk, query: CompiledQuery): Promise<string[]> {
  const client = new pg.Client({ connectionString: desk.app.config.databaseUrl })
  await client.connect()
  try {
    await client.query('set enable_seqscan = off')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${query.sql}`, [...query.parameters])
    return rows.map((row) => row['QUERY PLAN'])
  } finally {
    await client.end()
  }
}

async function onSqlite(desk: TestDesk, query: CompiledQuery): Promise<string[]> {
  const db = new Sqlite(sqliteFile(desk.dataFolder), { readonly: true })
  db.function('local_text', (instant: unknown, zone: unknown) => localText(Number(instant), String(zone)))
  try {
    const rows: unknown[] = db.prepare(`explain query plan ${query.sql}`).all(...query.parameters)
    return rows.map((row) => (typeof row === 'object' && row !== null && 'detail' in row ? String(row.detail) : ''))
  } finally {
    db.close()
  }
}
