// The mailboxes that a run sends through: their connections, how many mails each has in hand, and what came of each mail.
import type { Database } from '../../../db/open.ts'
import { NotFound } from '../../../lib/errors.ts'
import { type Mailbox, type OutgoingSettings, outgoingOf } from '../../mailboxes/mailbox.ts'
import type { Taken } from '../../outbox/attempts.ts'
import type { MailDesk } from '../mail-desk.ts'
import { conclude, concludeBusy, concludeTrouble, waitForSender, withdraw } from './conclude.ts'
import { openConnection } from './connection.ts'
import { deliver } from './deliver.ts'
import { mailboxFor } from './mailbox-for.ts'
import { type Outcome, wordsOf } from './outcome.ts'
import { Pool } from './pool.ts'
import { type RenderedMail, renderMail } from './render.ts'
import { signInOf } from './sign-in.ts'

interface Sender {
  mailbox: Mailbox
  server: OutgoingSettings
  pool: Pool
}

/** Where nothing is known of a mailbox yet. */
const FIRST_ROOM = 3

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
    const all = free.reduce((sum, n) => sum + n, 0)
    return Math.max(FIRST_ROOM, all)
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
    if (!sender) return waitForSender(this.#desk, taken)
    const mail = await this.#render(taken, sender)
    if (mail === undefined) return withdraw(this.#desk, taken)
    if ('kind' in mail) return conclude(this.#desk, taken, mail, undefined, undefined)
    const outcome = await deliver(this.#desk, sender.pool, taken, mail)
    await this.#conclude(taken, sender, outcome, mail)
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

  async #conclude(taken: Taken, sender: Sender, outcome: Outcome, { subject }: RenderedMail): Promise<void> {
    const { mailbox, pool } = sender
    if (outcome.kind === 'mailbox') {
      const count = (this.#failures.get(mailbox.id) ?? 0) + 1
      this.#failures.set(mailbox.id, count)
      // Those who wait for a connection are told at once; who comes later tries anew.
      pool.fail(outcome.error)
      if (this.#senders.get(mailbox.id) === sender) this.#senders.delete(mailbox.id)
      return concludeTrouble(this.#desk, taken, sender, outcome.error, count)
    }
    if (outcome.kind === 'busy') {
      const hasOthers = this.#count(mailbox.id) > 1
      if (hasOthers) pool.narrow()
      return concludeBusy(this.#desk, taken, outcome.words, hasOthers)
    }
    this.#failures.delete(mailbox.id)
    return conclude(this.#desk, taken, outcome, subject, mailbox)
  }

  /** The sender of a mail's mailbox, with its settings as they are now. */
  async #senderFor(taken: Taken): Promise<Sender | undefined> {
    const mailbox = await mailboxFor(this.#desk.database.reader, taken)
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
}
