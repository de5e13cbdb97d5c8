// A chat is given to an agent: because he accepts it, takes it out of the queue, or takes it from a colleague.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict } from '../../lib/errors.ts'
import type { Agent } from '../agents/agents.ts'
import { listDepartmentsOf } from '../agents/agents.ts'
import { changeLive } from '../conversations/live-end.ts'
import { recordFacts } from '../metrics/facts.ts'
import { hasRoom, type Offer, openOffers, take } from '../routing/offers.ts'
import { inBusinessTime } from '../sla/clocks.ts'
import { changeChat, type Held, itemOf } from './chat.ts'
import { bearerOf, enqueueRouting, moveLoad, tellOfferEnded } from './steps.ts'
import { addLines, systemLine } from './transcript.ts'

/**
 * Gives a chat to an agent; whoever else was asked, or had it, has nothing more to do with it. `held` is from holdForRouting,
 * unless he is asked to take it. `known` are its open offers, where they were read already.
 */
export async function giveTo(tx: Tx, held: Held, agent: Agent, now: number, known?: readonly Offer[]): Promise<Held> {
  const { chat, conversation } = held
  const offers = known ?? (await openOffers(tx, itemOf(held)))
  const isAsked = offers.some(({ agent_id }) => agent_id === agent.id)
  if (!isAsked) await assertCanTake(tx, held, agent)
  await take(tx, itemOf(held), agent.id, offers, now)
  const others = offers.filter(({ agent_id }) => agent_id !== agent.id)
  for (const { agent_id, accepted_at } of others)
    await tellOfferEnded(tx, held, agent_id, accepted_at === null ? 'taken' : 'handed-on', now)
  const isFirst = chat.accepted_at === null
  const after = {
    chat: await changeChat(tx, chat, {
      state: 'running',
      agent_id: agent.id,
      accepted_at: chat.accepted_at ?? now,
    }),
    conversation: await changeLive(tx, conversation, { status: 'T', agentId: agent.id, at: now }),
  }
  moveLoad(tx, held.conversation.id, held, bearerOf(after), now)
  if (isFirst) {
    const fact = {
      kind: 'chat_accepted' as const,
      at: now,
      conversation,
      agentId: agent.id,
      took: now - chat.started_at,
    }
    await recordFacts(tx, await inBusinessTime(tx, conversation, [fact]))
  }
  await addLines(tx, after.chat, [systemLine(`${agent.system_name} has the chat now.`, now, agent.id)])
  recordEvent(tx, { type: 'chat.accepted', conversationId: conversation.id, data: { agentid: agent.id } })
  // Those who were asked, or had it, can take another one.
  if (others.length > 0) enqueueRouting(tx)
  return after
}

/** Whoever was not asked must work where the chat is, and have room for it. */
export async function assertCanTake(tx: Tx, held: Held, agent: Agent): Promise<void> {
  await assertWorksThere(tx, held, agent)
  if (!(await hasRoom(tx, itemOf(held), agent.id)))
    throw new Conflict(`${agent.system_name} has as many chats as he can take at once.`)
}

export async function assertWorksThere(tx: Tx, { conversation }: Held, agent: Agent): Promise<void> {
  if (agent.role === 'A' && !(await listDepartmentsOf(tx, agent.id)).includes(conversation.department_id))
    throw new Conflict(`${agent.system_name} does not work in the department of this chat.`)
}
