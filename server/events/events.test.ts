import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { openDatabase } from '../db/open.ts'
import { pruneEvents } from './prune.ts'
import { type Event, eventsAfter, followEvents, forgottenUpTo, lastEventNumber } from './read.ts'
import { recordEvent } from './record.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const isConfigured = { dataFolder: '', url: undefined as string | undefined }
const sameDatabase = () =>
  openDatabase({ ...isConfigured, dataFolder: desk.dataFolder, url: desk.app.config.databaseUrl, poolSize: 4 })

describe('events', () => {
  test('of a write that failed do not exist', async () => {
    const before = await lastEventNumber(desk.app.database.reader)
    const attempt = desk.app.database.write(async (tx) => {
      recordEvent(tx, { type: 'test.failed', data: {} })
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect(await eventsAfter(desk.app.database.reader, before)).toEqual([])
  })

  test('of one write come in the order in which it recorded them', async () => {
    const before = await lastEventNumber(desk.app.database.reader)
    await desk.app.database.write(async (tx) => {
      for (const n of [1, 2, 3]) recordEvent(tx, { type: 'test.counted', data: { n } })
    })
    const events = await eventsAfter(desk.app.database.reader, before)
    expect(events.map(({ data }) => JSON.parse(data).n)).toEqual([1, 2, 3])
  })

  // PostgreSQL could commit number 8 before number 7; a follower at 8 would never see 7.
  test('reach a follower in order, without a gap and once, while two processes write at the same time', async () => {
    const start = await lastEventNumber(desk.app.database.reader)
    const other = await sameDatabase()
    const seen: Event[] = []
    const follower = followEvents(
      desk.app.database,
      start,
      (batch) => void seen.push(...batch),
      (error) => {
        throw error
      },
      20,
    )
    const WRITES = 150
    const record = (database: typeof other, who: string) =>
      Promise.all(
        Array.from({ length: WRITES }, (_, n) =>
          database.write(async (tx) => {
            recordEvent(tx, { type: `test.${who}`, data: { n } })
            // Work after the recording: numbers must be drawn at the end, not here.
            if (n % 7 === 0) await tx.selectFrom('settings').selectAll().execute()
          }),
        ),
      )
    await Promise.all([record(desk.app.database, 'here'), record(other, 'there')])
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(2 * WRITES)
    await follower.stop()
    await other.close()
    const numbers = seen.map(({ seq }) => seq)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(new Set(numbers).size).toBe(2 * WRITES)
  })

  test('written by another process wake a follower', async () => {
    const other = await sameDatabase()
    const seen: Event[] = []
    // A poll of a minute: what arrives in time was woken (PostgreSQL), and SQLite is looked at by a short poll instead.
    const follower = followEvents(
      desk.app.database,
      await lastEventNumber(desk.app.database.reader),
      (batch) => void seen.push(...batch),
      () => {},
      engine === 'postgres' ? 60_000 : 50,
    )
    // Again and again: who does not listen yet is not woken.
    await expect
      .poll(async () => {
        await other.write(async (tx) => recordEvent(tx, { type: 'test.elsewhere', data: {} }))
        return seen.map(({ type }) => type)
      })
      .toContain('test.elsewhere')
    await follower.stop()
    await other.close()
  })

  test('are forgotten when they are old, and numbers never come back', async () => {
    const last = await lastEventNumber(desk.app.database.reader)
    while (await desk.app.database.write((tx) => pruneEvents(tx, Date.now() + 1_000)));
    expect(await eventsAfter(desk.app.database.reader, 0)).toEqual([])
    expect(await forgottenUpTo(desk.app.database.reader)).toBe(last)
    expect(await lastEventNumber(desk.app.database.reader)).toBe(last)
    await desk.app.database.write(async (tx) => recordEvent(tx, { type: 'test.later', data: {} }))
    expect(await lastEventNumber(desk.app.database.reader)).toBeGreaterThan(last)
  })
})
