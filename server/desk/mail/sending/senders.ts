// The mailboxes that a run sends through: their connections, how many mails each has in hand, and what came of each mail.
import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../../db/open.ts'
import { prepared } from '../../../db/prepared.ts'
import type { Tx } from '../../../db/write.ts'
import { NotFound } from '../../../lib/errors.ts'
import { DEFAULT_DEPARTMENT } from '../../departments/departments.ts'
import { type Mailbox, type OutgoingSettings, outgoingOf } from '../../mailboxes/mailbox.ts'
import { findSender } from '../../mailboxes/mailboxes.ts'
import { forgetToken } from '../../mailboxes/oauth.ts'
import { troubleOf } from '../../mailboxes/trouble.ts'
import { endAttempt, type Taken } from '../../outbox/attempts.ts'
import type { MailDesk } from '../mail-desk.ts'
import { mailboxPause } from './backoff.ts'
import { openConnection } from './connection.ts'
import { deliver } from './deliver.ts'
import { clearTrouble, holdMailbox, putBack } from './mailbox-trouble.ts'
import { type Outcome, wordsOf } from './outcome.ts'
import { Pool } from './pool.ts'
import { renderMail } from './render.ts'
import { settle } from './settle.ts'
import { signInOf } from './sign-in.ts'

interface Sender {
  mailbox: Mailbox
  server: OutgoingSettings
  pool: Pool
}

/** Where nothing is known of a mailbox yet. */
const FIRST_ROOM = 3
/** A server that wants fewer connections is asked again after a moment; one that wants none at all, after a minute. */
const NARROW_PAUSE_MS = 1_000
const BUSY_PAUSE_MS = 60_000
/** Until somebody sets up a mailbox. */
const NO_SENDER_PAUSE_MS = 15 * 60_000
/** The outcome of an attempt is worth waiting for: without it, nobody knows whether a mail has left. */
const STORE_ATTEMPTS = 8

// How often in a row a mailbox has failed, from run to run.
const failures = new WeakMap<Database, Map<string, number>>()

export class Senders {
  readonly #desk: MailDesk
  readonly #senders = new Map<string, Sender>()
  readonly #inHand = new Map<string, number>()
  readonly #failures: Map<string, number>

  constructor(desk: MailDesk) {
    this.#desk = desk
    this.#failures = failures.get(desk.database) ?? new Map()
    failures.set(desk.database, this.#failures)
  }

  /** Mailboxes that have as many mails in hand as they can. */
  busy(): string[] {
    const isBusy = (id: string, count: number): boolean => count >= (this.#senders.get(id)?.pool.limit ?? FIRST_ROOM)
    return [...this.#inHand].filter(([id, count]) => isBusy(id, count)).map(([id]) => id)
  }

  /** How many mails to take at most. */
  room(): number {
    const free = [...this.#senders].map(([id, { pool }]) => Math.max(0, pool.limit - this.#count(id)))
    return Math.max(
      FIRST_ROOM,
      free.reduce((sum, n) => sum + n, 0),
    )
  }

  close(): void {
    for (const { pool } of this.#senders.values()) pool.close()
  }

  /** Makes one attempt at a mail, and stores what came of it. Never throws. */
  async send(taken: Taken): Promise<void> {
    const id = taken.mailbox_id ?? ''
    this.#inHand.set(id, this.#count(id) + 1)
    try {
      await this.#attempt(taken)
    } catch (error) {
      this.#desk.log.error({ err: error, outbox: taken.seq }, 'what came of a mail could not be stored')
    } finally {
      this.#inHand.set(id, this.#count(id) - 1)
    }
  }

  #count(id: string): number {
    return this.#inHand.get(id) ?? 0
  }

  async #attempt(taken: Taken): Promise<void> {
    const sender = await this.#senderFor(taken)
    if (!sender)
      return this.#store((tx) =>
        holdMailbox(tx, taken, Date.now() + NO_SENDER_PAUSE_MS, 'No mailbox can send for this department.'),
      )
    const mail = await this.#render(taken, sender)
    if (mail === undefined) return this.#store((tx) => withdraw(tx, taken))
    if ('kind' in mail) return this.#store((tx) => settle(tx, taken, mail, undefined))
    const outcome = await deliver(this.#desk, sender.pool, taken, mail)
    await this.#conclude(taken, sender, outcome, mail.subject)
  }

  async #render(taken: Taken, { mailbox, server }: Sender) {
    try {
      return await renderMail(this.#desk, taken, mailbox, server)
    } catch (error) {
      if (error instanceof NotFound) return { kind: 'never' as const, words: error.message }
      this.#desk.log.error({ err: error, outbox: taken.seq }, 'a mail could not be made')
      return { kind: 'later' as const, words: `The mail could not be made: ${wordsOf(error)}` }
    }
  }

  async #conclude(taken: Taken, sender: Sender, outcome: Outcome, subject: string): Promise<void> {
    const { mailbox, server, pool } = sender
    if (outcome.kind === 'mailbox') {
      const count = (this.#failures.get(mailbox.id) ?? 0) + 1
      this.#failures.set(mailbox.id, count)
      pool.fail(outcome.error)
      if (this.#senders.get(mailbox.id) === sender) this.#senders.delete(mailbox.id)
      if (server.auth === 'oauth2') await forgetToken(this.#desk, mailbox.id, 'outgoing').catch(() => {})
      const { says } = troubleOf(outcome.error, 'outgoing', server)
      return this.#store((tx) => holdMailbox(tx, taken, Date.now() + mailboxPause(count), says))
    }
    if (outcome.kind === 'busy') {
      const hasOthers = this.#count(mailbox.id) > 1
      if (hasOthers) pool.narrow()
      return this.#store((tx) =>
        hasOthers
          ? putBack(tx, taken, Date.now() + NARROW_PAUSE_MS, outcome.words)
          : holdMailbox(tx, taken, Date.now() + BUSY_PAUSE_MS, outcome.words),
      )
    }
    this.#failures.delete(mailbox.id)
    await this.#store(async (tx) => {
      await settle(tx, taken, outcome, subject)
      if (mailbox.trouble !== null) await clearTrouble(tx, mailbox.id)
    })
  }

  async #store(work: (tx: Tx) => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#desk.database.write(work)
        return
      } catch (error) {
        if (attempt === STORE_ATTEMPTS) throw error
        await pause(250 * attempt)
      }
    }
  }

  /** The mailbox that the mail was queued for if it still can send, else the one that does now. */
  async #senderFor(taken: Taken): Promise<Sender | undefined> {
    const db = this.#desk.database.reader
    const [queuedFor] = taken.mailbox_id === null ? [] : await sendingMailbox(db, taken.mailbox_id)
    const mailbox = queuedFor ?? (await findSender(db, await this.#departmentOf(taken)))
    const server = mailbox && outgoingOf(mailbox)
    if (!mailbox || !server) return undefined
    const known = this.#senders.get(mailbox.id)
    if (known?.mailbox.changed_at === mailbox.changed_at) {
      known.mailbox = mailbox
      return known
    }
    known?.pool.close()
    const sender: Sender = {
      mailbox,
      server,
      pool: new Pool(server.connections, async () =>
        openConnection(server, await signInOf(this.#desk, sender.mailbox, server)),
      ),
    }
    this.#senders.set(mailbox.id, sender)
    return sender
  }

  async #departmentOf({ conversation_id }: Taken): Promise<string> {
    if (conversation_id === null) return DEFAULT_DEPARTMENT
    const [row] = await departmentOf(this.#desk.database.reader, conversation_id)
    return row?.department_id ?? DEFAULT_DEPARTMENT
  }
}

/** It is not wanted any more: what it was about has changed since it was queued. */
const withdraw = (tx: Tx, taken: Taken): Promise<boolean> =>
  endAttempt(tx, taken, { state: 'cancelled', trouble: 'Not wanted any more when its turn came.' })

const sendingMailbox = prepared((db, id: string) =>
  db
    .selectFrom('mailboxes')
    .selectAll()
    .where('id', '=', id)
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .where('outgoing', 'is not', null),
)
const departmentOf = prepared((db, id: string) =>
  db.selectFrom('conversations').select('department_id').where('id', '=', id),
)
