// A chat ends. What was said stays as its transcript, and its conversation becomes a ticket.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { SYSTEM_USER, systemActor } from '../actor.ts'
import { messageTypes } from '../conversations/letters.ts'
import { endLive } from '../conversations/live-end.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { openOffers } from '../routing/offers.ts'
import { inBusinessTime } from '../sla/clocks.ts'
import { type Chat, changeChat, getOwnChat, type Held, holdChat, itemOf } from './chat.ts'
import { closeOffer, enqueueRouting, moveLoad } from './steps.ts'
import { addLines } from './transcript.ts'
import { VISITOR_PATIENCE_MS, type Visitor } from './visitors.ts'

export type EndedBy = 'visitor' | 'agent' | 'system'

export interface Ending {
  by: EndedBy
  /** Who did it, for the history. */
  userId?: string | undefined
  at: number
}

const words: Record<EndedBy, string> = {
  visitor: 'The visitor has ended the chat.',
  agent: 'The chat was ended.',
  system: 'The visitor has left.',
}

/** Ends a chat that has not ended. */
export async function endChat(tx: Tx, held: Held, { by, userId = SYSTEM_USER, at }: Ending): Promise<Held> {
  const { chat, conversation } = held
  for (const offer of await openOffers(tx, itemOf(held))) {
    // Whoever was being asked has missed it, unless a colleague settled it.
    const unaccepted = by === 'agent' ? 'withdrawn' : 'left'
    await closeOffer(tx, held, offer, offer.accepted_at === null ? unaccepted : 'done', at)
  }
  const facts: FactDraft[] = [
    { kind: 'chat_ended', at, conversation, agentId: chat.agent_id },
    ...(chat.answered_at === null ? [{ kind: 'chat_unanswered' as const, at, conversation }] : []),
    ...(chat.accepted_at === null
      ? []
      : [{ kind: 'chat_talked' as const, at, conversation, agentId: chat.agent_id, took: at - chat.accepted_at }]),
  ]
  await recordFacts(tx, await inBusinessTime(tx, conversation, facts))
  await addLines(tx, chat, [{ type: messageTypes.end, body: words[by], userId, at }])
  // The visitor may have left before, and nobody noticed.
  if (by === 'agent' && chat.answered_at !== null)
    await enqueue(tx, 'mail-missed', { conversationId: conversation.id }, { runAt: at + VISITOR_PATIENCE_MS })
  const after = {
    chat: await changeChat(tx, chat, { state: 'ended', ended_at: at, ended_by: by }),
    conversation: await endLive(tx, conversation, at),
  }
  moveLoad(tx, held.conversation.id, held, undefined, at)
  recordEvent(tx, { type: 'chat.ended', conversationId: conversation.id, data: { by } })
  enqueueRouting(tx)
  return after
}

/** A visitor ends his chat. Said twice, it is ended all the same. */
export async function endOwnChat(tx: Tx, visitor: Pick<Visitor, 'id'>, id: string, at = Date.now()): Promise<Chat> {
  const { conversation_id } = await getOwnChat(tx, visitor, id)
  const held = await holdChat(tx, systemActor, conversation_id)
  return held.chat.state === 'ended' ? held.chat : (await endChat(tx, held, { by: 'visitor', at })).chat
}
