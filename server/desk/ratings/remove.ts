// Taking a rating out: one that is an abuse, or was given by mistake.
import { lockForChange } from '../../db/differences.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { NotAllowed, NotFound } from '../../lib/errors.ts'
import { type Actor, mayAdminister, systemActor, userOf } from '../actor.ts'
import { getConversationForChange } from '../conversations/conversation.ts'
import { recordFacts } from '../metrics/facts.ts'
import { dropEntry } from './entry.ts'
import { getRating } from './find.ts'
import { eventData, factOf } from './rate.ts'
import { gradeOf, undoneFacts } from './ratings.ts'

/** Takes a rating out of reports and history, for good: its words are gone, and the link that gave it works no more. */
export async function removeRating(tx: Tx, actor: Actor, id: string): Promise<void> {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may remove ratings.')
  const named = await getRating(tx, actor, id)
  // Whoever rates holds the conversation: he and we take turns.
  await getConversationForChange(tx, systemActor, named.conversation_id)
  const query = tx.selectFrom('ratings').selectAll().where('seq', '=', named.seq).where('removed_at', 'is', null)
  const rating = await lockForChange(tx, query).executeTakeFirst()
  if (!rating) throw new NotFound(`Rating '${id}' not found`)
  const now = Date.now()
  await tx
    .updateTable('ratings')
    .set({ removed_at: now, changed_at: now, comment: '' })
    .where('seq', '=', rating.seq)
    .execute()
  await recordFacts(tx, [factOf(rating, undoneFacts[gradeOf(rating)])])
  await dropEntry(tx, rating)
  recordEvent(tx, {
    type: 'rating.removed',
    conversationId: rating.conversation_id,
    data: { ...eventData(rating), userid: userOf(actor) },
  })
}
