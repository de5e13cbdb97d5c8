// Where file contents live: in the data folder beside an embedded database; in PostgreSQL when that is used, since every
// process must reach them.
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Database } from '../../db/open.ts'
import { NotFound } from '../../lib/errors.ts'

export interface FileStore {
  /** Stores contents durably under an id. Before the row that names them: contents without a row are only waste. */
  put(id: string, contents: Uint8Array): Promise<void>
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
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const draft = `${path}.part`
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(contents)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
    // Without this, the name itself could be lost when the power fails.
    const folder = await open(dirname(path), 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
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

const PART_BYTES = 512 * 1024

class DatabaseStore implements FileStore {
  readonly #database: Database
  constructor(database: Database) {
    this.#database = database
  }

  async put(id: string, contents: Uint8Array): Promise<void> {
    await this.#database.write(async (tx) => {
      for (let position = 0; position * PART_BYTES < contents.length; position++) {
        const data = Buffer.from(contents.subarray(position * PART_BYTES, (position + 1) * PART_BYTES))
        await tx.insertInto('file_parts').values({ file_id: id, position, data }).execute()
      }
    })
  }

  async read(id: string): Promise<Readable> {
    const db = this.#database.reader
    const part = (position: number) =>
      db
        .selectFrom('file_parts')
        .select('data')
        .where('file_id', '=', id)
        .where('position', '=', position)
        .executeTakeFirst()
    async function* parts(): AsyncGenerator<Uint8Array> {
      for (let position = 0; ; position++) {
        const row = await part(position)
        if (!row) return
        yield row.data
      }
    }
    return Readable.from(parts(), { objectMode: false })
  }

  async remove(id: string): Promise<void> {
    await this.#database.write((tx) => tx.deleteFrom('file_parts').where('file_id', '=', id).execute())
  }
}
