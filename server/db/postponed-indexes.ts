// Indexes that wait while very much is loaded into SQLite: making one of a whole table is several times faster than adding
// to it row by row. What waits is written down in the database, so that whoever opens it next makes what a load that was
// cut off did not.
import type Sqlite from 'better-sqlite3'
import { z } from 'zod'

const KEY = 'postponed_indexes'
const statementsSchema = z.array(z.string())

/** Drops the indexes of these tables that enforce nothing, until `makePostponedIndexes`. */
export function postponeIndexes(raw: Sqlite.Database, tables: readonly string[]): void {
  const find = raw.prepare(
    `select name, sql from sqlite_master
     where type = 'index' and sql like 'create index %' and tbl_name in (${tables.map(() => '?').join()})`,
  )
  const indexSchema = z.object({ name: z.string(), sql: z.string() })
  raw
    .transaction(() => {
      const indexes = indexSchema.array().parse(find.all(tables))
      for (const { name } of indexes) raw.exec(`drop index ${name}`)
      remember(raw, [...postponed(raw), ...indexes.map(({ sql }) => sql)])
    })
    .immediate()
}

/** One in a transaction, so that none of them needs room for all. */
export function makePostponedIndexes(raw: Sqlite.Database): void {
  // Asked without a lock first: an ordinary start must not wait for a process that writes.
  while (postponed(raw).length > 0) {
    raw
      .transaction(() => {
        const [next, ...rest] = postponed(raw)
        if (next !== undefined) raw.exec(next)
        remember(raw, rest)
      })
      .immediate()
  }
}

function postponed(raw: Sqlite.Database): string[] {
  const value: unknown = raw.prepare(`select value from settings where key = '${KEY}'`).pluck().get()
  return value === undefined ? [] : statementsSchema.parse(JSON.parse(String(value)))
}

function remember(raw: Sqlite.Database, statements: readonly string[]): void {
  if (statements.length === 0) raw.prepare(`delete from settings where key = '${KEY}'`).run()
  else raw.prepare(`insert or replace into settings (key, value) values ('${KEY}', ?)`).run(JSON.stringify(statements))
}
