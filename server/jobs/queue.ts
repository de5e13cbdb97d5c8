// Work that a write leaves behind: enqueued in its transaction, done later, at least once, by any process.
import { sql } from 'kysely'
import { engineOf } from '../db/differences.ts'
import type { Database } from '../db/open.ts'
import { beforeCommit, type Tx, wakeAfterCommit } from '../db/write.ts'
import { type JobName, type JobPayload, jobs } from './catalog.ts'
import { schedule } from './schedule.ts'

export interface EnqueueOptions {
  /** Not before this instant. */
  runAt?: number
  /** A second job with the same key is not added while the first one waits. */
  uniqueKey?: string
}

/** Adds a job to the transaction. */
export async function enqueue<N extends JobName>(
  tx: Tx,
  name: N,
  payload: JobPayload<N>,
  options: EnqueueOptions = {},
): Promise<void> {
  const row = newJob(name, payload, options)
  await tx
    .insertInto('jobs')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  // Workers look every second by themselves.
  if (row.run_at <= row.created_at) wakeAfterCommit(tx, 'jobs')
}

/**
 * Adds a job that looks at what there is, of which one is enough. If it waits already, nobody begins it before this
 * transaction ends: it would not see what was written here. Therefore as late as possible.
 */
export function enqueueLook(tx: Tx, name: 'route-chats' | 'route-calls'): void {
  beforeCommit(tx, `look ${name}`, async (hook) => {
    await hook
      .insertInto('jobs')
      .values(newJob(name, {}, { uniqueKey: name }))
      .onConflict((conflict) =>
        conflict
          .column('unique_key')
          .where('unique_key', 'is not', null)
          .where('dead_at', 'is', null)
          .where('locked_until', 'is', null)
          .doUpdateSet(({ ref }) => ({ run_at: ref('jobs.run_at') })),
      )
      .execute()
    wakeAfterCommit(hook, 'jobs')
  })
}

function newJob<N extends JobName>(name: N, payload: JobPayload<N>, { uniqueKey, runAt }: EnqueueOptions) {
  const now = Date.now()
  return {
    name,
    payload: JSON.stringify(payload),
    unique_key: uniqueKey ?? null,
    run_at: runAt ?? now,
    attempts: 0,
    locked_until: null,
    last_error: null,
    dead_at: null,
    created_at: now,
  }
}

/** Does the work. Must be able to run twice: a process can die after the work and before the note that it is done. */
export type JobHandler<N extends JobName> = (payload: JobPayload<N>) => Promise<void>
export type JobHandlers = { [N in JobName]: JobHandler<N> }

/** A process that works says so more often than that: what a dead one held is taken up by another a minute later. */
const LEASE_MS = 60_000
const BEAT_MS = 20_000
const MAX_ATTEMPTS = 12
/** 5 s, 10 s, 20 s … up to an hour. */
export const backoffMs = (attempts: number): number => Math.min(5_000 * 2 ** (attempts - 1), 3_600_000)

interface ClaimedJob {
  id: number
  name: string
  payload: string
  unique_key: string | null
  attempts: number
}

/** Takes up to `limit` due jobs for this process: nobody else gets them until the lease ends. */
export function claimJobs(database: Database, limit: number, now = Date.now()): Promise<ClaimedJob[]> {
  return database.write(async (tx) => {
    const skip = engineOf(tx) === 'postgres' ? sql`for update skip locked` : sql``
    const { rows } = await sql<ClaimedJob>`
      update jobs set locked_until = ${now + LEASE_MS}, attempts = attempts + 1
      where id in (
        select id from jobs
        where dead_at is null and run_at <= ${now} and (locked_until is null or locked_until <= ${now})
        order by run_at, id limit ${sql.lit(limit)} ${skip})
      returning id, name, payload, unique_key, attempts`.execute(tx)
    return rows.sort((a, b) => a.id - b.id)
  })
}

/** Keeps jobs that this process is still at. */
const keepJobs = (database: Database, ids: readonly number[], now = Date.now()): Promise<unknown> =>
  database.write((tx) =>
    tx
      .updateTable('jobs')
      .set({ locked_until: now + LEASE_MS })
      .where('id', 'in', ids)
      .execute(),
  )

/** Only one server works on an embedded database: what was claimed before it started is nobody's any more. */
async function freeJobs(tx: Tx, now = Date.now()): Promise<void> {
  // Over, and not null: the same work may have been asked for again meanwhile, and only one of a kind may wait.
  if (engineOf(tx) === 'sqlite')
    await tx.updateTable('jobs').set({ locked_until: now }).where('locked_until', '>', now).execute()
}

export interface JobLog {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

async function perform(handlers: JobHandlers, job: ClaimedJob): Promise<void> {
  const name = job.name
  if (!isJobName(name)) throw new Error(`no job is called '${name}': was it left by a newer version?`)
  await performNamed(handlers, name, job.payload)
}

async function performNamed<N extends JobName>(handlers: JobHandlers, name: N, payload: string): Promise<void> {
  const schema = jobs[name]
  // The catalogue ties each name to its schema; TypeScript cannot follow that through the index.
  await handlers[name](schema.parse(JSON.parse(payload)) as JobPayload<N>)
}

const isJobName = (name: string): name is JobName => name in jobs

/** Runs one claimed job and notes how it went. */
export async function runJob(database: Database, handlers: JobHandlers, job: ClaimedJob, log: JobLog): Promise<void> {
  try {
    // Each failure is noted, so more attempts than that mean that the process died with the job, and may again.
    if (job.attempts > MAX_ATTEMPTS) throw new Error('the process ended each time while this job was running')
    await perform(handlers, job)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const dead = job.attempts >= MAX_ATTEMPTS
    if (dead) log.error({ err: error, job: job.name, id: job.id }, 'a job has failed for the last time')
    else log.warn({ job: job.name, id: job.id, attempts: job.attempts, reason }, 'a job failed and will be tried again')
    const now = Date.now()
    await database.write(async (tx) => {
      // The same work may have been asked for again while this ran: one of the two is enough.
      const waits = await tx
        .selectFrom('jobs')
        .select('id')
        .where('unique_key', '=', job.unique_key)
        .where('locked_until', 'is', null)
        .where('dead_at', 'is', null)
        .executeTakeFirst()
      if (waits && !dead) {
        await tx.deleteFrom('jobs').where('id', '=', job.id).execute()
        return
      }
      await tx
        .updateTable('jobs')
        .set({
          last_error: reason,
          locked_until: null,
          run_at: now + backoffMs(job.attempts),
          dead_at: dead ? now : null,
        })
        .where('id', '=', job.id)
        .execute()
      // What happens every hour happens again, although it failed all night.
      if (dead) await enqueueNext(tx, job)
    })
    return
  }
  await database.write(async (tx) => {
    await tx.deleteFrom('jobs').where('id', '=', job.id).execute()
    await enqueueNext(tx, job)
  })
}

/** The next run of a timed job. */
async function enqueueNext(tx: Tx, job: ClaimedJob): Promise<void> {
  const timed = schedule.find(({ name }) => name === job.name)
  if (timed) await enqueueTimed(tx, timed.name, Date.now() + timed.everyMs)
}

const enqueueTimed = (tx: Tx, name: JobName, runAt: number, why: 'timed' | 'start' = 'timed'): Promise<void> =>
  enqueue(tx, name, {} as JobPayload<typeof name>, { runAt, uniqueKey: `${why}:${name}` })

/** Jobs that one process works on at the same time: one that waits for a slow server must not stop the others. */
const AT_ONCE = 6

/** Works through jobs as they become due, until stopped. `stop` waits for what is under way. */
export function startWorker(
  database: Database,
  handlers: JobHandlers,
  log: JobLog,
  pollMs = 1_000,
): { stop(): Promise<void> } {
  let stopped = false
  let claiming: Promise<void> | undefined
  let again = false
  const running = new Map<number, Promise<void>>()
  const start = (job: ClaimedJob): void => {
    const run = runJob(database, handlers, job, log)
      .catch((error: unknown) => log.warn({ err: error, job: job.name }, 'how a job went could not be noted'))
      .finally(() => {
        running.delete(job.id)
        wake()
      })
    running.set(job.id, run)
  }
  const claim = async (): Promise<void> => {
    do {
      again = false
      const free = AT_ONCE - running.size
      if (free <= 0) return
      const claimed = await claimJobs(database, free)
      for (const job of claimed) start(job)
    } while (again && !stopped)
  }
  const wake = (): void => {
    again = true
    if (stopped || claiming) return
    claiming = claim()
      .catch((error: unknown) => log.warn({ err: error }, 'the job queue could not be read'))
      .finally(() => {
        claiming = undefined
        // Woken between its last look and here.
        if (again) wake()
      })
  }
  const begin = database.write(async (tx) => {
    await freeJobs(tx)
    for (const { name, everyMs, isAtStart } of schedule) {
      await enqueueTimed(tx, name, Date.now() + everyMs)
      if (isAtStart) await enqueueTimed(tx, name, Date.now(), 'start')
    }
  })
  begin.catch((error: unknown) => log.warn({ err: error }, 'the timed jobs could not be set up'))
  const timer = setInterval(wake, pollMs)
  timer.unref()
  const beat = setInterval(() => {
    if (running.size === 0) return
    keepJobs(database, [...running.keys()]).catch((error: unknown) =>
      log.warn({ err: error }, 'jobs that are under way could not be kept'),
    )
  }, BEAT_MS)
  beat.unref()
  database.wakeups.on('jobs', wake)
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      clearInterval(beat)
      database.wakeups.off('jobs', wake)
      await begin.catch(() => {})
      await claiming
      await Promise.all(running.values())
    },
  }
}
