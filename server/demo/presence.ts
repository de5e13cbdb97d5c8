// Who was online when, in the demonstration: the stretches that connecting for each shift would have left.
import type { Reader } from '../db/write.ts'
import { type Span, without } from '../desk/presence/spans.ts'
import { onlineFor } from '../desk/presence/stretches.ts'
import type { Cast } from './cast.ts'
import { type HistoryOptions, staffOf } from './history.ts'
import type { Store } from './load.ts'
import type { Staff } from './staff.ts'
import { append, emptyPortion, rowCount } from './tables.ts'

/** Stores the shifts of all agents until the end of the history, but for what is recorded of them already. */
export async function loadPresence(
  db: Reader,
  cast: Cast,
  store: Store,
  { portionSize, ...options }: HistoryOptions & { portionSize: number },
): Promise<void> {
  let portion = emptyPortion()
  for await (const row of stretches(db, cast, staffOf(options), options.until)) {
    append(portion, 'stretches', row)
    if (rowCount(portion, 'stretches') < portionSize) continue
    await store(portion)
    portion = emptyPortion()
  }
  await store(portion)
}

async function* stretches(db: Reader, cast: Cast, staff: Staff, until: number) {
  for (const [number, { id }] of cast.agents.entries()) {
    const shifts = staff.shiftsUntil(number, until)
    const recorded = await recordedOf(db, id, shifts[0]?.from ?? until)
    const presets = (cast.presets[number] ?? []).map((one) => ({
      department_id: one.departmentId,
      preset_status: one.services,
    }))
    for (const what of onlineFor(presets)) {
      const known = recorded.get(`${what.department_id} ${what.service}`) ?? []
      for (const shift of shifts)
        for (const { from, before } of without(shift, overlapping(known, shift)))
          yield { agent_id: id, ...what, from_at: from, to_at: before, seen_at: before }
    }
  }
}

const overlapping = (spans: readonly Span[], { from, before }: Span): Span[] =>
  spans.filter((span) => span.from < before && span.before > from)

/** An agent's recorded stretches by what they are about. Those of a first demonstration, when this is the second. */
async function recordedOf(db: Reader, agentId: string, from: number): Promise<Map<string, Span[]>> {
  const rows = await db
    .selectFrom('online_stretches')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where((eb) => eb.or([eb('to_at', '>', from), eb('to_at', 'is', null)]))
    .execute()
  const spans = new Map<string, Span[]>()
  for (const { department_id, service, from_at, to_at } of rows) {
    const key = `${department_id} ${service}`
    spans.set(key, [...(spans.get(key) ?? []), { from: from_at, before: to_at ?? Number.POSITIVE_INFINITY }])
  }
  return spans
}
