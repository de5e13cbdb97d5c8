// What clocks say while they run: that an answer is due soon, and that it is overdue. Each once.
import type { Selectable } from 'kysely'
import { engineOf } from '../../db/differences.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import type { SlaClockRow } from './tables.ts'

type Clock = Selectable<SlaClockRow>
type Told = Pick<Clock, 'warn_at' | 'due_at' | 'warned_at' | 'breached_at' | 'created_at'>

/** When a clock has something to say next. What had passed when it was stored is history, and is never said. */
export function noticeOf({ warn_at, due_at, warned_at, breached_at, created_at }: Told): number | null {
  const warning = warned_at === null && warn_at !== null && warn_at >= created_at ? [warn_at] : []
  const breach = breached_at === null && due_at !== null && due_at >= created_at ? [due_at] : []
  const all = [...warning, ...breach]
  return all.length === 0 ? null : Math.min(...all)
}

/** Clocks that are due in the same second share a job. */
export function enqueueNotice(tx: Tx, at: number): Promise<void> {
  // The second after: an answer within the second in which it is due is in time.
  const runAt = Math.floor(at / 1000) * 1000 + 1000
  return enqueue(tx, 'tell-clocks', {}, { runAt, uniqueKey: `tell-clocks:${runAt}` })
}

/** Writes the events of a clock up to an instant, and says when each was written. Overdue means: after the due second. */
export function tellUntil(tx: Tx, clock: Clock, until: number): Pick<Clock, 'warned_at' | 'breached_at'> {
  const passed = (instant: number | null, told: number | null): boolean =>
    told === null && instant !== null && instant >= clock.created_at && instant + 1000 <= until
  const told = { warned_at: clock.warned_at, breached_at: clock.breached_at }
  if (passed(clock.warn_at, told.warned_at)) {
    told.warned_at = until
    tell(tx, 'sla.warned', clock)
  }
  if (passed(clock.due_at, told.breached_at)) {
    told.breached_at = until
    tell(tx, 'sla.breached', clock)
  }
  return told
}

const tell = (tx: Tx, type: 'sla.warned' | 'sla.breached', clock: Clock): void =>
  recordEvent(tx, {
    type,
    conversationId: clock.conversation_id,
    data: {
      slalevelid: clock.level_id,
      kind: clock.kind,
      service: clock.service,
      departmentid: clock.department_id,
      datedue: clock.due_at === null ? null : new Date(clock.due_at).toISOString(),
    },
  })

const PORTION = 200

/** Writes what a portion of the clocks has to say by now; true while there are more. */
export async function tellClocks(tx: Tx, now = Date.now()): Promise<boolean> {
  const query = tx
    .selectFrom('sla_clocks')
    .selectAll()
    .where('notice_at', '<=', now - 1000)
    .orderBy('notice_at')
    .orderBy('seq')
    .limit(PORTION)
  // Another process is at those that are locked, or an answer is: both write what is to be said.
  const clocks = await (engineOf(tx) === 'postgres' ? query.forUpdate().skipLocked() : query).execute()
  for (const clock of clocks) {
    const told = tellUntil(tx, clock, now)
    const notice_at = noticeOf({ ...clock, ...told })
    await tx
      .updateTable('sla_clocks')
      .set({ ...told, notice_at })
      .where('seq', '=', clock.seq)
      .execute()
    if (notice_at !== null) await enqueueNotice(tx, notice_at)
  }
  return clocks.length === PORTION
}
