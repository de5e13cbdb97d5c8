// Agents take chats, or leave them to others. Two who take one at the same time: the first has it.
import type { Tx } from '../../db/write.ts'
import { Conflict } from '../../lib/errors.ts'
import type { Actor } from '../actor.ts'
import type { Agent } from '../agents/agents.ts'
import { isAsked, type Offer, openOffers } from '../routing/offers.ts'
import { askNext } from './ask.ts'
import { assertNotEnded, type Held, holdChat, holdForRouting, itemOf } from './chat.ts'
import { giveTo } from './give.ts'
import { closeOffer, enqueueRouting } from './steps.ts'

/** An agent takes a chat that he is asked to take, or that waits in the queue. */
export async function acceptChat(tx: Tx, actor: Actor, id: string, agent: Agent, now = Date.now()): Promise<Held> {
  // What he is asked to take takes up his room already: only for anything else it has to be counted.
  const hasRoomForIt = await isAsked(tx, { service: 'chats', id }, agent.id)
  const held = await (hasRoomForIt ? holdChat : holdForRouting)(tx, actor, id)
  assertNotEnded(held)
  // Asked again because the first answer was lost.
  if (hasIt(held, agent)) return held
  const offers = await openOffers(tx, itemOf(held))
  if (!ringingAt(offers, agent)) {
    if (held.chat.state === 'running') throw new Conflict('Another agent has taken this chat already.')
    // In the moment before it was held. The lock of routing comes before that of a chat, or two would wait for each other.
    if (hasRoomForIt) throw new Conflict('You are not asked to take this chat any more. Try again.')
  }
  return giveTo(tx, held, agent, now, offers)
}

/** An agent takes a chat from the colleague who has it, or out of the queue. */
export async function takeOverChat(tx: Tx, actor: Actor, id: string, agent: Agent, now = Date.now()): Promise<Held> {
  const held = await holdForRouting(tx, actor, id)
  assertNotEnded(held)
  return hasIt(held, agent) ? held : giveTo(tx, held, agent, now)
}

/** An agent does not take a chat: the next one is asked, or it stays with whoever wanted to hand it on. */
export async function declineChat(tx: Tx, actor: Actor, id: string, agent: Agent, now = Date.now()): Promise<Held> {
  const held = await holdForRouting(tx, actor, id)
  assertNotEnded(held)
  const offer = ringingAt(await openOffers(tx, itemOf(held)), agent)
  if (!offer) throw new Conflict('You are not asked to take this chat, or not any more.')
  await closeOffer(tx, held, offer, 'declined', now)
  if (held.chat.state === 'queued') await askNext(tx, held, now)
  // He has room for another one.
  enqueueRouting(tx)
  return held
}

export const hasIt = ({ chat }: Held, agent: Pick<Agent, 'id'>): boolean =>
  chat.state === 'running' && chat.agent_id === agent.id

const ringingAt = (offers: readonly Offer[], agent: Agent): Offer | undefined =>
  offers.find(({ agent_id, accepted_at }) => agent_id === agent.id && accepted_at === null)
