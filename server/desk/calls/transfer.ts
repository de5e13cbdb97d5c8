// Handing a call on: to a colleague or a department, blind (whoever has it lets go at once) or attended (he keeps it until
// the colleague picks up).
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, Invalid } from '../../lib/errors.ts'
import { type Actor, mayDriveCalls, userOf } from '../actor.ts'
import { messageTypes } from '../conversations/letters.ts'
import { waitAgain } from '../conversations/live-end.ts'
import { getDepartment } from '../departments/departments.ts'
import { recordFacts } from '../metrics/facts.ts'
import { assertLives, assertMayHandle, type Call, type Held, holderOf, holdForRouting, ringingAt } from './call.ts'
import { talkedUntil } from './end.ts'
import { hear, lease, putCall } from './expiry.ts'
import { note } from './history.ts'
import { loadCall } from './load.ts'
import { dropOffer, routeNow } from './offers.ts'
import { colleague, ringAgent, ringNext } from './ring.ts'
import { assign } from './standing.ts'

export interface CallTransfer {
  agent?: string | undefined
  department?: string | undefined
  isAttended?: boolean | undefined
  note?: string | undefined
  now?: number
}

/** Only what somebody has called for can be handed on. Said again while it rings there, it changes nothing. */
export async function transferCall(tx: Tx, actor: Actor, id: string, wanted: CallTransfer): Promise<Call> {
  const { now = Date.now() } = wanted
  const held = await holdForRouting(tx, actor, id)
  const { call } = held
  if (wanted.agent === undefined && wanted.department === undefined)
    throw new Invalid('agent', 'is missing: name an agent, a department, or both')
  assertLives(call)
  if (call.direction !== 'incoming')
    throw new Conflict(`Call ${id} was made by an agent: only who has called is handed on.`)
  if (call.state === 'offline') throw new Conflict(`Call ${id} came while nobody was online for calls.`)
  const departmentId =
    wanted.department === undefined ? call.department_id : (await getDepartment(tx, wanted.department)).id
  const agent = wanted.agent === undefined ? undefined : await colleague(tx, wanted.agent, departmentId)
  if (isDone(held, departmentId, agent?.id)) {
    if (!(mayDriveCalls(actor) || (actor.kind === 'agent' && call.agent_id === actor.agentId)))
      assertMayHandle(actor, held)
    return hear(tx, call, now)
  }
  assertMayHandle(actor, held)
  if (wanted.note !== undefined) {
    const { conversation } = held
    await note(tx, call, { type: messageTypes.note, body: wanted.note, userId: userOf(actor), at: now })
    await recordFacts(tx, [
      { kind: 'note', at: now, conversation, agentId: actor.kind === 'agent' ? actor.agentId : null },
    ])
  }
  if (wanted.isAttended) {
    if (!agent) throw new Invalid('agent', 'is missing: only a colleague can be asked before')
    if (departmentId !== call.department_id)
      throw new Invalid('department', 'must be left out: a call that is being talked stays where it is')
    if (call.taken_at === null) throw new Conflict(`Call ${id} is not being talked.`)
    return ringAgent(tx, await hear(tx, call, now), agent.id, now)
  }
  return handOn(tx, held, {
    departmentId,
    agentId: agent?.id,
    userId: userOf(actor),
    name: await nameOf(tx, departmentId, agent?.system_name),
    now,
  })
}

const nameOf = async (tx: Tx, departmentId: string, agentName: string | undefined): Promise<string> =>
  [(await getDepartment(tx, departmentId)).name, agentName].filter(Boolean).join(' / ')

/** Whether it is with whom it is to go to, or rings there. */
function isDone(held: Held, departmentId: string, agentId: string | undefined): boolean {
  const { call } = held
  if (call.department_id !== departmentId) return false
  if (agentId !== undefined) return holderOf(held)?.agent_id === agentId || ringingAt(held, agentId) !== undefined
  // It waits there: for a second time, it would lose its place.
  return call.taken_at === null
}

async function handOn(
  tx: Tx,
  held: Held,
  to: { departmentId: string; agentId: string | undefined; userId: string; name: string; now: number },
): Promise<Call> {
  const { call, conversation, offers } = held
  const { now, departmentId } = to
  for (const offer of offers)
    await dropOffer(tx, held, offer, offer.accepted_at === null ? 'withdrawn' : 'handed-on', now)
  const wasTalking = call.taken_at !== null
  const queued = await putCall(tx, call, {
    state: 'queued',
    department_id: departmentId,
    // Who waits already keeps his place.
    ...(wasTalking && { queued_at: now }),
    // Who hands it on has had his turn.
    round_at: holderOf(held)?.offered_at ?? now,
    taken_at: null,
    talked: talkedUntil(call, now),
    ...lease('queued', now),
  })
  loadCall(tx, call, queued, now)
  await note(tx, call, { type: messageTypes.transfer, body: to.name, userId: to.userId, at: now })
  const waits = wasTalking ? await waitAgain(tx, conversation, now) : conversation
  await assign(tx, waits, { status: 'I', agentId: null, departmentId, at: now })
  recordEvent(tx, {
    type: 'call.transferred',
    conversationId: call.conversation_id,
    data: {
      callid: call.id,
      agentid: to.agentId ?? null,
      departmentid: departmentId,
      from: call.department_id,
      reference: call.reference,
      userid: to.userId,
    },
  })
  routeNow(tx)
  return to.agentId === undefined ? (await ringNext(tx, queued, now)).call : ringAgent(tx, queued, to.agentId, now)
}
