// Giving out the calls that wait, and clearing away what nobody says anything about any more. By a job: whenever somebody
// may have become free, when an offer has rung out, and every few seconds.
import { type SqlBool, sql } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { lockRouting, type Offer, ringingAtNobody, rungOut } from '../routing/offers.ts'
import { holdCall } from './call.ts'
import { endHeld } from './end.ts'
import { passOn, ringNext } from './ring.ts'

/** Word for word as in the indexes: only so do engines see that they fit. */
export const LIVES = sql<SqlBool>`state <> 'ended'`

/** Calls and offers that one transaction looks at. */
const PORTION = 50

/** True while there may be more to do. */
export async function routeCalls(tx: Tx, now = Date.now()): Promise<boolean> {
  await lockRouting(tx)
  const lost = await lostCalls(tx, now).execute()
  for (const { id } of lost) {
    const held = await holdCall(tx, systemActor, id)
    // Something was heard of it in the moment before it was held.
    if (held.call.state === 'ended' || held.call.expires_at > now) continue
    // When it really ended nobody knows; it was there when somebody last said so.
    await endHeld(tx, held, {
      by: 'system',
      at: Math.max(held.call.heard_at, held.call.taken_at ?? held.call.queued_at),
    })
  }
  const out = (await rungOut(tx, 'calls', now)).slice(0, PORTION)
  for (const offer of out) await passOnOffer(tx, offer, 'rung-out', now)
  const left = (await ringingAtNobody(tx, 'calls', now)).slice(0, PORTION)
  for (const offer of left) await passOnOffer(tx, offer, 'rung-out', now)
  const orphaned = await orphanedOffers(tx).execute()
  for (const offer of orphaned) await passOnOffer(tx, offer, 'withdrawn', now)
  const isMore = await giveOut(tx, now)
  return isMore || [lost, out, left, orphaned].some(({ length }) => length === PORTION)
}

async function passOnOffer(
  tx: Tx,
  { item_id, seq }: Offer,
  outcome: 'rung-out' | 'withdrawn',
  now: number,
): Promise<void> {
  const held = await holdCall(tx, systemActor, item_id)
  // Somebody may have taken it in the moment before it was held.
  const offer = held.offers.find((one) => one.seq === seq && one.accepted_at === null)
  if (offer) await passOn(tx, held, offer, outcome, now)
}

/** Whether there is any call now. Mostly there is none, and nobody has to wait for that. */
export const hasLiveCalls = async (db: Reader): Promise<boolean> =>
  (await db.selectFrom('calls').select('id').where(LIVES).limit(1).executeTakeFirst()) !== undefined

/** Nothing was heard of them for so long that they must be over. */
export const lostCalls = (db: Reader, now: number) =>
  db.selectFrom('calls').select('id').where(LIVES).where('expires_at', '<=', now).orderBy('expires_at').limit(PORTION)

/** Agents who were deleted while they were asked. */
export const orphanedOffers = (db: Reader) =>
  db
    .selectFrom('offers')
    .innerJoin('agents', 'agents.id', 'offers.agent_id')
    .selectAll('offers')
    // The empty text keeps an index out of the plan that has all offers there ever were.
    .where(sql<SqlBool>`offers.service || '' = 'calls'`)
    .where('offers.ended_at', 'is', null)
    .where('offers.accepted_at', 'is', null)
    .where('agents.deleted_at', 'is not', null)
    // Bounded and ordered as the index of what rings, so that it is taken.
    .where('offers.expires_at', '>', 0)
    .orderBy('offers.expires_at')
    .limit(PORTION)

/** Department by department, whoever waits longest first: agents of several departments serve that one first. */
async function giveOut(tx: Tx, now: number): Promise<boolean> {
  let isMore = false
  for (const { department_id } of await queues(tx).execute()) {
    const waiting = await queueOf(tx, department_id).execute()
    let asked = 0
    for (const { id } of waiting) {
      const { call } = await holdCall(tx, systemActor, id)
      // Ended in the moment before it was held.
      if (call.state !== 'queued') continue
      const { isExhausted, call: after } = await ringNext(tx, call, now)
      if (isExhausted) break
      if (after.state === 'ringing') asked++
    }
    // Only whoever is asked leaves the queue: without one, the next look would see the same.
    if (waiting.length === PORTION && asked > 0) isMore = true
  }
  return isMore
}

/** Departments in which calls wait. */
export const queues = (db: Reader) =>
  db
    .selectFrom('calls')
    .select(({ fn }) => ['department_id', fn.min('queued_at').as('since')])
    .where(LIVES)
    .where('state', '=', 'queued')
    .groupBy('department_id')
    .orderBy('since')

export const queueOf = (db: Reader, departmentId: string) =>
  db
    .selectFrom('calls')
    .selectAll()
    .where(LIVES)
    .where('state', '=', 'queued')
    .where('department_id', '=', departmentId)
    .orderBy('queued_at')
    .limit(PORTION)
