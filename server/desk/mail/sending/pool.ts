// The open connections of a mailbox: as many as its settings allow, fewer if the server says so.
import type { Connection } from './connection.ts'

const MAILS_PER_CONNECTION = 100

export class Pool {
  readonly #open: () => Promise<Connection>
  #limit: number
  #used = 0
  readonly #idle: Connection[] = []
  readonly #waiting: (() => void)[] = []
  #failure: { cause: unknown } | undefined

  constructor(limit: number, open: () => Promise<Connection>) {
    this.#limit = limit
    this.#open = open
  }

  /** How many mails can be under way. */
  get limit(): number {
    return this.#limit
  }

  /** A connection, used before (`isFresh` false: it may be dead without knowing) or new. Give it back in any case. */
  async take(): Promise<{ connection: Connection; isFresh: boolean }> {
    while (this.#used >= this.#limit) await new Promise<void>((resume) => this.#waiting.push(resume))
    // Those who waited are not to try what has just failed: many wrong passwords lock an account.
    if (this.#failure) {
      this.#waiting.shift()?.()
      throw this.#failure.cause
    }
    this.#used++
    try {
      for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop())
        if (idle.isOpen()) return { connection: idle, isFresh: false }
      return { connection: await this.#open(), isFresh: true }
    } catch (error) {
      this.#free()
      throw error
    }
  }

  give(connection: Connection): void {
    if (connection.isOpen() && connection.count < MAILS_PER_CONNECTION) this.#idle.push(connection)
    else connection.quit()
    this.#free()
  }

  /** Gives back one that is of no more use. */
  drop(connection: Connection): void {
    connection.close()
    this.#free()
  }

  /** The server wants fewer than there are; false: there is only one. */
  narrow(): boolean {
    const fewer = this.#used + this.#idle.length
    if (fewer < 1) return false
    this.#limit = Math.max(1, Math.min(this.#limit - 1, fewer))
    return true
  }

  /** No more connections can be had, for this reason. */
  fail(cause: unknown): void {
    this.#failure = { cause }
    this.close()
  }

  /** Says goodbye on all connections that are not in use. */
  close(): void {
    for (const connection of this.#idle.splice(0)) connection.quit()
  }

  #free(): void {
    this.#used--
    this.#waiting.shift()?.()
  }
}
