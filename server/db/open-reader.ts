// Another connection to an embedded database that this process has open: for a thread that only reads.
import { kyselyOnSqlite } from './dialects/sqlite.ts'
import { SqliteHandle } from './dialects/sqlite-handle.ts'
import type { Reader } from './write.ts'

/** Each statement sees all that was committed before it began. */
export function openReader(file: string): { reader: Reader; close(): void } {
  const handle = new SqliteHandle(file, { readonly: true })
  return { reader: kyselyOnSqlite(handle), close: () => void handle.raw.close() }
}
