// Somebody picks up: an agent who is asked to take a call, or whoever an agent calls.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, NotAllowed } from '../../lib/errors.ts'
import { type Actor, mayDriveCalls } from '../actor.ts'
import { type Agent, getAgent } from '../agents/agents.ts'
import { messageTypes } from '../conversations/letters.ts'
import { recordFacts } from '../metrics/facts.ts'
import { isAsked, take } from '../routing/offers.ts'
import { inBusinessTime } from '../sla/clocks.ts'
import { assertLives, type Call, type Held, holdCall, holderOf, holdForRouting, itemOf, ringingAt } from './call.ts'
import { talkedUntil } from './end.ts'
import { lease, putCall } from './expiry.ts'
import { note } from './history.ts'
import { loadCall } from './load.ts'
import { tellTaken } from './offers.ts'
import { agentIdOf, colleague } from './ring.ts'
import { assign, assignFirst, countAnswer } from './standing.ts'

/**
 * An incoming or internal call is answered by an agent, an outgoing one by whom he calls. Said again by the same agent, it
 * changes nothing; of two agents, the first one has it.
 */
export async function answerCall(
  tx: Tx,
  actor: Actor,
  id: string,
  { agent, now = Date.now() }: { agent?: string | undefined; now?: number },
): Promise<Call> {
  const asked = agent ?? (actor.kind === 'agent' ? actor.agentId : undefined)
  // What he is asked to take takes up his room already.
  const wasAsked = asked !== undefined && (await isAsked(tx, { service: 'calls', id }, asked))
  const held = await (wasAsked ? holdCall : holdForRouting)(tx, actor, id)
  assertLives(held.call)
  if (held.call.direction === 'outgoing') return answerOutgoing(tx, actor, held, agent, now)
  const agentId = await agentIdOf(tx, actor, agent)
  const holder = holderOf(held)
  const ringing = ringingAt(held, agentId)
  if (holder?.agent_id === agentId && held.call.taken_at !== null) return held.call
  if (held.call.state === 'offline')
    throw new Conflict(`Call ${id} came while nobody was online for calls: it can only leave a voicemail.`)
  if (held.call.direction === 'internal') return answerInternal(tx, held, agentId, now)
  if (!ringing) {
    if (holder) throw new Conflict(`Call ${id} is with another agent already.`)
    // In the moment before it was held. The lock of routing comes before that of a call, or two would wait for each other.
    if (wasAsked) throw new Conflict(`Call ${id} does not ring at this agent any more. Try again.`)
    // The telephony side knows who has picked up, also where it was not us who rang.
    if (!mayDriveCalls(actor)) throw new NotAllowed('This call does not ring at you.')
  }
  return answerIncoming(tx, held, await colleagueOrAsked(tx, agentId, held, ringing !== undefined), now)
}

/** Who was asked may see it by that alone. */
const colleagueOrAsked = (tx: Tx, agentId: string, { call }: Held, isAsked: boolean): Promise<Agent> =>
  isAsked ? getAgent(tx, agentId) : colleague(tx, agentId, call.department_id)

async function answerIncoming(tx: Tx, held: Held, agent: Agent, now: number): Promise<Call> {
  const { call, conversation } = held
  await take(tx, itemOf(call), agent.id, held.offers, now)
  tellTaken(tx, held, agent.id)
  const answered = await putCall(tx, call, {
    state: 'talking',
    agent_id: agent.id,
    answered_at: call.answered_at ?? now,
    taken_at: now,
    talked: talkedUntil(call, now),
    ...lease('talking', now),
  })
  loadCall(tx, call, answered, now)
  await note(tx, call, {
    type: messageTypes.system,
    body: `Answered by ${agent.system_name}`,
    userId: agent.id,
    at: now,
  })
  // Handed on, it was answered before.
  if (call.answered_at === null) {
    const fact = {
      kind: 'call_answered' as const,
      at: now,
      conversation,
      agentId: agent.id,
      took: now - call.started_at,
    }
    await recordFacts(tx, await inBusinessTime(tx, conversation, [fact]))
  }
  const told = await countAnswer(tx, conversation, agent.id, now)
  await assign(tx, told, { status: 'P', agentId: agent.id, at: now })
  tell(tx, answered)
  return answered
}

async function answerInternal(tx: Tx, held: Held, agentId: string, now: number): Promise<Call> {
  const { call, conversation } = held
  if (call.target_id !== agentId) throw new Conflict(`Call ${call.id} is for another agent.`)
  if (call.taken_at !== null) return call
  const ringing = ringingAt(held, agentId)
  if (!ringing) throw new Conflict(`Call ${call.id} does not ring at this agent.`)
  // Both have it: neither can take another call.
  await tx.updateTable('offers').set({ accepted_at: now }).where('seq', '=', ringing.seq).execute()
  const answered = await putCall(tx, call, {
    state: 'talking',
    answered_at: now,
    taken_at: now,
    ...lease('talking', now),
  })
  loadCall(tx, call, answered, now)
  await note(tx, call, { type: messageTypes.system, body: 'Answered', userId: agentId, at: now })
  if (call.status_before === null) await assign(tx, conversation, { status: 'P', agentId: null, at: now })
  tell(tx, answered)
  return answered
}

async function answerOutgoing(
  tx: Tx,
  actor: Actor,
  { call, conversation }: Held,
  agent: string | undefined,
  now: number,
): Promise<Call> {
  const agentId = await agentIdOf(tx, actor, agent ?? call.agent_id ?? undefined)
  if (call.agent_id !== agentId) throw new Conflict(`Call ${call.id} was made by another agent.`)
  if (call.taken_at !== null) return call
  const answered = await putCall(tx, call, {
    state: 'talking',
    answered_at: now,
    taken_at: now,
    ...lease('talking', now),
  })
  loadCall(tx, call, answered, now)
  await note(tx, call, { type: messageTypes.system, body: 'Answered', userId: agentId, at: now })
  // A conversation that began with the call counts it as its agent's first words already.
  if (call.status_before !== null)
    await assignFirst(tx, await countAnswer(tx, conversation, agentId, now), agentId, now)
  tell(tx, answered)
  return answered
}

const tell = (tx: Tx, call: Call): void =>
  recordEvent(tx, {
    type: 'call.answered',
    conversationId: call.conversation_id,
    data: {
      callid: call.id,
      agentid: call.agent_id,
      targetid: call.target_id,
      reference: call.reference,
      direction: call.direction,
    },
  })
