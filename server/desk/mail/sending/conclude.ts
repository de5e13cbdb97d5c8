// What follows from an attempt: for the mail, or for the whole mailbox.
import { setTimeout as pause } from 'node:timers/promises'
import type { Tx } from '../../../db/write.ts'
import type { Mailbox, OutgoingSettings } from '../../mailboxes/mailbox.ts'
import { forgetToken } from '../../mailboxes/oauth.ts'
import { troubleOf } from '../../mailboxes/trouble.ts'
import { endAttempt, type Taken } from '../../outbox/attempts.ts'
import type { MailDesk } from '../mail-desk.ts'
import { mailboxPause } from './backoff.ts'
import { clearTrouble, holdMailbox, putBack } from './mailbox-trouble.ts'
import type { Outcome } from './outcome.ts'
import { settle } from './settle.ts'

/** A server that wants fewer connections is asked again after a moment; one that wants none at all, after a minute. */
const NARROW_PAUSE_MS = 1_000
const BUSY_PAUSE_MS = 60_000
/** Until somebody sets up a mailbox. */
const NO_SENDER_PAUSE_MS = 15 * 60_000
/** The outcome of an attempt is worth waiting for: without it, nobody knows whether a mail has left. */
const STORE_ATTEMPTS = 8

async function store(desk: MailDesk, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await desk.database.write(work)
      return
    } catch (error) {
      if (attempt === STORE_ATTEMPTS) throw error
      await pause(250 * attempt)
    }
  }
}

/** It is not wanted any more: what it was about has changed since it was queued. */
export const withdraw = (desk: MailDesk, taken: Taken): Promise<void> =>
  store(desk, (tx) => endAttempt(tx, taken, { state: 'cancelled', trouble: 'Not wanted any more when its turn came.' }))

export const waitForSender = (desk: MailDesk, taken: Taken): Promise<void> =>
  store(desk, (tx) =>
    holdMailbox(tx, taken, Date.now() + NO_SENDER_PAUSE_MS, 'No mailbox can send for this department.'),
  )

type OfMail = Exclude<Outcome, { kind: 'mailbox' | 'busy' }>

/** Stores what came of a mail. `mailbox`: through which it was tried; undefined: it did not come to that. */
export const conclude = (
  desk: MailDesk,
  taken: Taken,
  outcome: OfMail,
  subject: string | undefined,
  mailbox: Mailbox | undefined,
): Promise<void> =>
  store(desk, async (tx) => {
    await settle(tx, taken, outcome, subject)
    if (mailbox && mailbox.trouble !== null) await clearTrouble(tx, mailbox.id)
  })

/** The mailbox cannot be used. `failures`: how often in a row, this time included. */
export async function concludeTrouble(
  desk: MailDesk,
  taken: Taken,
  { mailbox, server }: { mailbox: Mailbox; server: OutgoingSettings },
  error: unknown,
  failures: number,
): Promise<void> {
  // There may be no token to forget any more.
  if (server.auth === 'oauth2') await forgetToken(desk, mailbox.id, 'outgoing').catch(() => {})
  const { says } = troubleOf(error, 'outgoing', server)
  await store(desk, (tx) => holdMailbox(tx, taken, Date.now() + mailboxPause(failures), says))
}

/** The server wants fewer connections. `hasOthers`: there are some that work. */
export const concludeBusy = (desk: MailDesk, taken: Taken, words: string, hasOthers: boolean): Promise<void> =>
  store(desk, (tx) =>
    hasOthers
      ? putBack(tx, taken, Date.now() + NARROW_PAUSE_MS, words)
      : holdMailbox(tx, taken, Date.now() + BUSY_PAUSE_MS, words),
  )
