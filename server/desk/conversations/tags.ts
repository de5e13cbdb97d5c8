// Tags on conversations.
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { NotFound } from '../../lib/errors.ts'
import { tagFacts, untagFacts } from '../metrics/tag-facts.ts'
import { followLevel } from '../sla/clocks.ts'
import type { Tag } from '../tags/tags.ts'
import type { Conversation } from './conversation.ts'
import { addGroup } from './history.ts'
import { groupTypes, messageTypes } from './letters.ts'

/** The tags of a conversation in the order in which they were put on. */
export const listTagsOf = (db: Reader, conversation: { id: string }): Promise<Pick<Tag, 'id' | 'name'>[]> =>
  db
    .selectFrom('conversation_tags')
    .innerJoin('tags', 'tags.id', 'conversation_tags.tag_id')
    .select(['tags.id', 'tags.name'])
    .where('conversation_tags.conversation_id', '=', conversation.id)
    .orderBy('conversation_tags.added_at')
    .orderBy('tags.id')
    .execute()

/** Puts a tag on. Twice is once, and leaves no second trace. */
export async function addTagTo(
  tx: Tx,
  conversation: Conversation,
  tag: Tag,
  userId: string,
  at = Date.now(),
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('conversation_tags')
    .values({ conversation_id: conversation.id, tag_id: tag.id, added_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (!numInsertedOrUpdatedRows) return
  await tagFacts(tx, [conversation.id], [tag.id])
  await trace(tx, conversation, tag, userId, at, true)
}

/** Takes a tag off. One that is not on is NotFound. */
export async function removeTagFrom(
  tx: Tx,
  conversation: Conversation,
  tag: Tag,
  userId: string,
  at = Date.now(),
): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom('conversation_tags')
    .where('conversation_id', '=', conversation.id)
    .where('tag_id', '=', tag.id)
    .executeTakeFirst()
  if (!numDeletedRows) throw new NotFound(`The conversation does not have the tag '${tag.name}'`)
  await untagFacts(tx, [conversation.id], [tag.id])
  await trace(tx, conversation, tag, userId, at, false)
}

async function trace(
  tx: Tx,
  conversation: Conversation,
  tag: Tag,
  userId: string,
  at: number,
  isAdded: boolean,
): Promise<void> {
  await addGroup(tx, conversation, {
    type: groupTypes.tag,
    userId,
    at,
    messages: [{ type: messageTypes.tag, body: `${isAdded ? '+' : '-'} ${tag.name}` }],
  })
  await tx.updateTable('conversations').set({ changed_at: at }).where('id', '=', conversation.id).execute()
  await followLevel(tx, conversation, at)
  recordEvent(tx, {
    type: isAdded ? 'conversation.tagged' : 'conversation.untagged',
    conversationId: conversation.id,
    data: { tagid: tag.id, userid: userId },
  })
}
