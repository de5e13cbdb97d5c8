// One open stream: who listens, how far he has heard, and what he may hear.
import { mayHear } from './audience.ts'
import type { Identity, Standing } from './identity.ts'
import type { Message } from './message.ts'
import type { Told } from './told.ts'
import { type Closing, closings, type Transport } from './transport.ts'

/** Bytes that may wait for a reader. Beyond that he is cut: he resumes with his number, and nobody waits for him. */
const MAX_BUFFERED = 1_048_576

export class Listener {
  readonly identity: Identity
  readonly #transport: Transport
  /** Everything up to it has been sent, as far as he may hear it. */
  cursor: number
  /** Has got the first message, which says what the others mean. */
  isGreeted = false
  /** Gets what happens now; before that, he catches up. */
  isLive = false
  isClosed = false
  standing: Standing | undefined
  /** Of the newest look at his standing: an older one that comes late must not undo it. */
  #lookedAt = 0

  constructor(identity: Identity, transport: Transport, cursor: number) {
    this.identity = identity
    this.#transport = transport
    this.cursor = cursor
  }

  /** Follows a look at his standing; looks are numbered. Without one, he hears nothing more. */
  stand(standing: Standing | undefined, look: number): void {
    if (look < this.#lookedAt) return
    this.#lookedAt = look
    this.standing = standing
    if (standing === undefined) this.close(closings.ended)
  }

  closeIfExpired(now: number): void {
    if (this.standing !== undefined && this.standing.expiresAt <= now) this.close(closings.ended)
  }

  /** Sends what he may hear of these and has not heard yet. */
  tell(all: readonly Told[]): void {
    this.#transport.cork()
    for (const one of all) {
      if (this.isClosed || one.seq <= this.cursor) continue
      const message = this.#heard(one)
      if (message) this.send(message)
      this.cursor = one.seq
    }
    this.#transport.uncork()
  }

  /** What of an event is for him. */
  #heard({ recipients, message, visitor }: Told): Message | undefined {
    if (this.standing === undefined) return undefined
    if (this.identity.kind === 'visitor')
      return visitor?.visitorId === this.identity.visitorId ? visitor.message : undefined
    return this.standing.sight && mayHear(this.standing.sight, recipients) ? message() : undefined
  }

  send(message: Message): void {
    if (this.isClosed) return
    this.#transport.send(message)
    if (this.#transport.buffered() > MAX_BUFFERED) this.close(closings.tooSlow)
  }

  /** Whether there is room for another portion of what he has missed. */
  get isReading(): boolean {
    return this.#transport.buffered() < MAX_BUFFERED / 4
  }

  probe(): void {
    this.#transport.probe()
  }

  close(closing: Closing): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#transport.close(closing)
  }
}
