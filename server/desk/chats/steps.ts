// What steps of a chat's life have in common: its load, its offers and how they end, and who is to look at the queue.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue, enqueueLook } from '../../jobs/queue.ts'
import { recordFacts } from '../metrics/facts.ts'
import { recordLoad } from '../metrics/load.ts'
import { endOffer, isMissed, type Offer, type OfferOutcome } from '../routing/offers.ts'
import type { Held } from './chat.ts'

/** Who has it, or null: it waits. Undefined: it is over, or was not there. */
export interface Bearer {
  departmentId: string
  agentId: string | null
}

export const bearerOf = ({ chat, conversation }: Held): Bearer | undefined =>
  chat.state === 'ended'
    ? undefined
    : { departmentId: conversation.department_id, agentId: chat.state === 'running' ? chat.agent_id : null }

/** Moves a chat in the load, from where it was to where it is now. */
export function moveLoad(
  tx: Tx,
  conversationId: string,
  before: Held | undefined,
  to: Bearer | undefined,
  now: number,
): void {
  // A clock that was set back must not take a chat away before it came: the load would be less than nothing.
  const at = Math.max(now, before?.conversation.changed_at ?? now)
  const step = (bearer: Bearer | undefined, delta: number) =>
    bearer ? [{ service: 'chats' as const, at, ...bearer, delta, conversationId, itemId: conversationId }] : []
  recordLoad(tx, [...step(before && bearerOf(before), -1), ...step(to, 1)])
}

/** Ends what an agent had to do with a chat. */
export async function closeOffer(tx: Tx, held: Held, offer: Offer, outcome: OfferOutcome, now: number): Promise<void> {
  await endOffer(tx, offer, outcome, now)
  await tellOfferEnded(tx, held, offer.agent_id, outcome, now)
}

/** Says that an offer has ended; one that was missed is a fact. */
export async function tellOfferEnded(
  tx: Tx,
  { conversation }: Held,
  agentId: string,
  outcome: OfferOutcome,
  now: number,
): Promise<void> {
  if (isMissed(outcome)) await recordFacts(tx, [{ kind: 'chat_offer_missed', at: now, conversation, agentId }])
  recordEvent(tx, {
    type: 'chat.offer.ended',
    conversationId: conversation.id,
    data: { agentid: agentId, outcome },
  })
}

/** Somebody has become free. */
export const enqueueRouting = (tx: Tx): void => enqueueLook(tx, 'route-chats')

/** Looks again at an instant: those of one second share a job. */
export function routeLater(tx: Tx, at: number): Promise<void> {
  const second = Math.ceil(at / 1_000)
  return enqueue(tx, 'route-chats', {}, { runAt: second * 1_000, uniqueKey: `route-chats:${second}` })
}
