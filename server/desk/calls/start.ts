// Calls begin: somebody calls the desk, an agent calls a customer, or one agent another. Each is known by what the telephony
// side calls it: said again, it is the same call.
import { lockTextsUntilCommit } from '../../db/differences.ts'
import { insertRows } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { phoneTail } from '../../lib/phone.ts'
import type { Actor } from '../actor.ts'
import { type Conversation, openConversation } from '../conversations/conversation.ts'
import { addGroup } from '../conversations/history.ts'
import { type Channel, groupTypes, messageTypes, type Status } from '../conversations/letters.ts'
import type { Author } from '../conversations/messages.ts'
import { findOrAddByPhone } from '../customers/customers.ts'
import { DEFAULT_DEPARTMENT, getDepartment } from '../departments/departments.ts'
import { recordFacts } from '../metrics/facts.ts'
import { isOnline } from '../presence/status.ts'
import { lockRouting } from '../routing/offers.ts'
import { assertTelephony, type Call, getCall } from './call.ts'
import { lease } from './expiry.ts'
import { groupTypeOf } from './history.ts'
import { loadCall } from './load.ts'
import { colleague, ringAgent, ringNext } from './ring.ts'

const NUMBER_LOCKS = 7_308

export interface IncomingDraft {
  reference?: string | undefined
  /** The number of whoever calls; empty: it is withheld. */
  caller: string
  /** The number that was called. */
  callee?: string | undefined
  name?: string | undefined
  department?: string | undefined
  /** Is asked first. */
  agent?: string | undefined
  channel?: 'C' | 'W' | undefined
  now?: number
}

/** Somebody calls. Somebody who is online is asked at once; if nobody is, the call can only leave a voicemail. */
export async function startIncoming(tx: Tx, actor: Actor, draft: IncomingDraft): Promise<Call> {
  assertTelephony(actor)
  await lockNumber(tx, draft.caller)
  const known = await knownCall(tx, actor, draft.reference, 'incoming')
  if (known) return known
  const now = draft.now ?? Date.now()
  const department = await getDepartment(tx, draft.department ?? DEFAULT_DEPARTMENT)
  const agent = draft.agent === undefined ? undefined : await colleague(tx, draft.agent, department.id)
  const customer = await findOrAddByPhone(tx, draft.caller, draft.name)
  const wasOnline = await isOnline(tx, 'P', department.id, now)
  const text = `Call from ${[customer.system_name, draft.caller].filter(isFirst).join(', ')}`
  const opened = await open(tx, {
    author: { kind: 'customer', userId: customer.user_id },
    customerId: customer.id,
    departmentId: department.id,
    direction: 'incoming',
    channel: draft.channel ?? 'C',
    status: wasOnline ? 'I' : 'N',
    text,
    now,
  })
  const call = await addCall(tx, opened, {
    direction: 'incoming',
    state: wasOnline ? 'queued' : 'offline',
    caller: draft.caller,
    callee: draft.callee ?? '',
    reference: draft.reference ?? null,
    was_online: wasOnline ? 1 : 0,
    started_at: now,
  })
  loadCall(tx, undefined, call, now)
  const at = { at: now, conversation: opened }
  await recordFacts(tx, [
    { kind: 'call_started', ...at },
    ...(wasOnline ? [] : [{ kind: 'call_offline' as const, ...at }]),
  ])
  if (!wasOnline) {
    tell(tx, 'call.offline', call)
    return call
  }
  await lockRouting(tx)
  return agent ? ringAgent(tx, call, agent.id, now) : (await ringNext(tx, call, now)).call
}

/** Of two calls that a stranger makes or gets at once, the second one finds him. Before the lock of routing, as always. */
export const lockNumber = (tx: Tx, number: string): Promise<void> =>
  lockTextsUntilCommit(
    tx,
    NUMBER_LOCKS,
    [phoneTail(number)].filter((tail) => tail !== undefined),
  )

const isFirst = (text: string, index: number, all: readonly string[]): boolean =>
  text !== '' && all.indexOf(text) === index

/** The call that has this reference. Another kind of call, or one that the actor may not see, is not it. */
export async function knownCall(
  tx: Tx,
  actor: Actor,
  reference: string | undefined,
  direction: Call['direction'],
): Promise<Call | undefined> {
  if (reference === undefined) return undefined
  const row = await tx
    .selectFrom('calls')
    .select(['id', 'direction'])
    .where('reference', '=', reference)
    .executeTakeFirst()
  if (!row) return undefined
  const taken = new Conflict(`Another call has the reference '${reference}' already.`)
  if (row.direction !== direction) throw taken
  return getCall(tx, actor, row.id).catch(() => Promise.reject(taken))
}

export interface Opening {
  author: Author
  customerId: string
  departmentId: string
  direction: Call['direction']
  channel: Channel
  status: Status
  text: string
  now: number
}

export const open = (tx: Tx, draft: Opening) =>
  openConversation(tx, {
    author: draft.author,
    customerId: draft.customerId,
    departmentId: draft.departmentId,
    subject: draft.text,
    channel: draft.channel,
    status: draft.status,
    group: groupTypeOf(draft.direction),
    message: { body: draft.text, isHtml: false, text: draft.text },
    at: draft.now,
  })

/** The group of a call that is made from a conversation which is there. */
export async function addTo(
  tx: Tx,
  conversation: Conversation,
  type: string,
  userId: string,
  text: string,
  now: number,
) {
  const { groupSeq } = await addGroup(tx, conversation, {
    type: type === 'internal' ? groupTypes.internalCall : groupTypes.outgoingCall,
    userId,
    at: now,
    messages: [{ type: messageTypes.system, body: text }],
  })
  return { ...conversation, groupSeq }
}

type New = Pick<Call, 'direction' | 'state' | 'caller' | 'callee' | 'reference' | 'started_at'> &
  Partial<Pick<Call, 'was_online' | 'agent_id' | 'target_id' | 'status_before'>>

export async function addCall(
  tx: Tx,
  conversation: Pick<Conversation, 'id' | 'department_id'> & { groupSeq: number },
  draft: New,
): Promise<Call> {
  const { started_at } = draft
  const call: Call = {
    id: newId(),
    conversation_id: conversation.id,
    department_id: conversation.department_id,
    direction: draft.direction,
    state: draft.state,
    agent_id: draft.agent_id ?? null,
    target_id: draft.target_id ?? null,
    caller: draft.caller,
    callee: draft.callee,
    reference: draft.reference,
    group_seq: conversation.groupSeq,
    status_before: draft.status_before ?? null,
    started_at,
    queued_at: started_at,
    round_at: started_at,
    answered_at: null,
    taken_at: null,
    talked: 0,
    ended_at: null,
    ended_by: null,
    was_online: draft.was_online ?? 1,
    ...lease(draft.state, started_at),
  }
  await insertRows(tx, 'calls', [call])
  tell(tx, 'call.started', call)
  return call
}

const tell = (tx: Tx, type: 'call.started' | 'call.offline', call: Call): void =>
  recordEvent(tx, {
    type,
    conversationId: call.conversation_id,
    data: {
      callid: call.id,
      direction: call.direction,
      agentid: call.agent_id,
      departmentid: call.department_id,
      reference: call.reference,
      caller: call.caller,
      callee: call.callee,
    },
  })
