// An open SQLite file with its prepared statements.
import Sqlite from 'better-sqlite3'
import { localText } from '../../lib/zone.ts'

const MAX_STATEMENTS = 500
const OPENING_PATIENCE_MS = 15_000

/** A file handle with its prepared statements. */
export class SqliteHandle {
  readonly raw: Sqlite.Database
  readonly #statements = new Map<string, Sqlite.Statement>()

  constructor(file: string, options: { readonly: boolean }) {
    // Waits while another process turns the same new file into a database. Later waiting is the writer's: see write.ts.
    this.raw = new Sqlite(file, { readonly: options.readonly, timeout: OPENING_PATIENCE_MS })
    if (!options.readonly) {
      this.raw.pragma('journal_mode = WAL')
      // better-sqlite3 is built with NORMAL for WAL: an answered write could be lost when the power fails.
      this.raw.pragma('synchronous = FULL')
      // 16 MB of pages: those that every write changes are copied into the database once for many writes.
      this.raw.pragma('wal_autocheckpoint = 4000')
    }
    this.raw.pragma('foreign_keys = ON')
    this.raw.pragma('cache_size = -32000')
    this.raw.pragma('mmap_size = 2147418112')
    this.raw.pragma('temp_store = MEMORY')
    this.raw.function('local_text', { deterministic: true }, (instant: unknown, zone: unknown) =>
      localText(Number(instant), String(zone)),
    )
  }

  prepare(text: string): Sqlite.Statement {
    let statement = this.#statements.get(text)
    if (statement) return statement
    statement = this.raw.prepare(text)
    // Texts vary only with the length of IN lists and the choice of filters; past the bound the oldest goes.
    if (this.#statements.size >= MAX_STATEMENTS) {
      const oldest = this.#statements.keys().next().value
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(text, statement)
    return statement
  }

  run(text: string): void {
    this.prepare(text).run()
  }

  /** What a statement answers; nothing where it only writes. The rows are what the text says: nobody checks them here. */
  rows<Row>(text: string, parameters: readonly unknown[]): Row[] {
    const statement = this.prepare(text)
    if (statement.reader) return statement.all(parameters) as Row[]
    statement.run(parameters)
    return []
  }
}

const handles = new WeakMap<object, SqliteHandle>()

/** Remembers on which handle a reader or a transaction works. */
export function onHandle<Db extends object>(db: Db, handle: SqliteHandle): Db {
  handles.set(db, handle)
  return db
}

/** The handle behind a reader or a transaction; undefined on PostgreSQL. */
export const sqliteHandleOf = (db: object): SqliteHandle | undefined => handles.get(db)
