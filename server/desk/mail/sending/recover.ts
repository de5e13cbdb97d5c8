// What a process that died has left in the outbox.
import type { Database } from '../../../db/open.ts'
import { endAttempt, SILENCE_MS, sendingQuery, type Taken } from '../../outbox/attempts.ts'
import { enqueueSending, type OutboxMail } from '../../outbox/outbox.ts'
import { MAX_ATTEMPTS } from './backoff.ts'
import { giveUp } from './settle.ts'
import { isDead } from './worker.ts'

/**
 * Mails that nobody sends any more. Before the end of a mail was handed over, its server cannot have taken it: it begins
 * again. After that it may have: it stays, for a person to look at, and is never sent again by itself.
 */
export async function recoverAbandoned({ reader, write, engine }: Database): Promise<void> {
  const rows = await sendingQuery(reader).execute()
  const silent = Date.now() - SILENCE_MS
  for (const row of rows.filter((row) => isTaken(row) && (row.changed_at < silent || isDead(row.worker, engine))))
    if (isTaken(row)) await write((tx) => recover(tx, row))
}

const isTaken = (row: OutboxMail): row is Taken => row.worker !== null && row.attempt_at !== null

async function recover(tx: Parameters<Parameters<Database['write']>[0]>[0], taken: Taken): Promise<void> {
  if (taken.handed_at !== null)
    return giveUp(tx, taken, 'unconfirmed', 'The server process ended while the mail was handed over.')
  // One that ends the process each time must not do so for ever.
  if (taken.attempts >= MAX_ATTEMPTS)
    return giveUp(tx, taken, 'failed', 'The server process ended each time while this mail was being sent.')
  const now = Date.now()
  if (await endAttempt(tx, taken, { state: 'queued', due_at: now, worker: null })) await enqueueSending(tx, now)
}
