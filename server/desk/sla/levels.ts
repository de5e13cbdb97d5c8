// SLA levels: what is promised to whom has one, and when the desk is open for that.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { engineOf, lockForChange } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Invalid, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import type { Service } from '../metrics/load.ts'
import {
  type BusinessHours,
  businessHoursSchema,
  type Calendar,
  calendarOf,
  isDayOfCalendar,
} from './business-hours.ts'
import type { SlaLevelRow } from './tables.ts'

/** A year: longer than anybody promises, and soon reckoned. */
const MAX_SECONDS = 366 * 86_400
const seconds = z.number().int().min(1).max(MAX_SECONDS).nullable().default(null)
const promise = z.strictObject({ first: seconds, next: seconds }).default({ first: null, next: null })

/** Seconds of business time within which a customer is answered; null: nothing is promised. */
export const targetsSchema = z.strictObject({ tickets: promise, chats: promise, calls: promise })
export type Targets = z.infer<typeof targetsSchema>

export type Level = Omit<Selectable<SlaLevelRow>, 'hours' | 'targets'> & { hours: BusinessHours; targets: Targets }

const levelOf = (row: Selectable<SlaLevelRow>): Level => ({
  ...row,
  hours: businessHoursSchema.parse(JSON.parse(row.hours)),
  targets: targetsSchema.parse(JSON.parse(row.targets)),
})

export async function listLevels(db: Reader, actor: Actor): Promise<Level[]> {
  assertMayAdminister(actor)
  const rows = await db
    .selectFrom('sla_levels')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('name')
    .orderBy('id')
    .execute()
  return rows.map(levelOf)
}

export async function getLevel(db: Reader, actor: Actor, id: string): Promise<Level> {
  assertMayAdminister(actor)
  return levelOf(await existing(db.selectFrom('sla_levels').selectAll().where('id', '=', id).executeTakeFirst(), id))
}

async function existing(query: Promise<Selectable<SlaLevelRow> | undefined>, id: string) {
  const row = await query
  if (!row || row.deleted_at !== null) throw unknown(id)
  return row
}
const unknown = (id: string): NotFound => new NotFound(`SLA level '${id}' not found`)

export interface LevelDraft {
  name: string
  hours: BusinessHours
  targets: z.input<typeof targetsSchema>
  warn_before?: number | null | undefined
}

export async function addLevel(tx: Tx, actor: Actor, draft: LevelDraft): Promise<Level> {
  assertMayAdminister(actor)
  const now = Date.now()
  const level: Level = { id: newId(), ...checked(draft), created_at: now, changed_at: now, deleted_at: null }
  await tx.insertInto('sla_levels').values(stored(level)).execute()
  recordEvent(tx, { type: 'slalevel.added', data: { slalevelid: level.id } })
  return level
}

/** Changes a level. The clocks that run by it are reckoned anew by a job; closed ones stay as they were. */
export async function changeLevel(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: { [K in keyof LevelDraft]?: LevelDraft[K] | undefined },
): Promise<Level> {
  assertMayAdminister(actor)
  const before = levelOf(await lockedLevel(tx, id))
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const { name, hours, targets, warn_before } = before
  const level = { ...before, ...checked({ name, hours, targets, warn_before, ...given }), changed_at: Date.now() }
  await tx.updateTable('sla_levels').set(stored(level)).where('id', '=', id).execute()
  await reckonAnew(tx, id)
  recordEvent(tx, { type: 'slalevel.changed', data: { slalevelid: id } })
  return level
}

/** Deletes a level with its rules. A job looks for another level for the conversations that wait by it. */
export async function removeLevel(tx: Tx, actor: Actor, id: string): Promise<void> {
  assertMayAdminister(actor)
  await lockedLevel(tx, id)
  await tx.updateTable('sla_levels').set({ deleted_at: Date.now() }).where('id', '=', id).execute()
  await tx.deleteFrom('sla_rules').where('level_id', '=', id).execute()
  await reckonAnew(tx, id)
  recordEvent(tx, { type: 'slalevel.removed', data: { slalevelid: id } })
}

const lockedLevel = (tx: Tx, id: string) =>
  existing(lockForChange(tx, tx.selectFrom('sla_levels').selectAll().where('id', '=', id)).executeTakeFirst(), id)

const reckonAnew = (tx: Tx, id: string): Promise<void> =>
  enqueue(tx, 'reckon-clocks', { levelId: id }, { uniqueKey: `reckon-clocks:${id}` })

function checked({ name, hours, targets, warn_before = null }: LevelDraft) {
  if (name.trim() === '') throw new Invalid('name', 'must not be blank')
  if (warn_before !== null && (!Number.isInteger(warn_before) || warn_before < 1 || warn_before > MAX_SECONDS))
    throw new Invalid('warn_before', `must be a whole number of seconds from 1 to ${MAX_SECONDS}, or null`)
  const understoodHours = understood('hours', businessHoursSchema, hours)
  const odd = understoodHours.holidays.findIndex((day) => !isDayOfCalendar(day))
  if (odd >= 0) throw new Invalid(`hours.holidays.${odd}`, 'is no day of the calendar')
  return {
    name: name.trim(),
    hours: understoodHours,
    targets: understood('targets', targetsSchema, targets),
    warn_before,
  }
}

function understood<Output>(field: string, schema: z.ZodType<Output>, value: unknown): Output {
  const { data, error } = schema.safeParse(value)
  if (data !== undefined) return data
  const [issue] = error?.issues ?? []
  throw new Invalid([field, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is not understood')
}

const stored = (level: Level): Selectable<SlaLevelRow> => ({
  ...level,
  hours: JSON.stringify(level.hours),
  targets: JSON.stringify(level.targets),
})

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage SLA levels.')
}

/** What a clock is reckoned by. */
export interface Terms {
  calendar: Calendar
  targets: Record<Service, { first: number | null; next: number | null }>
  warn_before: number | null
}

// Held until the commit: whoever changes the level waits, so that his job finds the clocks that were begun by the old one.
const heldLevel = prepared((tx: Tx, id: string) => {
  const query = tx.selectFrom('sla_levels').selectAll().where('id', '=', id).where('deleted_at', 'is', null)
  return engineOf(tx) === 'postgres' ? query.forShare() : query
})

const ready = new Map<string, Terms>()

/** The terms of a level, for whoever reckons by them until his transaction ends; undefined: it is deleted. */
export async function holdTerms(tx: Tx, id: string): Promise<Terms | undefined> {
  const [row] = await heldLevel(tx, id)
  if (!row) return undefined
  // By what they say, not by id: a change that is rolled back must leave nothing behind.
  const key = `${row.hours} ${row.targets} ${row.warn_before}`
  let terms = ready.get(key)
  if (!terms) {
    const { hours, targets, warn_before } = levelOf(row)
    terms = { calendar: calendarOf(hours), targets, warn_before }
    if (ready.size >= 100) ready.clear()
    ready.set(key, terms)
  }
  return terms
}
