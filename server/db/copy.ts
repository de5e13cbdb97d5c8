// A copy of an embedded database, made while it is in use.
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'

/**
 * Writes a database as it is at one instant into a new file, which is on disk when this returns. Writers go on meanwhile.
 * Not SQLite's backup interface: that begins again whenever somebody writes, and on a busy desk never ends.
 */
export function copySqlite(source: string, target: string): void {
  const database = new Sqlite(source, { readonly: true, fileMustExist: true })
  try {
    database.prepare('vacuum into ?').run(target)
  } finally {
    database.close()
  }
  for (const path of [target, dirname(target)]) {
    const handle = openSync(path, 'r')
    fsyncSync(handle)
    closeSync(handle)
  }
}
