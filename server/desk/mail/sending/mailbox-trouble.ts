// A mailbox whose server cannot be used: all its mails wait, without an attempt being counted for any.
import { sql } from 'kysely'
import type { Tx } from '../../../db/write.ts'
import { endAttempt, type Taken } from '../../outbox/attempts.ts'
import { enqueueSending } from '../../outbox/outbox.ts'
import { GIVE_UP_AFTER_MS } from './backoff.ts'
import { announce, giveUp } from './settle.ts'

/** What sending writes into `mailboxes.trouble` begins so: it takes back only that. */
const PREFIX = 'Sending: '

/** Puts a mail back as if it had not been taken. */
export async function putBack(tx: Tx, taken: Taken, dueAt: number, words: string): Promise<void> {
  const attempts = taken.attempts - 1
  if (await endAttempt(tx, taken, { state: 'delayed', attempts, due_at: dueAt, trouble: words })) {
    await enqueueSending(tx, dueAt)
    announce(tx, 'mail.delayed', taken)
  }
}

/** Lets every mail of a mailbox wait until `dueAt`; what has waited too long fails. */
export async function holdMailbox(tx: Tx, taken: Taken, dueAt: number, words: string): Promise<void> {
  const now = Date.now()
  if (now - taken.queued_at >= GIVE_UP_AFTER_MS) await giveUp(tx, taken, 'failed', words)
  else await putBack(tx, taken, dueAt, words)
  if (taken.mailbox_id === null) return
  await noteTrouble(tx, taken.mailbox_id, words)
  await tx
    .updateTable('outbox')
    .set({ state: 'delayed', due_at: dueAt, trouble: words, changed_at: now })
    .where('state', 'in', [sql.lit('queued'), sql.lit('delayed')])
    .where('due_at', '<', dueAt)
    .where('mailbox_id', '=', taken.mailbox_id)
    .execute()
}

async function noteTrouble(tx: Tx, mailboxId: string, words: string): Promise<void> {
  await tx
    .updateTable('mailboxes')
    .set({ trouble: PREFIX + words })
    .where('id', '=', mailboxId)
    .execute()
}

/** It works again. */
export const clearTrouble = (tx: Tx, mailboxId: string): Promise<unknown> =>
  tx
    .updateTable('mailboxes')
    .set({ trouble: null })
    .where('id', '=', mailboxId)
    .where('trouble', 'like', `${PREFIX}%`)
    .execute()
