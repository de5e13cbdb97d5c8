// A mail that is being received: in memory while it is small, in a temporary file beyond that, and never larger than the
// limit. A hundred senders of large mails must not fill the memory.
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newFileId } from '../../../lib/ids.ts'

const MAX_MEMORY_BYTES = 1024 * 1024

/** The mail is larger than the limit. */
export class TooLarge extends Error {}

export interface Spooled {
  /** The whole mail. Once: a large one is held in memory from here on. */
  contents(): Promise<Buffer>
  isLarge: boolean
  /** Gives back the room on the disk. */
  discard(): Promise<void>
}

/**
 * Receives a stream up to `limit` bytes. What is too large is read on and thrown away, since the sender hears nothing
 * before he has sent everything; `onEndless` is called when he has sent twice of it.
 */
export async function spool(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
  onEndless: () => void = () => {},
): Promise<Spooled> {
  const draft = new Draft()
  let size = 0
  try {
    for await (const chunk of stream) {
      const before = size
      size += chunk.length
      if (size <= limit) await draft.add(chunk)
      else if (before <= limit) await draft.discard()
      if (size > 2 * limit && before <= 2 * limit) onEndless()
    }
  } catch (error) {
    await draft.discard()
    throw error
  }
  if (size > limit) throw new TooLarge(`The mail is larger than ${limit} bytes.`)
  return draft
}

class Draft implements Spooled {
  #chunks: Uint8Array[] = []
  #inMemory = 0
  #file: FileHandle | undefined
  #written = 0

  get isLarge(): boolean {
    return this.#file !== undefined
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk)
    this.#inMemory += chunk.length
    if (this.#inMemory > MAX_MEMORY_BYTES) await this.#flush()
  }

  async #flush(): Promise<void> {
    this.#file ??= await openNameless()
    for (const chunk of this.#chunks) {
      await this.#file.writeFile(chunk)
      this.#written += chunk.length
    }
    this.#chunks = []
    this.#inMemory = 0
  }

  async contents(): Promise<Buffer> {
    if (!this.#file) return Buffer.concat(this.#chunks)
    const whole = Buffer.allocUnsafe(this.#written + this.#inMemory)
    let position = 0
    while (position < this.#written) {
      const { bytesRead } = await this.#file.read(whole, position, this.#written - position, position)
      if (bytesRead === 0) throw new Error('a temporary file is shorter than what was written to it')
      position += bytesRead
    }
    Buffer.concat(this.#chunks).copy(whole, position)
    return whole
  }

  async discard(): Promise<void> {
    this.#chunks = []
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}

/** A file that is open and has no name any more: it ends with the process, however that ends. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `deskhand-mail-${newFileId()}`)
  const file = await open(path, 'wx+', 0o600)
  await rm(path)
  return file
}
