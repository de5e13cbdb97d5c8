// Reads mails on threads of their own: a large or hostile mail keeps nobody waiting but the mails behind it, and cannot
// take the process with it. Threads start with the first mail and end when there is nothing to do.
import { Worker } from 'node:worker_threads'
import { Unavailable } from '../../../lib/errors.ts'
import type { ReadMail } from './mail.ts'
import type { ReadOptions } from './read-mail.ts'

export interface MailReaders {
  /** Rejects only if the readers are closed, or a thread cannot be started: then the mail should be read later. */
  read(raw: Uint8Array, options?: ReadOptions): Promise<ReadMail>
  /** The same for several, in their order. Small ones go to a thread together. */
  readMany(mails: readonly MailToRead[]): Promise<ReadMail[]>
  close(): Promise<void>
}

export interface MailToRead {
  raw: Uint8Array
  options?: ReadOptions | undefined
}

export interface ReadersOptions {
  threads?: number
  /** Milliseconds for one mail. */
  timeLimit?: number
  /** Milliseconds after which a thread without work ends. */
  idleTime?: number
  /** Megabytes of a thread's heap. Raw mails and attachments do not lie in it. */
  heap?: number
}

/** What a thread is given and what it answers: reader-thread.ts. */
export type Batch = { raw: Uint8Array<ArrayBuffer>; options: ReadOptions | undefined }[]
export type Answer = 'ready' | ReadMail[]

interface Waiting extends MailToRead {
  resolve(mail: ReadMail): void
  reject(error: Error): void
  /** It was among others when a thread was lost: the next time it goes alone, so that it is known which it was. */
  isAlone: boolean
}

interface Reader {
  worker: Worker
  isReady: boolean
  batch: Waiting[]
  timer: NodeJS.Timeout | undefined
}

/** One message to a thread costs as much as reading a short mail. */
const BATCH_MAILS = 32
const BATCH_BYTES = 512 * 1024
const STACK_MB = 4

const TOO_LONG = 'This mail took too long to be read: only its headers were.'
const TOO_MUCH = 'Reading this mail took more memory than there is for it: only its headers were read.'

export function openReaders({
  threads = 1,
  timeLimit = 60_000,
  idleTime = 30_000,
  heap = 512,
}: ReadersOptions = {}): MailReaders {
  const waiting: Waiting[] = []
  const readers = new Set<Reader>()
  let isClosed = false

  const start = (): Reader => {
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: heap, stackSizeMb: STACK_MB },
    })
    const reader: Reader = { worker, isReady: false, batch: [], timer: undefined }
    readers.add(reader)
    let fault = TOO_MUCH
    worker.on('message', (answer: Answer) => {
      if (answer === 'ready') reader.isReady = true
      else finish(reader, answer)
    })
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY')
        fault = `This mail could not be read (${error.message.slice(0, 200)}): only its headers were.`
    })
    worker.once('exit', () => lose(reader, fault))
    return reader
  }

  const finish = (reader: Reader, mails: ReadMail[]): void => {
    clearTimeout(reader.timer)
    const { batch } = reader
    reader.batch = []
    for (const [at, { resolve, reject }] of batch.entries()) {
      const mail = mails[at]
      if (mail) resolve(mail)
      else reject(new Unavailable('A mail was not read.'))
    }
    rest(reader)
    give()
  }

  /** While it has nothing to do, a thread keeps neither the process alive nor itself for long. */
  const rest = (reader: Reader): void => {
    reader.worker.unref()
    reader.timer = setTimeout(() => end(reader), idleTime).unref()
  }

  /** It gets no more mails from now on, although ending it takes a while. */
  const end = (reader: Reader): void => {
    readers.delete(reader)
    reader.worker.removeAllListeners('exit')
    void reader.worker.terminate()
  }

  /** The thread has ended, by itself or because it was told to. Its mails are read by another one, or have a fault now. */
  const lose = (reader: Reader, fault: string): void => {
    clearTimeout(reader.timer)
    readers.delete(reader)
    const { batch, isReady } = reader
    reader.batch = []
    if (isClosed || !isReady) {
      for (const { reject } of batch)
        reject(new Unavailable(isClosed ? 'Mails are no longer read.' : 'The thread that reads mails did not start.'))
    } else if (batch.length === 1) {
      for (const mail of batch) resolveWithHeaders(mail, fault)
    } else {
      for (const mail of batch) mail.isAlone = true
      waiting.unshift(...batch)
    }
    give()
  }

  const give = (): void => {
    while (waiting.length > 0 && !isClosed) {
      const idle = [...readers].find(({ batch }) => batch.length === 0)
      if (!idle && readers.size >= threads) return
      send(idle ?? start(), nextBatch(waiting))
    }
  }

  const send = (reader: Reader, batch: Waiting[]): void => {
    clearTimeout(reader.timer)
    reader.batch = batch
    reader.worker.ref()
    // Copies: if the thread is lost, the mails are still here.
    const mails: Batch = batch.map(({ raw, options }) => ({ raw: new Uint8Array(raw), options }))
    reader.worker.postMessage(
      mails,
      mails.map(({ raw }) => raw.buffer),
    )
    reader.timer = setTimeout(() => {
      end(reader)
      lose({ ...reader, isReady: true }, TOO_LONG)
    }, timeLimit)
  }

  const read = (raw: Uint8Array, options?: ReadOptions): Promise<ReadMail> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new Unavailable('Mails are no longer read.'))
      waiting.push({ raw, options, resolve, reject, isAlone: false })
      // Not at once: what is asked for in the same breath goes together.
      queueMicrotask(give)
    })

  return {
    read,
    readMany: (mails) => Promise.all(mails.map(({ raw, options }) => read(raw, options))),
    async close() {
      isClosed = true
      for (const { reject } of waiting.splice(0)) reject(new Unavailable('Mails are no longer read.'))
      await Promise.all([...readers].map(({ worker }) => worker.terminate()))
    },
  }
}

/** What reads is loaded only now: until then, this thread has no use for it. */
function resolveWithHeaders({ raw, options, resolve, reject }: Waiting, fault: string): void {
  import('./read-mail.ts').then(({ readHeadersOnly }) => resolve(readHeadersOnly(raw, fault, options)), reject)
}

function nextBatch(waiting: Waiting[]): Waiting[] {
  let bytes = 0
  let count = 0
  for (const { raw, isAlone } of waiting) {
    if (count > 0 && (isAlone || count >= BATCH_MAILS || bytes + raw.length > BATCH_BYTES)) break
    bytes += raw.length
    count++
    if (isAlone) break
  }
  return waiting.splice(0, count)
}
