// One server on a data folder. Two would each believe to be alone: with the job worker, with limits, with what they
// keep in memory. Commands may run beside a server; they do not take the lock.
//
// The lock is the operating system's own, on a file that holds nothing: it ends with the process, however that ends, so
// that no stale lock ever has to be removed by hand.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { z } from 'zod'

const holderSchema = z.object({ pid: z.number(), url: z.string() })
/** Who serves from a data folder. */
export type Holder = z.infer<typeof holderSchema>

export interface FolderLock {
  /** Leaves a note for other processes. */
  note(holder: Holder): void
  release(): void
}

const lockFile = (dataFolder: string): string => join(dataFolder, 'server.lock')
const noteFile = (dataFolder: string): string => join(dataFolder, 'server.json')

/** Takes the lock; undefined if another process has it. Creates the folder if it is missing. */
export function lockFolder(dataFolder: string): FolderLock | undefined {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const lock = new Sqlite(lockFile(dataFolder), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
  return {
    note: (holder) => writeFileSync(noteFile(dataFolder), JSON.stringify(holder), { mode: 0o600 }),
    release() {
      rmSync(noteFile(dataFolder), { force: true })
      lock.close()
    },
  }
}

/** Whether a server runs on the folder now. */
export function isFolderLocked(dataFolder: string): boolean {
  let lock: Sqlite.Database
  try {
    lock = new Sqlite(lockFile(dataFolder), { timeout: 0, fileMustExist: true })
  } catch {
    return false
  }
  try {
    lock.exec('begin immediate; rollback')
    return false
  } catch (error) {
    return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
  } finally {
    lock.close()
  }
}

/** What the server that has the lock says of itself. Only worth something while the folder is locked. */
export function findHolder(dataFolder: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(noteFile(dataFolder), 'utf8')))
  } catch {
    return undefined
  }
}
