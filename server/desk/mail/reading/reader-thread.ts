// A thread that reads mails: gets some, answers with what they say, in their order.
import { parentPort } from 'node:worker_threads'
import type { ReadMail } from './mail.ts'
import { readMail } from './read-mail.ts'
import type { Answer, Batch } from './readers.ts'

/** Contents of attachments change hands instead of being copied. */
const buffersOf = (mails: readonly ReadMail[]): ArrayBuffer[] =>
  mails.flatMap(({ attachments }) =>
    attachments.flatMap(({ contents }) => (contents.buffer instanceof ArrayBuffer ? [contents.buffer] : [])),
  )

if (parentPort) {
  const port = parentPort
  const answer = (said: Answer, buffers: ArrayBuffer[]): void => port.postMessage(said, buffers)
  port.on('message', (batch: Batch) => {
    void readAll(batch).then((mails) => answer(mails, buffersOf(mails)))
  })
  answer('ready', [])
}

async function readAll(batch: Batch): Promise<ReadMail[]> {
  const mails: ReadMail[] = []
  for (const { raw, options } of batch) mails.push(await readMail(raw, options))
  return mails
}
