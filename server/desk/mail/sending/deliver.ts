// One attempt to hand a mail to the server of its mailbox.
import { emailKey } from '../../../lib/email.ts'
import { markHanded, type Taken } from '../../outbox/attempts.ts'
import type { MailDesk } from '../mail-desk.ts'
import type { Connection } from './connection.ts'
import { holdEnd } from './held-end.ts'
import {
  isDeadConnection,
  isSenderRefused,
  type Outcome,
  outcomeOf,
  type Progress,
  type RefusedRecipient,
  wordsOf,
} from './outcome.ts'
import type { Pool } from './pool.ts'
import type { RenderedMail } from './render.ts'

/** Hands a mail over, or says why not. Never throws. */
export async function deliver(desk: MailDesk, pool: Pool, taken: Taken, mail: RenderedMail): Promise<Outcome> {
  for (;;) {
    const progress: Progress = { isConnected: false, isReading: false, isHanded: false, isDone: false }
    try {
      const { connection, isFresh } = await pool.take()
      progress.isConnected = true
      try {
        return await through(desk, connection, taken, mail, progress)
      } catch (error) {
        if (!isFresh && !progress.isReading && isDeadConnection(error)) continue
        if (mail.envelope.from === '' && isSenderRefused(error)) {
          // Not every server takes mail without a return path from people who have signed in.
          mail.envelope.from = mail.address
          continue
        }
        throw error
      } finally {
        await giveBack(pool, connection, progress)
      }
    } catch (error) {
      return outcomeOf(error, progress)
    }
  }
}

async function through(
  desk: MailDesk,
  connection: Connection,
  taken: Taken,
  mail: RenderedMail,
  progress: Progress,
): Promise<Outcome> {
  const source = await mail.open()
  const held = holdEnd(source, async () => {
    await markHanded(desk.database, taken)
    connection.expectAnswer()
    progress.isHanded = true
  })
  try {
    const info = await connection.send(mail.envelope, held.stream)
    // An answer before the end belongs to something else: whoever gave it may have taken half a mail.
    if (!progress.isHanded) return { kind: 'unconfirmed', words: `answered before the end: ${info.response}` }
    progress.isDone = true
    return {
      kind: 'sent',
      accepted: info.accepted.map(emailKey),
      refused: refusedOf(info.rejectedErrors),
      serverMessageId: info.serverMessageId?.replace(/^<|>$/g, ''),
    }
  } finally {
    progress.isReading = held.isReading()
    held.stream.destroy()
    source.destroy()
  }
}

/** After a mail, or the refusal of a recipient, a connection is as good as before; else nobody knows what it expects. */
async function giveBack(pool: Pool, connection: Connection, { isDone, isReading }: Progress): Promise<void> {
  if (isDone || (!isReading && connection.isOpen() && (await connection.reset()))) pool.give(connection)
  else pool.drop(connection)
}

const refusedOf = (errors: readonly Error[] | undefined): RefusedRecipient[] =>
  (errors ?? []).map((error) => {
    const { recipient, responseCode }: Record<string, unknown> = { ...error }
    return {
      address: typeof recipient === 'string' ? recipient : '',
      words: wordsOf(error),
      isForGood: typeof responseCode === 'number' && responseCode >= 500,
    }
  })
