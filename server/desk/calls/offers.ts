// What follows when an agent is no longer asked to take a call, or no longer has it; and looking again later.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue, enqueueLook } from '../../jobs/queue.ts'
import { recordFacts } from '../metrics/facts.ts'
import { endOffer, isMissed, type Offer, type OfferOutcome } from '../routing/offers.ts'
import type { Held } from './call.ts'

/** An agent who was asked has nothing to do with the call any more. */
export async function dropOffer(
  tx: Tx,
  { call, conversation }: Pick<Held, 'call' | 'conversation'>,
  dropped: Offer,
  outcome: OfferOutcome,
  now: number,
): Promise<void> {
  await endOffer(tx, dropped, outcome, now)
  if (call.direction === 'incoming' && dropped.accepted_at === null && isMissed(outcome))
    await recordFacts(tx, [{ kind: 'call_offer_missed', at: now, conversation, agentId: dropped.agent_id }])
  tellEnded(tx, call, dropped.agent_id, outcome)
}

const tellEnded = (tx: Tx, call: Held['call'], agentId: string, outcome: OfferOutcome): void =>
  recordEvent(tx, {
    type: 'call.offer.ended',
    conversationId: call.conversation_id,
    data: { callid: call.id, agentid: agentId, reference: call.reference, outcome },
  })

/** Tells that others are no longer asked: somebody has taken it. */
export function tellTaken(tx: Tx, { call, offers }: Held, takerId: string): void {
  for (const { agent_id, accepted_at } of offers)
    if (agent_id !== takerId) tellEnded(tx, call, agent_id, accepted_at === null ? 'taken' : 'handed-on')
}

/** Looks again then whether somebody is to be asked. Those of the same second share a job. */
export function routeLater(tx: Tx, at: number): Promise<void> {
  const runAt = Math.ceil(at / 1_000) * 1_000
  return enqueue(tx, 'route-calls', {}, { runAt, uniqueKey: `route-calls:${runAt}` })
}

/** Looks as soon as this is stored. */
export const routeNow = (tx: Tx): void => enqueueLook(tx, 'route-calls')
