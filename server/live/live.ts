// The live stream: hands what happens to everybody who listens and may hear it, in order, without gap or repetition.
//
// One reader of events serves all listeners of the process. Whoever comes with a number first catches up from the
// database, by himself, and joins the others once he has reached what they have heard.
import type { Database } from '../db/open.ts'
import { seeVisitor } from '../desk/chats/visitors.ts'
import { type Event, eventsAfter, forgottenUpTo, lastEventNumber } from '../events/read.ts'
import type { JobLog } from '../jobs/queue.ts'
import { Unavailable } from '../lib/errors.ts'
import type { Describe } from './for-visitors.ts'
import { concerns, type Identity, standingsOf } from './identity.ts'
import { StreamLimits } from './limits.ts'
import { Listener } from './listener.ts'
import { aboutStream } from './message.ts'
import { LivePresence } from './presence.ts'
import { toTell, type Visitors } from './told.ts'
import { closings, type Transport } from './transport.ts'

const HEARTBEAT_MS = 15_000
const EXPIRY_MS = 1_000
/** Events that a listener who catches up gets at once. */
const PORTION = 500
/** And bytes of their data, unless one alone has more. */
const PORTION_BYTES = 262_144
/** How long somebody who catches up may take none of it. */
const READING_PATIENCE_MS = 30_000
const LOOK_AGAIN_MS = 25
/** Events that a visitor may have missed: to look for his among more would be work that anybody could ask for. */
const MAX_MISSED_BY_VISITORS = 5_000
/** Tries to join the others while they go on; then they wait for him. */
const JOINING_TRIES = 10

export interface Opening {
  identity: Identity
  transport: Transport
  /** What he has heard already; undefined: he begins with what happens now. */
  after: number | undefined
  /** The stream keeps its agent online. */
  isPresent: boolean
}

export class Live {
  readonly limits = new StreamLimits()
  readonly #database: Database
  readonly #log: JobLog
  readonly #presence: LivePresence
  readonly #listeners = new Set<Listener>()
  readonly #describe: Describe
  readonly #heartbeatMs: number
  readonly #timers: NodeJS.Timeout[]
  readonly #gone = new Set<Promise<void>>()
  /** Everything up to it was told to whoever is live. */
  #position: number
  #looks = 0
  #turn: Promise<unknown> = Promise.resolve()
  #isClosing = false

  /** `position`: whoever feeds `onEvents` begins after it. `describe`: how visitors see messages. */
  constructor(database: Database, log: JobLog, position: number, describe: Describe, heartbeatMs = HEARTBEAT_MS) {
    this.#database = database
    this.#log = log
    this.#position = position
    this.#describe = describe
    this.#heartbeatMs = heartbeatMs
    this.#presence = new LivePresence(database, log)
    this.#timers = [
      setInterval(() => void this.#beat().catch(this.#warn), heartbeatMs),
      setInterval(() => this.#endExpired(), EXPIRY_MS),
    ]
    for (const timer of this.#timers) timer.unref()
  }

  /** Throws once the process is about to stop. */
  assertOpen(): void {
    if (this.#isClosing) throw new Unavailable('Deskhand is shutting down. Try again in a moment.')
  }

  /** Tells a batch to whoever is live. What was told already, as after a fault in the middle, is not told again. */
  onEvents(batch: readonly Event[]): Promise<void> {
    return this.#inTurn(async () => {
      const last = batch.at(-1)
      if (!last) return
      if (this.#listeners.size > 0) {
        await this.#lookAgain(
          [...this.#listeners].filter(({ identity }) => batch.some((one) => concerns(one, identity))),
        )
        const told = await toTell(this.#database.reader, batch, this.#visitorsAmong(this.#listeners))
        for (const listener of this.#listeners) if (listener.isLive) listener.tell(told)
      }
      this.#position = last.seq
    })
  }

  /** Opens a stream. Gives it for what its client may ask for; it lives until its connection is gone. */
  open({ identity, transport, after, isPresent }: Opening): Listener {
    const listener = new Listener(identity, transport, after ?? this.#position)
    // From here on it hears of what happens to its own standing.
    this.#listeners.add(listener)
    let leave = (): void => {}
    this.#note(
      new Promise((resolve) => {
        transport.onGone(() => {
          listener.isClosed = true
          this.#listeners.delete(listener)
          leave()
          resolve()
        })
      }),
    )
    if (this.#isClosing) listener.close(closings.restart)
    const begin = async (): Promise<void> => {
      await this.#lookAgain([listener])
      if (isPresent && identity.kind === 'session' && !listener.isClosed) {
        const left = await this.#presence.enter(identity.agentId)
        if (listener.isClosed) left()
        else leave = left
      }
      await this.#greet(listener, after)
      await this.#catchUp(listener)
    }
    this.#note(
      begin().catch((error: unknown) => {
        this.#warn(error)
        listener.close(closings.restart)
      }),
    )
    return listener
  }

  /** Closes every stream, and ends the presence that they gave. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const listener of this.#listeners) listener.close(closings.restart)
    while (this.#gone.size > 0) await Promise.all(this.#gone)
    await this.#presence.settled()
  }

  /** Something that a stop waits for. */
  #note(work: Promise<void>): void {
    const noted = work.finally(() => this.#gone.delete(noted))
    this.#gone.add(noted)
  }

  #visitorsAmong(listeners: Iterable<Listener>): Visitors {
    const ids = new Set<string>()
    for (const { identity } of listeners) if (identity.kind === 'visitor') ids.add(identity.visitorId)
    return { ids, describe: this.#describe }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  readonly #warn = (error: unknown): void => this.#log.warn({ err: error }, 'a live stream met trouble')

  /** Looks again at what these may hear. */
  async #lookAgain(listeners: readonly Listener[]): Promise<void> {
    if (listeners.length === 0) return
    const look = ++this.#looks
    const standings = await standingsOf(
      this.#database.reader,
      listeners.map(({ identity }) => identity),
    )
    for (const [n, listener] of listeners.entries()) listener.stand(standings[n], look)
  }

  /** The first message; and a second one, if what he has missed cannot be told any more. */
  async #greet(listener: Listener, after: number | undefined): Promise<void> {
    const { identity } = listener
    const reason = after === undefined ? undefined : await this.#whyNot(after, identity)
    if (reason !== undefined) await this.#skip(listener)
    const who =
      identity.kind === 'visitor'
        ? { visitorid: identity.visitorId }
        : { userid: identity.kind === 'session' ? identity.agentId : null }
    listener.send(aboutStream('hello', { ...who, heartbeat: this.#heartbeatMs / 1_000 }, listener.cursor))
    listener.isGreeted = true
    if (reason !== undefined) this.#reset(listener, reason)
  }

  /** Why a listener cannot go on after a number. */
  async #whyNot(after: number, { kind }: Identity): Promise<'future' | 'forgotten' | undefined> {
    const db = this.#database.reader
    const newest = await lastEventNumber(db)
    if (after > newest) return 'future'
    if (kind === 'visitor' && after < newest - MAX_MISSED_BY_VISITORS) return 'forgotten'
    return after < (await forgottenUpTo(db)) ? 'forgotten' : undefined
  }

  /** Gives up on what he has missed. */
  async #skip(listener: Listener): Promise<void> {
    listener.cursor = Math.max(this.#position, await lastEventNumber(this.#database.reader))
  }

  #reset(listener: Listener, reason: 'future' | 'forgotten'): void {
    const message =
      reason === 'future'
        ? 'This number has not been given out: load everything anew.'
        : 'Events after this number are forgotten: load everything anew.'
    listener.send(aboutStream('reset', { reason, message }, listener.cursor))
  }

  async #catchUp(listener: Listener): Promise<void> {
    let tries = 0
    let limit = PORTION
    while (!listener.isClosed && !this.#join(listener)) {
      if (!(await this.#isReading(listener))) return listener.close(closings.tooSlow)
      // He has read all that there was, again and again, and the others have always gone on meanwhile.
      if (tries > JOINING_TRIES) {
        await this.#inTurn(async () => {
          await this.#portion(listener, limit)
          this.#join(listener)
        })
        continue
      }
      const { read, told } = await this.#portion(listener, limit)
      if (read < limit && told === read) tries++
      // What is large is not read many times.
      limit = told < read ? told : Math.min(limit * 2, PORTION)
    }
  }

  /** Lets him hear with the others, if he has heard all that they have. */
  #join(listener: Listener): boolean {
    if (listener.cursor < this.#position) return false
    listener.isLive = true
    return true
  }

  async #isReading(listener: Listener): Promise<boolean> {
    const patience = Date.now() + READING_PATIENCE_MS
    while (!listener.isReading && !listener.isClosed) {
      if (Date.now() > patience) return false
      await new Promise((resume) => setTimeout(resume, LOOK_AGAIN_MS))
    }
    return true
  }

  /** Tells a listener a portion of what he has missed: so many of the events that were read, from the first. */
  async #portion(listener: Listener, limit: number): Promise<{ read: number; told: number }> {
    const db = this.#database.reader
    const before = listener.cursor
    const all = await eventsAfter(db, before, limit)
    const events = atMost(PORTION_BYTES, all)
    // Looked at afterwards: what was there when the events were read may be forgotten by now, but not the other way round.
    if ((await forgottenUpTo(db)) > before) {
      await this.#skip(listener)
      this.#reset(listener, 'forgotten')
      return { read: 0, told: 0 }
    }
    if (events.some((one) => concerns(one, listener.identity))) await this.#lookAgain([listener])
    listener.tell(await toTell(db, events, this.#visitorsAmong([listener])))
    return { read: all.length, told: events.length }
  }

  async #beat(): Promise<void> {
    for (const listener of this.#listeners) {
      listener.probe()
      if (listener.isGreeted) listener.send(aboutStream('beat', {}, listener.cursor))
    }
    await Promise.all([this.#presence.beat(), this.#lookAgain([...this.#listeners]), this.#seeVisitors()])
  }

  /** Who listens is on the site. */
  async #seeVisitors(): Promise<void> {
    const { ids } = this.#visitorsAmong(this.#listeners)
    if (ids.size === 0) return
    await this.#database.write(async (tx) => {
      // In order: two processes could wait for each other.
      for (const id of [...ids].sort()) await seeVisitor(tx, id)
    })
  }

  #endExpired(): void {
    const now = Date.now()
    for (const listener of this.#listeners) listener.closeIfExpired(now)
  }
}

/** The first of these whose data has so many bytes together; one at least. */
function atMost(bytes: number, events: readonly Event[]): readonly Event[] {
  let sum = 0
  const end = events.findIndex(({ data }, n) => {
    sum += data.length
    return sum > bytes && n > 0
  })
  return end < 0 ? events : events.slice(0, end)
}
