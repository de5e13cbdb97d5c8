// One mail that another server hands over: who it is for, when it is too large, and what the sender is told. "250" means
// that it is on disk; everything that may pass is a 4xx, so that the sender keeps it and tries again.
import type { SMTPServer, SMTPServerEnvelope, SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import type { Reader } from '../../../db/write.ts'
import { Refusal, Unavailable } from '../../../lib/errors.ts'
import { findMailboxFor, findPostmaster } from '../../mailboxes/routing.ts'
import type { MailDesk } from '../mail-desk.ts'
import { type Kept, keepRaw } from './keep-raw.ts'
import { oneByOne } from './one-by-one.ts'
import { type Spooled, spool, TooLarge } from './spool.ts'

/** A mail server on the same machine, or a large provider, comes with many; one that comes with more waits. */
const MAX_PER_ADDRESS = 50
/** Addresses that one connection may get wrong: more is somebody who looks for addresses. */
const MAX_REFUSED = 20

/** An answer of SMTP. */
class Answer extends Error {
  readonly responseCode: number
  constructor(responseCode: number, message: string) {
    super(message)
    this.responseCode = responseCode
  }
}

type MailStream = Parameters<NonNullable<SMTPServerOptions['onData']>>[0]
/** What became of a mail in each mailbox that it is for. */
type Results = Map<string, Kept | Answer>

export class Handover {
  readonly #desk: MailDesk
  readonly #source: 'smtp' | 'lmtp'
  readonly #sizeLimit: number
  #connections: SMTPServer['connections'] = new Set()
  #isClosing = false
  /** Ids of sessions, by the address that they come from. */
  readonly #perAddress = new Map<string, Set<string>>()
  /** Recipients refused, by session. */
  readonly #refused = new Map<string, number>()
  /** Sessions that are sending a mail. */
  readonly #sending = new Set<string>()
  /** Which mailbox each accepted recipient leads to, for as long as the transaction lasts. */
  readonly #routes = new WeakMap<SMTPServerEnvelope, Map<string, string>>()

  constructor(desk: MailDesk, source: 'smtp' | 'lmtp', sizeLimit: number) {
    this.#desk = desk
    this.#source = source
    this.#sizeLimit = sizeLimit
  }

  /** The connections that the server keeps. */
  attend(connections: SMTPServer['connections']): void {
    this.#connections = connections
  }

  /** Says goodbye: at once to those who send nothing just now, to the others when their mail is stored. */
  dismiss(): void {
    this.#isClosing = true
    for (const { id } of [...this.#connections]) if (!this.#sending.has(id)) this.#hangUp(id, 421, GOODBYE)
  }

  readonly handlers: Pick<SMTPServerOptions, 'onConnect' | 'onRcptTo' | 'onData' | 'onClose'> = {
    onConnect: ({ id, remoteAddress }, done) => {
      const others = this.#perAddress.get(remoteAddress) ?? new Set()
      if (others.size >= MAX_PER_ADDRESS) return done(new Answer(421, 'Too many connections from your address'))
      this.#perAddress.set(remoteAddress, others.add(id))
      done()
    },
    onClose: ({ id, remoteAddress }) => {
      this.#refused.delete(id)
      const others = this.#perAddress.get(remoteAddress)
      others?.delete(id)
      if (others?.size === 0) this.#perAddress.delete(remoteAddress)
    },
    onRcptTo: ({ address }, session, done) => {
      this.#route(address, session).then(
        () => done(),
        (error: unknown) => done(asAnswer(this.#desk, error)),
      )
    },
    onData: (stream, session, done) => {
      this.#sending.add(session.id)
      this.#receive(stream, session)
        .then(
          (answer) => done(null, answer),
          (error: unknown) => done(asAnswer(this.#desk, error)),
        )
        .finally(() => {
          this.#sending.delete(session.id)
          if (this.#isClosing) setImmediate(() => this.#hangUp(session.id, 421, GOODBYE))
        })
    },
  }

  #hangUp(sessionId: string, code: number, text: string): void {
    for (const connection of this.#connections) {
      if (connection.id !== sessionId) continue
      connection.send(code, text)
      connection.close()
    }
  }

  async #route(address: string, session: SMTPServerSession): Promise<void> {
    const { envelope } = session
    // LMTP owes one answer for each recipient named, and the library keeps a repeated one only once.
    if (this.#source === 'lmtp' && envelope.rcptTo.some((other) => isSame(other.address, address)))
      throw new Answer(452, 'This recipient was named already')
    const mailbox = await mailboxFor(this.#desk.database.reader, address)
    if (!mailbox) throw this.#refusal(session, address)
    const routes = this.#routes.get(envelope) ?? new Map<string, string>()
    this.#routes.set(envelope, routes.set(address, mailbox.id))
  }

  #refusal({ id }: SMTPServerSession, address: string): Answer {
    const count = (this.#refused.get(id) ?? 0) + 1
    this.#refused.set(id, count)
    return count < MAX_REFUSED
      ? new Answer(550, `There is no mailbox '${address}' here`)
      : new Answer(421, 'Too many addresses that are not here, goodbye')
  }

  async #receive(stream: MailStream, session: SMTPServerSession): Promise<string | (string | Answer)[]> {
    const mail = await spool(stream, this.#sizeLimit, () =>
      this.#hangUp(session.id, 552, 'The mail is far larger than what is taken here'),
    )
    try {
      // A large one is in memory while it is stored: one at a time.
      const results = await (mail.isLarge ? oneByOne(() => this.#keep(mail, session)) : this.#keep(mail, session))
      return this.#source === 'lmtp' ? this.#answersFor(session, results) : answerFor(results)
    } finally {
      await mail.discard()
    }
  }

  async #keep(mail: Spooled, session: SMTPServerSession): Promise<Results> {
    const contents = await mail.contents()
    const results: Results = new Map()
    await Promise.all(
      [...this.#mailboxesOf(session)].map(async ([mailboxId, to]) => {
        const envelope = { ...commonEnvelope(session), to }
        try {
          results.set(mailboxId, await keepRaw(this.#desk, { mailboxId, source: this.#source, contents, envelope }))
        } catch (error) {
          results.set(mailboxId, asAnswer(this.#desk, error))
        }
      }),
    )
    return results
  }

  /** The mailboxes that a mail is for, each with the recipients that led there: none of them learns of the others. */
  #mailboxesOf({ envelope }: SMTPServerSession): Map<string, string[]> {
    const found = new Map<string, string[]>()
    for (const { address } of envelope.rcptTo) {
      const mailboxId = this.#routes.get(envelope)?.get(address)
      if (mailboxId !== undefined) found.set(mailboxId, [...(found.get(mailboxId) ?? []), address])
    }
    return found
  }

  #answersFor({ envelope }: SMTPServerSession, results: Results): (string | Answer)[] {
    return envelope.rcptTo.map(({ address }) => {
      const result = results.get(this.#routes.get(envelope)?.get(address) ?? '') ?? UNKNOWN_FAULT
      return result instanceof Answer ? result : `OK, kept as ${result.seq}`
    })
  }
}

/** By SMTP there is one answer for all: where it is stored already, it is known when it comes again. */
function answerFor(results: Results): string {
  const seqs: number[] = []
  for (const result of results.values()) {
    if (result instanceof Answer) throw result
    seqs.push(result.seq)
  }
  if (seqs.length === 0) throw UNKNOWN_FAULT
  return `OK, kept as ${seqs.join(', ')}`
}

const GOODBYE = 'Deskhand is shutting down, try again in a moment'
const UNKNOWN_FAULT = new Answer(451, 'This could not be stored, try again later')

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

const mailboxFor = (db: Reader, address: string) =>
  address.includes('@') ? findMailboxFor(db, address) : findPostmaster(db)

function commonEnvelope({ envelope, remoteAddress, hostNameAppearsAs }: SMTPServerSession) {
  return {
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    client: { address: remoteAddress, name: hostNameAppearsAs || undefined },
  }
}

function asAnswer(desk: MailDesk, error: unknown): Answer {
  if (error instanceof Answer) return error
  if (error instanceof TooLarge) return new Answer(552, error.message)
  if (error instanceof Refusal) {
    if (error instanceof Unavailable)
      desk.log.warn({ err: error }, 'mail could not be stored; its sender will try again')
    return new Answer(451, error.message)
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  // The client went away: nobody hears the answer.
  if (code === 'ECONNECTION') return UNKNOWN_FAULT
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Answer(451, 'The disk is full, try again later')
  desk.log.error({ err: error }, 'mail could not be stored')
  return UNKNOWN_FAULT
}
