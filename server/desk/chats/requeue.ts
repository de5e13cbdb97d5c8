// A chat goes back into the queue: its agent hands it to a department, or is not there any more.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { changeLive, waitAgain } from '../conversations/live-end.ts'
import { openOffers } from '../routing/offers.ts'
import { changeChat, type Held, itemOf } from './chat.ts'
import { bearerOf, closeOffer, enqueueRouting, moveLoad } from './steps.ts'

/** Takes a chat from whoever has it or is asked to take it, into the queue of its department or of another one. */
export async function requeue(tx: Tx, held: Held, now: number, departmentId?: string): Promise<Held> {
  const { chat, conversation } = held
  for (const offer of await openOffers(tx, itemOf(held)))
    await closeOffer(tx, held, offer, offer.accepted_at === null ? 'withdrawn' : 'handed-on', now)
  const waits = conversation.waiting_since === null ? await waitAgain(tx, conversation, now) : conversation
  const after = {
    chat: await changeChat(tx, chat, { state: 'queued', queued_at: now }),
    conversation: await changeLive(tx, waits, { status: 'I', agentId: null, departmentId, at: now }),
  }
  moveLoad(tx, held.conversation.id, held, bearerOf(after), now)
  recordEvent(tx, {
    type: 'chat.queued',
    conversationId: conversation.id,
    data: { departmentid: after.conversation.department_id },
  })
  enqueueRouting(tx)
  return after
}
