// Tags: named, coloured labels for conversations.

import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import type { TagRow } from './tables.ts'

export type Tag = Selectable<TagRow>

/** All tags by name, archived ones included: they still stand on conversations. */
export const listTags = (db: Reader): Promise<Tag[]> => db.selectFrom('tags').selectAll().orderBy('name_key').execute()

export async function getTag(db: Reader, id: string): Promise<Tag> {
  const tag = await db.selectFrom('tags').selectAll().where('id', '=', id).executeTakeFirst()
  if (!tag) throw new NotFound(`Tag '${id}' not found`)
  return tag
}

export const findTagByName = (db: Reader, name: string): Promise<Tag | undefined> =>
  db.selectFrom('tags').selectAll().where('name_key', '=', name.trim().toLowerCase()).executeTakeFirst()

export interface TagDraft {
  name: string
  /** Six hex digits. */
  color?: string | undefined
  bgColor?: string | undefined
  isArchived?: boolean | undefined
}

export async function addTag(tx: Tx, draft: TagDraft): Promise<Tag> {
  if (await findTagByName(tx, draft.name)) throw new Conflict(`A tag called '${draft.name}' exists already.`)
  const tag: Tag = {
    id: newId(),
    name: draft.name.trim(),
    name_key: draft.name.trim().toLowerCase(),
    color: draft.color ?? 'FFFFFF',
    bg_color: draft.bgColor ?? '0000FF',
    is_archived: draft.isArchived ? 1 : 0,
    created_at: Date.now(),
  }
  await tx.insertInto('tags').values(tag).execute()
  recordEvent(tx, { type: 'tag.added', data: { id: tag.id, name: tag.name } })
  return tag
}

export async function changeTag(tx: Tx, id: string, patch: Partial<TagDraft>): Promise<Tag> {
  // Two who change different things of one tag must both find theirs in it.
  await lockForChange(tx, tx.selectFrom('tags').select('id').where('id', '=', id)).execute()
  const before = await getTag(tx, id)
  const name = patch.name?.trim() ?? before.name
  const namesake = await findTagByName(tx, name)
  if (namesake && namesake.id !== id) throw new Conflict(`A tag called '${name}' exists already.`)
  const tag: Tag = {
    ...before,
    name,
    name_key: name.toLowerCase(),
    color: patch.color ?? before.color,
    bg_color: patch.bgColor ?? before.bg_color,
    is_archived: patch.isArchived === undefined ? before.is_archived : Number(patch.isArchived),
  }
  await tx.updateTable('tags').set(tag).where('id', '=', id).execute()
  recordEvent(tx, { type: 'tag.changed', data: { id } })
  return tag
}

/** Deletes a tag. It leaves every conversation at once, for readers look at live tags only; a job sweeps up the rows. */
export async function removeTag(tx: Tx, id: string): Promise<void> {
  await getTag(tx, id)
  await tx.deleteFrom('tags').where('id', '=', id).execute()
  await enqueue(tx, 'sweep-tag', { tagId: id })
  recordEvent(tx, { type: 'tag.removed', data: { id } })
}

const PORTION = 1_000

/**
 * Removes a portion of what a deleted tag left behind; true while there is more. `onTaken` hears from which conversations
 * it was taken, in the same transaction.
 */
export async function sweepTag(
  tx: Tx,
  tagId: string,
  onTaken: (conversationIds: readonly string[]) => Promise<void>,
): Promise<boolean> {
  const rows = await tx
    .selectFrom('conversation_tags')
    .select('conversation_id')
    .where('tag_id', '=', tagId)
    .limit(PORTION)
    .execute()
  if (rows.length === 0) return false
  const taken = await tx
    .deleteFrom('conversation_tags')
    .where('tag_id', '=', tagId)
    .where(
      'conversation_id',
      'in',
      rows.map((row) => row.conversation_id),
    )
    .returning('conversation_id')
    .execute()
  await onTaken(taken.map((row) => row.conversation_id))
  return rows.length === PORTION
}
