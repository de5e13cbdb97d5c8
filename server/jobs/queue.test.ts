import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { type Database, openDatabase } from '../db/open.ts'
import { Wakeups } from '../db/write.ts'
import { jobHandlers } from '../job-handlers.ts'
import { backoffMs, claimJobs, enqueue, type JobHandlers, type JobLog, runJob, startWorker } from './queue.ts'
import { schedule } from './schedule.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const HOUR = 3_600_000
const silent: JobLog = { warn() {}, error() {} }
const handlers = (over: Partial<JobHandlers>): JobHandlers => ({ ...jobHandlers(desk.app), ...over })
const allJobs = () => desk.app.database.reader.selectFrom('jobs').selectAll().orderBy('id').execute()
const clear = () => desk.app.database.write((tx) => tx.deleteFrom('jobs').execute())

describe('jobs', () => {
  test('of a write that failed do not exist', async () => {
    await clear()
    const attempt = desk.app.database.write(async (tx) => {
      await enqueue(tx, 'sweep-tag', { tagId: 'x' })
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect(await allJobs()).toEqual([])
  })

  test('that fail wait longer each time, keep the reason, and at last lie where they can be seen', async () => {
    await clear()
    await desk.app.database.write((tx) => enqueue(tx, 'sweep-tag', { tagId: 'x' }))
    const failing = handlers({
      'sweep-tag': async () => {
        throw new Error('the printer is on fire')
      },
    })
    let now = Date.now()
    for (let attempt = 1; attempt <= 12; attempt++) {
      const [job] = await claimJobs(desk.app.database, 1, now)
      if (!job) throw new Error('nothing to claim')
      expect(job.attempts).toBe(attempt)
      await runJob(desk.app.database, failing, job, silent)
      now += 2 * HOUR
    }
    const [dead] = await allJobs()
    expect(dead).toMatchObject({ last_error: 'the printer is on fire', attempts: 12 })
    expect(dead?.dead_at).not.toBeNull()
    expect(await claimJobs(desk.app.database, 10, now + 100 * HOUR)).toEqual([])
  })

  test('that are timed run again at their next time, even after they failed for the last time', async () => {
    await clear()
    await desk.app.database.write((tx) => enqueue(tx, 'prune-sessions', {}, { uniqueKey: 'timed:prune-sessions' }))
    const [job] = await claimJobs(desk.app.database, 1)
    if (!job) throw new Error('nothing to claim')
    const failing = handlers({
      'prune-sessions': async () => {
        throw new Error('the printer is on fire')
      },
    })
    await runJob(desk.app.database, failing, { ...job, attempts: 12 }, silent)
    const waiting = (await allJobs()).filter(({ dead_at }) => dead_at === null)
    expect(waiting).toMatchObject([{ name: 'prune-sessions', unique_key: 'timed:prune-sessions' }])
  })

  test('wait 5 seconds, then twice as long, up to an hour', () => {
    expect([1, 2, 3, 20].map(backoffMs)).toEqual([5_000, 10_000, 20_000, HOUR])
  })

  test('are claimed by one of several processes only', async () => {
    await clear()
    const other = await openDatabase({ dataFolder: desk.dataFolder, url: desk.app.config.databaseUrl, poolSize: 4 })
    await desk.app.database.write(async (tx) => {
      for (let n = 0; n < 60; n++) await enqueue(tx, 'sweep-tag', { tagId: `t${n}` })
    })
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, n) => claimJobs(n % 2 ? desk.app.database : other, 5)),
    )
    await other.close()
    const ids = claims.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toHaveLength(60)
  })

  test('of a process that died are taken over when its lease ends', async () => {
    await clear()
    await desk.app.database.write((tx) => enqueue(tx, 'sweep-tag', { tagId: 'x' }))
    expect(await claimJobs(desk.app.database, 1)).toHaveLength(1)
    expect(await claimJobs(desk.app.database, 1)).toEqual([])
    expect(await claimJobs(desk.app.database, 1, Date.now() + HOUR)).toHaveLength(1)
  })

  test('that end the process each time are given up too', async () => {
    await clear()
    await desk.app.database.write((tx) => enqueue(tx, 'sweep-tag', { tagId: 'x' }))
    const runs: string[] = []
    const deadly = handlers({
      'sweep-tag': async ({ tagId }) => {
        runs.push(tagId)
      },
    })
    let now = Date.now()
    // Claimed and never heard of again, as by a process that died.
    for (let attempt = 1; attempt <= 12; attempt++) {
      expect(await claimJobs(desk.app.database, 1, now)).toHaveLength(1)
      now += HOUR
    }
    const [job] = await claimJobs(desk.app.database, 1, now)
    if (!job) throw new Error('nothing to claim')
    await runJob(desk.app.database, deadly, job, silent)
    expect(runs).toEqual([])
    const [dead] = await allJobs()
    expect(dead?.dead_at).not.toBeNull()
    expect(dead?.last_error).toContain('the process ended each time')
  })

  test('with one key wait once', async () => {
    await clear()
    await desk.app.database.write(async (tx) => {
      await enqueue(tx, 'sweep-tag', { tagId: 'x' }, { uniqueKey: 'k' })
      await enqueue(tx, 'sweep-tag', { tagId: 'x' }, { uniqueKey: 'k' })
    })
    expect(await allJobs()).toHaveLength(1)
  })

  test('for later are not done now', async () => {
    await clear()
    await desk.app.database.write((tx) => enqueue(tx, 'sweep-tag', { tagId: 'x' }, { runAt: Date.now() + HOUR }))
    expect(await claimJobs(desk.app.database, 1)).toEqual([])
  })

  test('are done by a worker as soon as their write commits, and timed ones come back', async () => {
    await clear()
    const done: string[] = []
    const worker = startWorker(
      desk.app.database,
      handlers({
        'sweep-tag': async ({ tagId }) => {
          done.push(tagId)
        },
      }),
      silent,
      60_000,
    )
    await desk.app.database.write((tx) => enqueue(tx, 'sweep-tag', { tagId: 'now' }))
    // Those of the start are done once, beside the ones that come back.
    const rest = async (): Promise<boolean> => {
      const all = await allJobs()
      // None: those of the start are not written yet.
      return all.length > 0 && all.every(({ run_at }) => run_at > Date.now())
    }
    await expect.poll(async () => done.length > 0 && (await rest())).toBe(true)
    await worker.stop()
    expect(done).toEqual(['now'])
    const timed = await allJobs()
    expect(timed.map(({ name }) => name).sort()).toEqual(schedule.map(({ name }) => name).sort())
    const [job] = await claimJobs(desk.app.database, 1, Date.now() + 2 * HOUR)
    if (!job) throw new Error('nothing to claim')
    await runJob(desk.app.database, jobHandlers(desk.app), job, silent)
    expect((await allJobs()).filter(({ name }) => name === job.name)).toHaveLength(1)
  })

  test.each(Array.from({ length: 12 }, (_, ticks) => ticks))(
    'that come when a worker has found nothing and is about to sleep, %i ticks later, are done at once',
    async (ticks) => {
      await clear()
      const { database } = desk.app
      const wakeups = new Wakeups()
      let isLate = false
      const watched: Database = {
        ...database,
        wakeups,
        async write(work) {
          const result = await database.write(work)
          if (isLate || !Array.isArray(result) || result.length > 0) return result
          isLate = true
          await database.write((tx) => enqueue(tx, 'sweep-tag', { tagId: 'late' }))
          void (async () => {
            for (let n = 0; n < ticks; n++) await undefined
            wakeups.emit('jobs')
          })()
          return result
        },
      }
      const done: string[] = []
      const worker = startWorker(
        watched,
        handlers({
          'sweep-tag': async ({ tagId }) => {
            done.push(tagId)
          },
        }),
        silent,
        60_000,
      )
      wakeups.emit('jobs')
      await expect.poll(() => done, { timeout: 5_000 }).toEqual(['late'])
      await worker.stop()
    },
  )
})
