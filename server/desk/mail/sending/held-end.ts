// A mail as a stream whose end waits for something.
import { Readable } from 'node:stream'

export interface HeldMail {
  stream: Readable
  /** Whether anybody has begun to read it. */
  isReading(): boolean
}

/**
 * Passes `source` on and, after its last byte, waits for `beforeEnd` before it ends. If that fails, the stream breaks
 * off: then nodemailer closes the connection without having sent the final dot (its DataStream sends it when what it is
 * fed with ends), so that the server throws away what it got. Nothing is read before the consumer reads, that is, before
 * the server has asked for the mail.
 */
export function holdEnd(source: Readable, beforeEnd: () => Promise<void>): HeldMail {
  let isReading = false
  async function* pass(): AsyncGenerator<Uint8Array> {
    isReading = true
    for await (const chunk of source) yield chunk
    await beforeEnd()
  }
  const stream = Readable.from(pass(), { objectMode: false })
  // Signing begins to read before anybody asks; what breaks then is told when the mail is read.
  source.on('error', () => {})
  stream.on('close', () => source.destroy())
  return { stream, isReading: () => isReading }
}
