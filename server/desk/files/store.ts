// Where file contents live: in the data folder beside an embedded database; in PostgreSQL when that is used, since every
// process must reach them.
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Database } from '../../db/open.ts'
import { NotFound, Unavailable } from '../../lib/errors.ts'

export interface FileStore {
  /** Stores contents durably under an id. Before the row that names them: contents without a row are only waste. */
  put(id: string, contents: Uint8Array): Promise<void>
  /** The contents as a stream. Contents that are missing are NotFound before anything was read. */
  read(id: string): Promise<Readable>
  /** Removing what is not there is no error. */
  remove(id: string): Promise<void>
}

export async function openFileStore(database: Database, dataFolder: string): Promise<FileStore> {
  return database.engine === 'postgres' ? new DatabaseStore(database) : new FolderStore(join(dataFolder, 'files'))
}

/** `files/ab/abcdef…`: a folder with a million files is slow on many systems. */
class FolderStore implements FileStore {
  readonly #folder: string
  constructor(folder: string) {
    this.#folder = folder
  }

  async put(id: string, contents: Uint8Array): Promise<void> {
    const path = this.#path(id)
    const folder = dirname(path)
    const draft = `${path}.part`
    try {
      const made = await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeDurably(draft, contents)
      await rename(draft, path)
      // Without these, the names themselves could be lost when the power fails: the file's, and a new folder's.
      await syncFolder(folder)
      if (made !== undefined) await syncFolder(dirname(folder))
      if (made !== undefined && made !== folder) await syncFolder(dirname(made))
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {})
      throw asUnavailable(error)
    }
  }

  async read(id: string): Promise<Readable> {
    const stream = createReadStream(this.#path(id))
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve())
      stream.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? new NotFound(`The contents of file '${id}' are missing`) : error),
      )
    })
    return stream
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true })
  }

  #path(id: string): string {
    if (!/^[0-9a-f]{32}$/.test(id)) throw new NotFound(`File '${id}' not found`)
    return join(this.#folder, id.slice(0, 2), id)
  }
}

async function writeDurably(path: string, contents: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(contents)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT'])

/** A disk that is full, or may not be written, is no defect of the program: whoever sent the file should try again. */
function asUnavailable(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (FULL.has(code)) return new Unavailable('The disk is full: the file was not stored.', { cause: error })
  if (['EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'EFBIG'].includes(code))
    return new Unavailable('The data folder cannot be written: the file was not stored.', { cause: error })
  return error
}

const PART_BYTES = 512 * 1024

class DatabaseStore implements FileStore {
  readonly #database: Database
  constructor(database: Database) {
    this.#database = database
  }

  async put(id: string, contents: Uint8Array): Promise<void> {
    await this.#database.write(async (tx) => {
      // An empty file has a part too: a file without parts is one that is missing.
      for (let position = 0; position === 0 || position * PART_BYTES < contents.length; position++) {
        const data = Buffer.from(contents.subarray(position * PART_BYTES, (position + 1) * PART_BYTES))
        await tx.insertInto('file_parts').values({ file_id: id, position, data }).execute()
      }
    })
  }

  async read(id: string): Promise<Readable> {
    const db = this.#database.reader
    const { count } = await db
      .selectFrom('file_parts')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('file_id', '=', id)
      .executeTakeFirstOrThrow()
    if (Number(count) === 0) throw new NotFound(`The contents of file '${id}' are missing`)
    async function* parts(): AsyncGenerator<Uint8Array> {
      for (let position = 0; position < Number(count); position++) {
        // Removed while it is being read: this must break off, not end as if it were whole.
        const { data } = await db
          .selectFrom('file_parts')
          .select('data')
          .where('file_id', '=', id)
          .where('position', '=', position)
          .executeTakeFirstOrThrow()
        yield data
      }
    }
    return Readable.from(parts(), { objectMode: false })
  }

  async remove(id: string): Promise<void> {
    await this.#database.write((tx) => tx.deleteFrom('file_parts').where('file_id', '=', id).execute())
  }
}
