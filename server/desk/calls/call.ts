// A call: finding one, and who may see it and do something about it.
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { Conflict, NotAllowed, NotFound } from '../../lib/errors.ts'
import { type Actor, mayAdminister, mayDriveCalls, systemActor, visibleDepartments } from '../actor.ts'
import { type Conversation, getConversationForChange } from '../conversations/conversation.ts'
import { isAsked, lockRouting, type Offer, openOffers } from '../routing/offers.ts'
import type { CallRow } from './tables.ts'

export type Call = Selectable<CallRow>

export const directions = ['incoming', 'outgoing', 'internal'] as const
export const states = ['queued', 'ringing', 'talking', 'offline', 'ended'] as const
export type State = (typeof states)[number]

const unknown = (id: string): NotFound => new NotFound(`Call '${id}' not found`)

/** A call as the actor may see it: in his departments, or one that he is asked to take, or has. */
export async function getCall(db: Reader, actor: Actor, id: string): Promise<Call> {
  const call = await db.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirst()
  if (!call || !(await maySee(db, actor, call))) throw unknown(id)
  return call
}

async function maySee(db: Reader, actor: Actor, call: Call): Promise<boolean> {
  const visible = visibleDepartments(actor)
  if (!visible || visible.includes(call.department_id)) return true
  return actor.kind === 'agent' && (call.agent_id === actor.agentId || (await isAsked(db, itemOf(call), actor.agentId)))
}

/** A call with what changes together with it, locked: nobody else asks anybody to take it, takes or ends it meanwhile. */
export interface Held {
  call: Call
  conversation: Conversation
  /** Those that ring, and whoever has it. */
  offers: Offer[]
}

/** Holds a call for a step that asks somebody to take it, or gives it to somebody who was not asked. */
export async function holdForRouting(tx: Tx, actor: Actor, id: string): Promise<Held> {
  await lockRouting(tx)
  return holdCall(tx, actor, id)
}

/** Holds a call for any other step. */
export async function holdCall(tx: Tx, actor: Actor, id: string): Promise<Held> {
  const { conversation_id } = await getCall(tx, actor, id)
  const conversation = await getConversationForChange(tx, systemActor, conversation_id)
  const call = await lockForChange(tx, tx.selectFrom('calls').selectAll().where('id', '=', id)).executeTakeFirst()
  if (!call) throw unknown(id)
  // A merge in this moment has taken it along.
  if (call.conversation_id !== conversation.id) return holdCall(tx, actor, id)
  return { call, conversation, offers: await openOffers(tx, { service: 'calls', id }) }
}

/** The offer by which an agent is asked to take the call; undefined: he is not asked. */
export const ringingAt = ({ offers }: Held, agentId: string): Offer | undefined =>
  offers.find(({ agent_id, accepted_at }) => agent_id === agentId && accepted_at === null)

/** Whoever has it. */
export const holderOf = ({ offers }: Pick<Held, 'offers'>): Offer | undefined =>
  offers.find(({ accepted_at }) => accepted_at !== null)

export function assertLives({ id, state }: Pick<Call, 'id' | 'state'>): void {
  if (state === 'ended') throw new Conflict(`Call ${id} has ended.`)
}

/** Whether an agent has it, or makes it. */
const has = ({ call, offers }: Held, agentId: string): boolean =>
  offers.some(({ agent_id, accepted_at }) => agent_id === agentId && accepted_at !== null) ||
  (call.direction !== 'incoming' && call.agent_id === agentId)

/** The agent in whose name something is done: oneself, or whom a program or an administrator names. */
export function agentBehind(actor: Actor, named: string | undefined): string | undefined {
  if (actor.kind !== 'agent' || mayAdminister(actor))
    return named ?? (actor.kind === 'agent' ? actor.agentId : undefined)
  if (named !== undefined && named !== actor.agentId)
    throw new NotAllowed('You cannot take or make a call in the name of another agent.')
  return actor.agentId
}

/** What is done to a call that is talked is up to whoever has it, to the telephony side and to administrators. */
export function assertMayHandle(actor: Actor, held: Held): void {
  if (mayDriveCalls(actor)) return
  if (!(actor.kind === 'agent' && has(held, actor.agentId)))
    throw new NotAllowed('Only the agent who has this call may do that, or an administrator.')
}

/** What only the telephony side knows. */
export function assertTelephony(actor: Actor): void {
  if (!mayDriveCalls(actor)) throw new NotAllowed('Only the telephony side may say that: it has an API key.')
}

export const itemOf = ({ id, department_id }: Pick<Call, 'id' | 'department_id'>) => ({
  service: 'calls' as const,
  id,
  departmentId: department_id,
})
