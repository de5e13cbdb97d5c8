// Ringing: who is asked to take a call, what becomes of it when he does not, and who is asked next.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import { type Actor, mayDriveCalls } from '../actor.ts'
import { type Agent, getAgent, listDepartmentsOf } from '../agents/agents.ts'
import { lastAsked, nextAgent, type Offer, type OfferOutcome, offer, ROUND_PAUSE_MS } from '../routing/offers.ts'
import {
  agentBehind,
  assertLives,
  assertTelephony,
  type Call,
  type Held,
  holderOf,
  holdForRouting,
  itemOf,
  ringingAt,
} from './call.ts'
import { endHeld } from './end.ts'
import { hear, putCall } from './expiry.ts'
import { dropOffer, routeLater, routeNow } from './offers.ts'

/** Asks an agent. `known`: whether he is online, where that is known. */
export async function ringAgent(
  tx: Tx,
  call: Call,
  agentId: string,
  now: number,
  known: { isOnline?: boolean } = {},
): Promise<Call> {
  // A colleague who is called is called at his telephone, whatever he takes of what customers want.
  const expiresAt = await offer(
    tx,
    itemOf(call),
    agentId,
    now,
    call.direction === 'internal' ? { isOnline: false } : known,
  )
  await routeLater(tx, expiresAt)
  recordEvent(tx, {
    type: 'call.ringing',
    conversationId: call.conversation_id,
    data: {
      callid: call.id,
      agentid: agentId,
      reference: call.reference,
      direction: call.direction,
      caller: call.caller,
      callee: call.callee,
      until: new Date(expiresAt).toISOString(),
    },
  })
  // Somebody who has it and asks a colleague goes on talking.
  return call.state === 'talking' ? call : putCall(tx, call, { state: 'ringing' })
}

/** Asks whoever is next, if anybody. `isExhausted`: nobody there has room for any call. */
export async function ringNext(tx: Tx, call: Call, now: number): Promise<{ call: Call; isExhausted: boolean }> {
  const item = itemOf(call)
  const next = await nextAgent(tx, item, call.round_at, now)
  if (next !== undefined) return { call: await ringAgent(tx, call, next, now, { isOnline: true }), isExhausted: false }
  const anybody = await nextAgent(tx, item, Number.MAX_SAFE_INTEGER, now)
  if (anybody === undefined) return { call, isExhausted: true }
  const rested = ((await lastAsked(tx, item, call.round_at)) ?? 0) + ROUND_PAUSE_MS
  if (now < rested) {
    await routeLater(tx, rested)
    return { call, isExhausted: false }
  }
  const again = await putCall(tx, call, { round_at: now })
  return { call: await ringAgent(tx, again, anybody, now, { isOnline: true }), isExhausted: false }
}

/** He does not take it: the next one is asked. A call for him alone is over; one that a colleague has stays there. */
export async function passOn(tx: Tx, held: Held, dropped: Offer, outcome: OfferOutcome, now: number): Promise<Call> {
  await dropOffer(tx, held, dropped, outcome, now)
  const offers = held.offers.filter(({ seq }) => seq !== dropped.seq)
  const { call } = held
  if (call.direction === 'internal') return endHeld(tx, { ...held, offers }, { by: 'callee', at: now })
  if (call.state === 'talking' || offers.length > 0) return call
  const queued = await putCall(tx, call, { state: 'queued' })
  routeNow(tx)
  return (await ringNext(tx, queued, now)).call
}

/** An agent does not want the call, or his telephone has rung out or is busy. Said again, it changes nothing. */
export async function declineCall(
  tx: Tx,
  actor: Actor,
  id: string,
  {
    agent,
    outcome = 'declined',
    now = Date.now(),
  }: { agent?: string | undefined; outcome?: 'declined' | 'rung-out'; now?: number },
): Promise<Call> {
  const held = await holdForRouting(tx, actor, id)
  const agentId = await agentIdOf(tx, actor, agent)
  const ringing = ringingAt(held, agentId)
  if (ringing) {
    const call = await passOn(tx, held, ringing, outcome, now)
    return mayDriveCalls(actor) ? hear(tx, call, now) : call
  }
  if (holderOf(held)?.agent_id === agentId)
    throw new Conflict(`Call ${id} is being talked by this agent: end or transfer it.`)
  const asked = await tx
    .selectFrom('offers')
    .select('outcome')
    .where('service', '=', 'calls')
    .where('item_id', '=', id)
    .where('agent_id', '=', agentId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!asked) throw new Conflict(`Call ${id} does not ring at this agent.`)
  return held.call
}

/** The userid of the agent whom a request is about. */
export async function agentIdOf(tx: Tx, actor: Actor, named: string | undefined): Promise<string> {
  const identifier = agentBehind(actor, named)
  if (identifier === undefined) throw new NotFound("Name the agent in 'agent': an API key is nobody.")
  return (await getAgent(tx, identifier)).id
}

/** The telephony side rings somebody: one whom it names, or whoever is next. What rings there already goes on. */
export async function ringCall(
  tx: Tx,
  actor: Actor,
  id: string,
  { agent, now = Date.now() }: { agent?: string | undefined; now?: number },
): Promise<Call> {
  assertTelephony(actor)
  const held = await holdForRouting(tx, actor, id)
  assertLives(held.call)
  assertCanRing(held.call)
  const call = await hear(tx, held.call, now)
  if (agent === undefined) return held.offers.length > 0 ? call : (await ringNext(tx, call, now)).call
  const { id: agentId } = await colleague(tx, agent, call.department_id)
  return ringingAt(held, agentId) ? call : ringAgent(tx, call, agentId, now)
}

function assertCanRing({ id, state, direction }: Call): void {
  if (state === 'offline')
    throw new Conflict(`Call ${id} came while nobody was online for calls: it can only leave a voicemail.`)
  if (direction !== 'incoming') throw new Conflict(`Call ${id} rings at whom it was made to.`)
  if (state === 'talking') throw new Conflict(`Call ${id} is being talked: transfer it.`)
}

/** An agent who can see what waits in a department. */
export async function colleague(tx: Tx, identifier: string, departmentId: string): Promise<Agent> {
  const agent = await getAgent(tx, identifier)
  if (agent.role === 'A' && !(await listDepartmentsOf(tx, agent.id)).includes(departmentId))
    throw new Conflict(`${agent.system_name} does not work in the department '${departmentId}'.`)
  return agent
}
