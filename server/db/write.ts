// The only place where transactions begin and end.
//
// SQLite has one writer. Writes that wait share one durable commit, and each is answered only after it: one disk
// flush then serves many requests. Each write is a savepoint, so that one that throws takes nothing else with it.
// PostgreSQL: an ordinary transaction for each write.
import { EventEmitter } from 'node:events'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import { Conflict, Refusal, Unavailable } from '../lib/errors.ts'
import { leaveStretch } from '../lib/ids.ts'
import { kyselyOnClient } from './dialects/postgres.ts'
import { kyselyOnSqlite } from './dialects/sqlite.ts'
import { onHandle, type SqliteHandle } from './dialects/sqlite-handle.ts'
import type { Tables } from './schema.ts'

/** What reads need: satisfied by the reading handle and by a transaction alike. */
export type Reader = Pick<
  Kysely<Tables>,
  'selectFrom' | 'selectNoFrom' | 'executeQuery' | 'getExecutor' | 'fn' | 'with' | 'withRecursive'
>

const context = Symbol('transaction')

interface TxContext {
  /** Runs after the write's own code and before its commit; a key has one. In the order of their keys, `last` at the end. */
  beforeCommit: Map<string, { hook: (tx: Tx) => Promise<void>; last: boolean }>
  /** Signals to give once the rows can be seen. Losing one loses no row: it only wakes sleepers. */
  wake: Set<Wake>
}

/** A transaction. It exists only inside `write`, so whoever holds one may write. */
export type Tx = Kysely<Tables> & { readonly [context]: TxContext }

/** Who sleeps until something was written: readers of events, and the job worker. */
export type Wake = 'events' | 'jobs'

export class Wakeups extends EventEmitter<Record<Wake, []>> {}

/**
 * Runs `hook` once before the commit, however often it is asked for under the same key. Hooks touch rows and locks that
 * many writes want (counters, the numbering of events): all take them in one order, or two could wait for each other.
 */
export function beforeCommit(tx: Tx, key: string, hook: (tx: Tx) => Promise<void>, { last = false } = {}): void {
  if (!tx[context].beforeCommit.has(key)) tx[context].beforeCommit.set(key, { hook, last })
}

export function wakeAfterCommit(tx: Tx, whom: Wake): void {
  tx[context].wake.add(whom)
}

export type Write = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

const newContext = (): TxContext => ({ beforeCommit: new Map(), wake: new Set() })

async function perform<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await work(tx)
  for (const isLast of [false, true]) {
    const hooks = [...tx[context].beforeCommit].filter(([, { last }]) => last === isLast)
    for (const [, { hook }] of hooks.sort(([a], [b]) => (a < b ? -1 : 1))) await hook(tx)
  }
  return result
}

// Two causes: an identifier drawn twice, or another process that stored the same e-mail or name a moment ago. In both
// cases the work, run again, takes the other path.
const ATTEMPTS = 4

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const isUniqueViolation = (error: unknown): boolean =>
  ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505'].includes(codeOf(error))
/** Serialisation failure and deadlock: PostgreSQL asks to try again. */
const isTransient = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error))

const isFull = (error: unknown): boolean => ['SQLITE_FULL', '53100'].includes(codeOf(error))
const isAway = (error: unknown): boolean => {
  const code = codeOf(error)
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|SQLITE_IOERR|SQLITE_BUSY|SQLITE_READONLY|SQLITE_CANTOPEN)/.test(code) ||
    /^(08...|57P0.|53...)$/.test(code) ||
    (error instanceof Error && LOST_CONNECTION.test(error.message))
  )
}

/** What pg says without a code. */
const LOST_CONNECTION =
  /^(Connection terminated|Client (has encountered a connection error|was closed) and is not queryable|timeout exceeded when trying to connect)/

/** A commit that got no answer may have been done or not: saying "nothing was stored" could have it done twice. */
const unknownOutcome = (cause: unknown): Unavailable =>
  new Unavailable('The database went away while it stored this. See whether it did before you try again.', { cause })

/** Database trouble as a refusal; anything else as it is. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof Refusal) return error
  if (isFull(error))
    return new Unavailable('The disk is full: nothing was stored. Free some space and try again.', { cause: error })
  if (isAway(error))
    return new Unavailable('The database does not answer: nothing was stored. Try again.', { cause: error })
  if (isUniqueViolation(error))
    return new Conflict('Something with the same name or address exists already.', { cause: error })
  return error
}

export function writeOnPostgres(pool: pg.Pool, wakeups: Wakeups): Write {
  return async (work) => {
    for (let attempt = 1; ; attempt++) {
      let client: pg.PoolClient
      try {
        client = await pool.connect()
      } catch (error) {
        throw new Unavailable('The database does not answer: nothing was stored. Try again.', { cause: error })
      }
      const tx: Tx = Object.assign(kyselyOnClient(client), { [context]: newContext() })
      let broken: Error | undefined
      let isCommitting = false
      try {
        await client.query('begin')
        const result = await perform(tx, work)
        isCommitting = true
        // All at once: the locks that many writes want are held until this is answered.
        const ending = [...[...tx[context].wake].map((whom) => `notify deskhand_${whom}`), 'commit'].join('; ')
        // With several statements there is an answer for each, which the types of pg do not say.
        const committed = [await client.query(ending)].flat().at(-1)
        // After a statement that failed, PostgreSQL rolls back instead, and says so only here.
        if (committed?.command !== 'COMMIT') throw new Error('a write went on after one of its statements had failed')
        for (const whom of tx[context].wake) wakeups.emit(whom)
        return result
      } catch (error) {
        await client.query('rollback').catch((failure: Error) => {
          broken = failure
        })
        if (isUniqueViolation(error)) leaveStretch()
        if (attempt < ATTEMPTS && (isTransient(error) || isUniqueViolation(error))) continue
        // "Find it or add it": another write can add it between the two. One that runs again finds it; a true conflict
        // says so again.
        if (attempt === 1 && error instanceof Conflict) continue
        throw isCommitting && isAway(error) ? unknownOutcome(error) : asRefusal(error)
      } finally {
        client.release(broken)
      }
    }
  }
}

interface Waiting {
  work: (tx: Tx) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** How one work is undone when it fails. */
interface Undoing {
  begin(): void
  keep(): void
  undo(): Promise<void>
}

const MAX_BATCH = 128
const MAX_WAITING = 20_000
const BUSY_PATIENCE_MS = 15_000

/** The single writer of an embedded database. */
export class SqliteWriter {
  readonly #handle: SqliteHandle
  readonly #kysely: Kysely<Tables>
  readonly #wakeups: Wakeups
  readonly #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined
  #closed = false

  constructor(handle: SqliteHandle, wakeups: Wakeups) {
    this.#handle = handle
    this.#kysely = kyselyOnSqlite(handle)
    this.#wakeups = wakeups
  }

  write: Write = (work) =>
    new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Unavailable('Deskhand is shutting down. Try again in a moment.'))
      if (this.#waiting.length >= MAX_WAITING)
        return reject(new Unavailable('Too many writes are waiting. Try again in a moment.'))
      // resolve takes unknown here only because the queue mixes types: each entry's work and resolve belong together.
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#flushing ??= this.#flush()
    })

  /** Lets what waits finish, then refuses. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#flushing
  }

  async #flush(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        // Requests that arrived in the same turn of the event loop are all queued by the next one.
        await new Promise(setImmediate)
        await this.#commit(this.#waiting.splice(0, MAX_BATCH))
      }
    } finally {
      this.#flushing = undefined
    }
  }

  async #commit(batch: Waiting[]): Promise<void> {
    const wake = new Set<Wake>()
    const done: (() => void)[] = []
    try {
      await this.#begin()
      for (const { work, resolve, reject } of batch) {
        try {
          const { result, wake: wakes } = await this.#attempt(
            work,
            batch.length === 1 ? this.#alone : this.#besideOthers,
          )
          for (const whom of wakes) wake.add(whom)
          done.push(() => resolve(result))
        } catch (error) {
          // SQLite itself rolls everything back when it is out of disk or memory: nobody in this batch has written.
          if (!this.#handle.raw.inTransaction) throw error
          done.push(() => reject(asRefusal(error)))
        }
      }
      this.#handle.run('commit')
    } catch (error) {
      if (this.#handle.raw.inTransaction) this.#handle.run('rollback')
      for (const { reject } of batch) reject(asRefusal(error))
      return
    }
    for (const answer of done) answer()
    for (const whom of wake) this.#wakeups.emit(whom)
  }

  async #begin(): Promise<void> {
    const patience = Date.now() + BUSY_PATIENCE_MS
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      try {
        return this.#handle.run('begin immediate')
      } catch (error) {
        // Another process (the command line) holds the write lock. SQLite's own waiting would stop the event loop.
        if (!codeOf(error).startsWith('SQLITE_BUSY') || Date.now() > patience) throw error
        await new Promise((resume) => setTimeout(resume, pause))
      }
    }
  }

  /** Beside others, each work is a savepoint in the transaction of all. */
  readonly #besideOthers: Undoing = {
    begin: () => this.#handle.run('savepoint write'),
    keep: () => this.#handle.run('release write'),
    undo: async () => {
      this.#handle.run('rollback to write')
      this.#handle.run('release write')
    },
  }

  // Not only for being quicker: within a savepoint, SQLite walks at the end of every statement through the copies of all
  // pages that were changed so far, which makes the time of large work grow with its square.
  /** Work that has the transaction to itself is undone with it. */
  readonly #alone: Undoing = {
    begin: () => {},
    keep: () => {},
    undo: async () => {
      this.#handle.run('rollback')
      await this.#begin()
    },
  }

  async #attempt<T>(work: (tx: Tx) => Promise<T>, undoing: Undoing): Promise<{ result: T; wake: Set<Wake> }> {
    for (let attempt = 1; ; attempt++) {
      // A fresh one for each attempt: what the last one collected (events, counts) must not be written twice.
      const tx: Tx = onHandle(Object.assign(this.#kysely.withoutPlugins(), { [context]: newContext() }), this.#handle)
      undoing.begin()
      // Everything on SQLite settles within one turn of the event loop. Work that has not waits for something else
      // (network, file, timer), and every other write would wait with it.
      let strayed = false
      const guard = setImmediate(() => {
        strayed = true
      })
      try {
        const result = await perform(tx, work)
        if (strayed) throw new Error('a write waited for something that is not the database')
        undoing.keep()
        return { result, wake: tx[context].wake }
      } catch (error) {
        if (this.#handle.raw.inTransaction) await undoing.undo()
        if (!(attempt < ATTEMPTS && isUniqueViolation(error) && this.#handle.raw.inTransaction)) throw error
        leaveStretch()
      } finally {
        clearImmediate(guard)
      }
    }
  }
}
