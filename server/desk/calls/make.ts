// Calls that agents make: to a customer, also from a ticket, or to a colleague.
import type { Tx } from '../../db/write.ts'
import { Conflict, Invalid, NotAllowed } from '../../lib/errors.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { type Agent, getAgent, listDepartmentsOf } from '../agents/agents.ts'
import type { Conversation } from '../conversations/conversation.ts'
import { isLive } from '../conversations/letters.ts'
import { changeLive } from '../conversations/live-end.ts'
import { getConversationForMessage } from '../conversations/merged.ts'
import { customerPhones, findOrAddByPhone, findOrAddCustomer, getCustomer } from '../customers/customers.ts'
import { DEFAULT_DEPARTMENT, getDepartment } from '../departments/departments.ts'
import { lockRouting, take } from '../routing/offers.ts'
import { type Call, itemOf } from './call.ts'
import { agentIdOf, ringAgent } from './ring.ts'
import { leaveTicket } from './standing.ts'
import { addCall, addTo, knownCall, lockNumber, open } from './start.ts'

interface MadeDraft {
  reference?: string | undefined
  /** Who calls: for programs. */
  agent?: string | undefined
  /** The ticket that it is about. */
  conversation?: string | undefined
  department?: string | undefined
  now?: number
}

export interface OutgoingDraft extends MadeDraft {
  /** The number to call; the first one of the ticket's customer unless given. */
  callee?: string | undefined
  name?: string | undefined
}

/** An agent calls a customer: he has the call from the beginning, and it rings at the other end. */
export async function startOutgoing(tx: Tx, actor: Actor, draft: OutgoingDraft): Promise<Call> {
  if (draft.callee !== undefined) await lockNumber(tx, draft.callee)
  await lockRouting(tx)
  const known = await knownCall(tx, actor, draft.reference, 'outgoing')
  if (known) return known
  const now = draft.now ?? Date.now()
  const agent = await getAgent(tx, await agentIdOf(tx, actor, draft.agent))
  await assertFree(tx, agent)
  const ticket = draft.conversation === undefined ? undefined : await getTicket(tx, actor, draft.conversation)
  const callee = draft.callee ?? (ticket && customerPhones(await getCustomer(tx, ticket.customer_id))[0])
  if (callee === undefined) throw new Invalid('callee', 'is missing: no number of a customer is known')
  const text = `Call to ${callee}`
  const place = ticket
    ? { ...(await addTo(tx, ticket, 'outgoing', agent.id, text, now)), status_before: ticket.status }
    : { ...(await openFor(tx, actor, agent, callee, draft, text, now)), status_before: null }
  if (ticket) await leaveTicket(tx, ticket, now)
  const call = await addCall(tx, place, {
    direction: 'outgoing',
    state: 'ringing',
    agent_id: agent.id,
    caller: agent.system_name,
    callee,
    reference: draft.reference ?? null,
    status_before: place.status_before,
    started_at: now,
  })
  await take(tx, itemOf(call), agent.id, [], now)
  return call
}

async function openFor(
  tx: Tx,
  actor: Actor,
  agent: Agent,
  callee: string,
  { department, name }: OutgoingDraft,
  text: string,
  now: number,
) {
  const departmentId = await departmentFor(tx, actor, agent, department)
  const customer = await findOrAddByPhone(tx, callee, name)
  const opened = await open(tx, {
    author: { kind: 'agent', userId: agent.id },
    customerId: customer.id,
    departmentId,
    direction: 'outgoing',
    channel: 'C',
    status: 'P',
    text: customer.system_name === callee ? text : `${text}, ${customer.system_name}`,
    now,
  })
  // Who calls has it.
  await changeLive(tx, opened, { status: 'P', agentId: agent.id, at: now })
  return opened
}

/** The department that is named; else the caller's own. */
async function departmentFor(tx: Tx, actor: Actor, agent: Agent, named: string | undefined): Promise<string> {
  const own = await listDepartmentsOf(tx, agent.id)
  const wanted = named ?? (own.includes(DEFAULT_DEPARTMENT) ? DEFAULT_DEPARTMENT : (own[0] ?? DEFAULT_DEPARTMENT))
  const { id } = await getDepartment(tx, wanted)
  const visible = visibleDepartments(actor)
  if (visible && !visible.includes(id)) throw new NotAllowed('You do not work in this department.')
  return id
}

/** Where both see that one calls the other. */
async function sharedBy(tx: Tx, one: Agent, other: Agent): Promise<string | undefined> {
  const theirs = await listDepartmentsOf(tx, other.id)
  const shared = (await listDepartmentsOf(tx, one.id)).filter((id) => theirs.includes(id))
  return shared.includes(DEFAULT_DEPARTMENT) ? DEFAULT_DEPARTMENT : shared[0]
}

/** A conversation that can be called from: it is none that is talked already, and none that is gone. */
async function getTicket(tx: Tx, actor: Actor, identifier: string): Promise<Conversation> {
  const ticket = await getConversationForMessage(tx, actor, identifier)
  if (isLive(ticket.status)) throw new Conflict(`Conversation ${ticket.code} is a chat or call that has not ended yet.`)
  if (ticket.status === 'X' || ticket.status === 'B')
    throw new Conflict(`Conversation ${ticket.code} is deleted or spam. Give it another status first.`)
  return ticket
}

/** Nobody calls while he talks. */
async function assertFree(tx: Tx, agent: Agent): Promise<void> {
  const busy = await tx
    .selectFrom('offers')
    .select('seq')
    .where('agent_id', '=', agent.id)
    .where('service', '=', 'calls')
    .where('ended_at', 'is', null)
    .where('accepted_at', 'is not', null)
    .executeTakeFirst()
  if (busy) throw new Conflict(`${agent.system_name} is on another call.`)
}

export interface InternalDraft extends MadeDraft {
  /** The colleague. */
  target: string
}

/**
 * An agent calls a colleague. From a ticket, the call stands in it and changes nothing about it: the customer has no part in
 * it. Without one it is a conversation of its own, as every call is, with the caller as the one who asks: it is closed when
 * the call has ended, and nobody has to look at it again.
 */
export async function startInternal(tx: Tx, actor: Actor, draft: InternalDraft): Promise<Call> {
  await lockRouting(tx)
  const known = await knownCall(tx, actor, draft.reference, 'internal')
  if (known) return known
  const now = draft.now ?? Date.now()
  const agent = await getAgent(tx, await agentIdOf(tx, actor, draft.agent))
  const target = await getAgent(tx, draft.target)
  if (target.id === agent.id) throw new Invalid('callee', 'must be another agent than the one who calls')
  for (const one of [agent, target]) await assertFree(tx, one)
  const ticket =
    draft.conversation === undefined ? undefined : await getConversationForMessage(tx, actor, draft.conversation)
  const text = `Call from ${agent.system_name} to ${target.system_name}`
  const place = ticket
    ? await addTo(tx, ticket, 'internal', agent.id, text, now)
    : await open(tx, {
        author: { kind: 'agent', userId: agent.id },
        customerId: (await findOrAddCustomer(tx, agent.email, agent.system_name)).id,
        departmentId: await departmentFor(tx, actor, agent, draft.department ?? (await sharedBy(tx, agent, target))),
        direction: 'internal',
        channel: 'C',
        status: 'I',
        text,
        now,
      })
  const call = await addCall(tx, place, {
    direction: 'internal',
    state: 'ringing',
    agent_id: agent.id,
    target_id: target.id,
    caller: agent.system_name,
    callee: target.system_name,
    reference: draft.reference ?? null,
    status_before: ticket?.status ?? null,
    started_at: now,
  })
  await take(tx, itemOf(call), agent.id, [], now)
  return ringAgent(tx, call, target.id, now)
}
