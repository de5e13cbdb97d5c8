// SLA clocks: one runs while a customer waits for an answer. A conversation's clock follows from its row: whoever stores a
// status, a wait, a department or a tag calls `keepClock` or `followLevel` behind it, in the same transaction.
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import { insertRows, prepared } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import type { FactDraft } from '../metrics/facts.ts'
import type { Service } from '../metrics/load.ts'
import { afterBusinessTime, businessTimeBetween } from './business-time.ts'
import { holdTerms, type Terms } from './levels.ts'
import { enqueueNotice, noticeOf, tellUntil } from './notices.ts'
import { hasRules, pickLevel } from './rules.ts'
import type { SlaClockRow } from './tables.ts'

export type Clock = Selectable<SlaClockRow>

// Between the seconds that dates show, as all durations of reports.
export const wholeSecond = (instant: number): number => Math.floor(instant / 1000) * 1000

const rowOf = prepared((tx: Tx, id: string) =>
  tx
    .selectFrom('conversations')
    .select([
      'id',
      'status',
      'waiting_since',
      'department_id',
      'customer_id',
      'channel',
      'priority',
      'groups_out',
      'sla_level_id',
      'due_at',
    ])
    .where('id', '=', id),
)
// Locked: what another process tells of it right now is told by the time that we read it.
const openClockOf = prepared((tx: Tx, conversationId: string) =>
  lockForChange(
    tx,
    tx
      .selectFrom('sla_clocks')
      .selectAll()
      .where('conversation_id', '=', conversationId)
      .where('closed_at', 'is', null),
  ),
)

// An agent who calls back from a ticket has answered nobody yet: what was promised there holds until he is spoken to.
const calledBackFrom = prepared((tx: Tx, conversationId: string) =>
  tx
    .selectFrom('calls')
    .select('status_before')
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'outgoing')
    .where('state', '<>', 'ended')
    .where('status_before', 'in', ['N', 'C']),
)

type Clocked = Awaited<ReturnType<typeof rowOf>>[number]

/**
 * Gives a conversation the level that the rules pick for it now, and its clock what follows. Returns the level. For a new
 * conversation, and after a change to what rules look at. `known` is the row as it was read last.
 */
export async function followLevel(
  tx: Tx,
  known: { id: string; sla_level_id: string | null },
  at: number,
): Promise<string | null> {
  // Most desks promise nothing: they pay for this look-up only.
  if (known.sla_level_id === null && !(await hasRules(tx))) return null
  const [row] = await rowOf(tx, known.id)
  if (!row) return null
  const levelId = await pickLevel(tx, row)
  if (levelId === null && row.sla_level_id === null) return null
  if (levelId !== row.sla_level_id)
    await tx.updateTable('conversations').set({ sla_level_id: levelId }).where('id', '=', known.id).execute()
  await adjust(tx, { ...row, sla_level_id: levelId }, at, undefined)
  return levelId
}

/**
 * Starts, changes or ends the clock of a conversation after its status or its wait has changed. `answeredBy`: the agent
 * whose answer did it. Returns when an answer is due. Without a level there is no clock, and nothing is read.
 */
export async function keepClock(
  tx: Tx,
  known: { id: string; sla_level_id: string | null },
  at: number,
  answeredBy?: string,
): Promise<number | null> {
  if (known.sla_level_id === null) return null
  const [row] = await rowOf(tx, known.id)
  return row ? adjust(tx, row, at, answeredBy) : null
}

/** Facts of a conversation with their durations in the business time of its level. Without a level they stay as they are. */
export async function inBusinessTime(
  tx: Tx,
  { sla_level_id }: { sla_level_id: string | null },
  facts: readonly FactDraft[],
): Promise<FactDraft[]> {
  const terms =
    sla_level_id === null || facts.every(({ took }) => took === undefined)
      ? undefined
      : await holdTerms(tx, sla_level_id)
  if (!terms) return [...facts]
  return facts.map((fact) =>
    fact.took === undefined ? fact : { ...fact, slaTook: takenBy(terms, fact.at - fact.took, fact.at) },
  )
}

/** Milliseconds of business time between two instants. */
export const takenBy = ({ calendar }: Terms, from: number, to: number): number =>
  businessTimeBetween(calendar, wholeSecond(from), wholeSecond(to))

async function adjust(tx: Tx, row: Clocked, at: number, answeredBy: string | undefined): Promise<number | null> {
  const terms = row.sla_level_id === null ? undefined : await holdTerms(tx, row.sla_level_id)
  const [open] = await openClockOf(tx, row.id)
  // Its level was deleted: an answer still counts by what the clock says, everything else by another level.
  if (!terms && row.sla_level_id !== null && answeredBy === undefined) {
    await followLevel(tx, row, at)
    return (await rowOf(tx, row.id))[0]?.due_at ?? null
  }
  const [ticket] = terms && row.status === 'P' ? await calledBackFrom(tx, row.id) : []
  const wanted = terms && reckon({ ...row, status: ticket?.status_before ?? row.status }, terms)
  if (open && (answeredBy !== undefined || !wanted)) await close(tx, row, open, at, answeredBy)
  else if (open && wanted)
    await change(tx, open, { ...open, ...wanted, ...(open.service !== wanted.service && untold()) })
  else if (wanted) await start(tx, wanted)
  const dueAt = wanted?.due_at ?? null
  if (dueAt !== row.due_at)
    await tx.updateTable('conversations').set({ due_at: dueAt }).where('id', '=', row.id).execute()
  return dueAt
}

export type Reckoned = Pick<
  Clock,
  | 'conversation_id'
  | 'kind'
  | 'service'
  | 'level_id'
  | 'target'
  | 'department_id'
  | 'customer_id'
  | 'started_at'
  | 'due_at'
  | 'warn_at'
>

const services: Record<string, Service> = { N: 'tickets', C: 'tickets', T: 'chats', P: 'calls' }
/** Not accepted yet: by the channels of calls, or a chat. */
const serviceOf = ({ status, channel }: Clocked): Service | undefined =>
  status === 'I' ? (['C', 'W'].includes(channel) ? 'calls' : 'chats') : services[status]

/** The clock that a conversation should have; undefined: none. */
export function reckon(row: Clocked, { calendar, targets, warn_before }: Terms): Reckoned | undefined {
  const service = serviceOf(row)
  if (!service || row.waiting_since === null || row.sla_level_id === null) return undefined
  const isFirst = service === 'tickets' ? row.status === 'N' : row.groups_out === 0
  const kind = isFirst ? 'first' : 'next'
  const target = targets[service][kind]
  if (target === null) return undefined
  const start = wholeSecond(row.waiting_since)
  const after = (seconds: number): number | null => afterBusinessTime(calendar, start, seconds * 1000) ?? null
  return {
    conversation_id: row.id,
    kind,
    service,
    level_id: row.sla_level_id,
    target,
    department_id: row.department_id,
    customer_id: row.customer_id,
    started_at: row.waiting_since,
    due_at: after(target),
    warn_at: warn_before === null || warn_before >= target ? null : after(target - warn_before),
  }
}

/** A chat that went on as a ticket: another promise, of which nothing was told yet. */
const untold = () => ({ warned_at: null, breached_at: null, created_at: Date.now() })

async function start(tx: Tx, reckoned: Reckoned): Promise<void> {
  const clock = { ...reckoned, ...untold() }
  const notice_at = noticeOf(clock)
  await insertRows(tx, 'sla_clocks', [
    { ...clock, notice_at, agent_id: null, closed_at: null, outcome: null, seconds: null },
  ])
  if (notice_at !== null) await enqueueNotice(tx, notice_at)
}

async function change(tx: Tx, before: Clock, reckoned: Clock): Promise<void> {
  const after = { ...reckoned, notice_at: noticeOf(reckoned) }
  const isSame = (Object.keys(after) as (keyof Clock)[]).every((column) => after[column] === before[column])
  if (isSame) return
  const { seq, ...columns } = after
  await tx.updateTable('sla_clocks').set(columns).where('seq', '=', seq).execute()
  if (after.notice_at !== null) await enqueueNotice(tx, after.notice_at)
}

async function close(tx: Tx, row: Clocked, open: Clock, at: number, answeredBy: string | undefined): Promise<void> {
  const told = tellUntil(tx, open, Math.min(at, Date.now()))
  const closed = { ...open, ...told, notice_at: null, closed_at: at, department_id: row.department_id }
  if (answeredBy === undefined) return leaveOut(tx, closed)
  const isLate = open.due_at !== null && wholeSecond(at) > open.due_at
  const { seq, ...clock } = closed
  // With a new number: sums are made of clocks in the order in which they were answered.
  await removeClock(tx, seq)
  const outcome = isLate ? 'late' : 'met'
  await insertRows(tx, 'sla_clocks', [
    { ...clock, outcome, seconds: await secondsOf(tx, open, at), agent_id: answeredBy },
  ])
}

const removeClock = prepared((tx: Tx, seq: number) => tx.deleteFrom('sla_clocks').where('seq', '=', seq))

async function leaveOut(tx: Tx, { seq, ...clock }: Clock): Promise<void> {
  await tx
    .updateTable('sla_clocks')
    .set({ ...clock, outcome: 'void' })
    .where('seq', '=', seq)
    .execute()
}

async function secondsOf(tx: Tx, { level_id, started_at }: Clock, at: number): Promise<number> {
  const terms = await holdTerms(tx, level_id)
  // The level was deleted meanwhile, with its hours: all seconds count.
  return (terms ? takenBy(terms, started_at, at) : Math.max(0, wholeSecond(at) - wholeSecond(started_at))) / 1000
}

const PORTION = 200

/** Reckons a portion of the waiting conversations of a level anew. Returns where to go on; undefined: that were all. */
export async function reckonPortion(tx: Tx, levelId: string, after: string): Promise<string | undefined> {
  const query = tx
    .selectFrom('conversations')
    .select(['id', 'sla_level_id'])
    .where('sla_level_id', '=', levelId)
    .where('waiting_since', 'is not', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(PORTION)
  const rows = await lockForChange(tx, query).execute()
  for (const row of rows) await keepClock(tx, row, Date.now())
  return rows.length === PORTION ? rows.at(-1)?.id : undefined
}

/** Picks the levels of a portion of a customer's conversations again. Returns where to go on; undefined: that were all. */
export async function pickPortion(tx: Tx, customerId: string, after: string): Promise<string | undefined> {
  const query = tx
    .selectFrom('conversations')
    .select(['id', 'sla_level_id'])
    .where('customer_id', '=', customerId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(PORTION)
  const rows = await lockForChange(tx, query).execute()
  for (const row of rows) await followLevel(tx, row, Date.now())
  return rows.length === PORTION ? rows.at(-1)?.id : undefined
}
