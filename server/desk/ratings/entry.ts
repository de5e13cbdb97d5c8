// A rating in the history: messages in the group of what was rated, so that they stay with it wherever it is moved.
import { insertNumbered } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { type MessageType, messageTypes } from '../conversations/letters.ts'
import type { Grade, Rating } from './ratings.ts'

const grades: Record<Grade, { type: MessageType; body: string }> = {
  good: { type: messageTypes.goodRating, body: 'Rated as good' },
  bad: { type: messageTypes.badRating, body: 'Rated as bad' },
}

type Entry = Pick<Rating, 'conversation_id' | 'group_seq' | 'user_id' | 'comment' | 'changed_at'>

/** Makes the history say what a rating says now. Its messages are changed in place: there is one for each, however often. */
export async function putEntry(tx: Tx, rating: Entry, grade: Grade): Promise<void> {
  const { type, body } = grades[grade]
  await putMessage(tx, rating, [messageTypes.goodRating, messageTypes.badRating], { type, body })
  if (rating.comment === '') await dropMessages(tx, rating, [messageTypes.ratingComment])
  else
    await putMessage(tx, rating, [messageTypes.ratingComment], {
      type: messageTypes.ratingComment,
      body: rating.comment,
    })
}

export const dropEntry = (tx: Tx, rating: Entry): Promise<void> =>
  dropMessages(tx, rating, [messageTypes.goodRating, messageTypes.badRating, messageTypes.ratingComment])

async function putMessage(
  tx: Tx,
  { conversation_id, group_seq, user_id, changed_at }: Entry,
  types: readonly MessageType[],
  { type, body }: { type: MessageType; body: string },
): Promise<void> {
  const values = { user_id, rtype: type, is_html: 0, body, created_at: changed_at }
  const { numUpdatedRows } = await tx
    .updateTable('messages')
    .set(values)
    .where('conversation_id', '=', conversation_id)
    .where('group_seq', '=', group_seq)
    .where('rtype', 'in', types)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) await insertNumbered(tx, 'messages', { conversation_id, group_seq, ...values })
}

async function dropMessages(
  tx: Tx,
  { conversation_id, group_seq }: Entry,
  types: readonly MessageType[],
): Promise<void> {
  await tx
    .deleteFrom('messages')
    .where('conversation_id', '=', conversation_id)
    .where('group_seq', '=', group_seq)
    .where('rtype', 'in', types)
    .execute()
}
