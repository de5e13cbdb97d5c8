// Reading events in order, from a number on.
import type { Selectable } from 'kysely'
import type { Database } from '../db/open.ts'
import type { Reader } from '../db/write.ts'
import type { EventRow } from './tables.ts'

export type Event = Selectable<EventRow>

/** Up to `limit` events with numbers above `seq`, in order. */
export const eventsAfter = (db: Reader, seq: number, limit = 500): Promise<Event[]> =>
  db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute()

/** The newest number given out; 0 before the first. */
export async function lastEventNumber(db: Reader): Promise<number> {
  const row = await db.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row?.seq ?? (await forgottenUpTo(db))
}

/** The highest number among events that were forgotten: whoever has read less than that has missed something. */
export async function forgottenUpTo(db: Reader): Promise<number> {
  const row = await db.selectFrom('forgotten_events').select('seq').where('id', '=', 1).executeTakeFirst()
  return row?.seq ?? 0
}

/**
 * Calls `onEvents` with everything above `seq`, in order and without gaps, until it is stopped. Wakes at once on commits
 * of this process (and, on PostgreSQL, of others), and every `pollMs` in any case: a wake-up may be lost, a row cannot.
 */
export function followEvents(
  database: Database,
  seq: number,
  onEvents: (events: Event[]) => void | Promise<void>,
  onError: (error: unknown) => void,
  pollMs = 1_000,
): { stop(): Promise<void> } {
  let cursor = seq
  let running: Promise<void> | undefined
  let again = false
  let stopped = false
  const read = async (): Promise<void> => {
    do {
      again = false
      const events = await eventsAfter(database.reader, cursor)
      const last = events.at(-1)
      if (!last) continue
      await onEvents(events)
      cursor = last.seq
      again = true
    } while (again && !stopped)
  }
  const wake = (): void => {
    again = true
    if (stopped || running) return
    running = read()
      .catch(onError)
      .finally(() => {
        running = undefined
        // Woken between its last look and here.
        if (again) wake()
      })
  }
  const timer = setInterval(wake, pollMs)
  timer.unref()
  database.wakeups.on('events', wake)
  wake()
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      database.wakeups.off('events', wake)
      await running
    },
  }
}
