// Files in conversations: who may see one, which of them the customer sees, and what a deletion takes along.
import { z } from 'zod'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { NotFound } from '../../lib/errors.ts'
import type { Actor } from '../actor.ts'
import { type File, findFile, getFile, removeFile, unknownFile } from '../files/files.ts'
import { getConversation, getConversationForChange } from './conversation.ts'
import { messageTypes } from './letters.ts'
import { findPublicConversation, publicGroupTypes } from './public.ts'
import { cameByMerge } from './public-merged.ts'

/** Of a message: more are not shown. */
const MAX_PICTURES = 500

const bodySchema = z.object({
  fileid: z.string(),
  filename: z.string(),
  filesize: z.number(),
  filetype: z.string(),
})
export type Attachment = z.infer<typeof bodySchema>

/** What the body of a message of type F says; undefined if it is not one. See fileMessages in messages.ts. */
export function parseAttachment(body: string): Attachment | undefined {
  try {
    return bodySchema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

/** A file as the actor may see it: with the conversation that holds it; one that nothing holds, by its id alone. */
export async function getVisibleFile(db: Reader, actor: Actor, id: string): Promise<File> {
  const file = await getFile(db, id)
  if (file.conversation_id === null) return file
  try {
    await getConversation(db, actor, file.conversation_id)
  } catch (error) {
    // The same words as for a file that does not exist: the id of a conversation must not be told.
    throw error instanceof NotFound ? unknownFile(id) : error
  }
  return file
}

/**
 * A file for whoever holds the public code of its conversation. Only files that hang on messages which customers see:
 * what an agent attached to a note is as internal as the note.
 */
export async function getPublicFile(db: Reader, publicCode: string, id: string): Promise<File> {
  const conversation = await findPublicConversation(db, publicCode)
  const file = conversation && (await findFile(db, id))
  if (!file || file.conversation_id === null) throw unknownFile(id)
  // Links in mails that were sent carry the old code: they go on working after a merge, for what was its own.
  const isIts =
    file.conversation_id === conversation.id || (await cameByMerge(db, conversation, id, file.conversation_id))
  if (!isIts) throw unknownFile(id)
  return assertPublic(db, file.conversation_id, file)
}

/** A file for a customer who has signed in: one that he sees in a conversation of his own. `customerId` is the contact's. */
export async function getCustomersFile(db: Reader, customerId: string, id: string): Promise<File> {
  const file = await findFile(db, id)
  if (!file || file.conversation_id === null) throw unknownFile(id)
  const conversation = await db
    .selectFrom('conversations')
    .select('id')
    .where('id', '=', file.conversation_id)
    .where('customer_id', '=', customerId)
    .where('status', '<>', 'X')
    .executeTakeFirst()
  if (!conversation) throw unknownFile(id)
  return assertPublic(db, conversation.id, file)
}

/** Those of the given ids that are files of a conversation. */
export async function listFilesIn(
  db: Reader,
  conversation: { id: string },
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('files')
    .select('id')
    .where('id', 'in', ids.slice(0, MAX_PICTURES))
    .where('conversation_id', '=', conversation.id)
    .execute()
  return rows.map(({ id }) => id)
}

async function assertPublic(db: Reader, conversationId: string, file: File): Promise<File> {
  const rows = await fileMessagesIn(db, conversationId, file.id)
  if (!rows.some(({ group_type }) => publicGroupTypes.some((type) => type === group_type))) throw unknownFile(file.id)
  return file
}

/**
 * Deletes a file. A conversation that holds it loses the mention too: a link to something that is gone helps nobody. The
 * text of the message stays as it is.
 */
export async function deleteFile(tx: Tx, actor: Actor, id: string): Promise<void> {
  // Locked first: otherwise a message that attaches it meanwhile would keep a dead link.
  await lockForChange(tx, tx.selectFrom('files').select('id').where('id', '=', id)).execute()
  const file = await getVisibleFile(tx, actor, id)
  if (file.conversation_id !== null) await detach(tx, actor, file.conversation_id, id)
  await removeFile(tx, id)
}

async function detach(tx: Tx, actor: Actor, conversationId: string, fileId: string): Promise<void> {
  const conversation = await getConversationForChange(tx, actor, conversationId)
  const seqs = (await fileMessagesIn(tx, conversationId, fileId, [...fileTypes, ...voiceTypes])).map(({ seq }) => seq)
  if (seqs.length > 0) await tx.deleteFrom('messages').where('seq', 'in', seqs).execute()
  const at = Math.max(conversation.changed_at, Date.now())
  await tx.updateTable('conversations').set({ changed_at: at }).where('id', '=', conversationId).execute()
  recordEvent(tx, { type: 'attachment.removed', conversationId, data: { fileid: fileId } })
}

const fileTypes: readonly string[] = [messageTypes.file]
const voiceTypes: readonly string[] = [messageTypes.voice, messageTypes.internalVoice]

/** The messages of some types that name a file, each with the type of its group. Recordings are no attachments. */
async function fileMessagesIn(
  db: Reader,
  conversationId: string,
  fileId: string,
  types = fileTypes,
): Promise<{ seq: number; group_type: string }[]> {
  const rows = await db
    .selectFrom('messages')
    .innerJoin('message_groups', 'message_groups.seq', 'messages.group_seq')
    .select(['messages.seq', 'messages.body', 'message_groups.rtype as group_type'])
    .where('messages.conversation_id', '=', conversationId)
    .where('messages.rtype', 'in', types)
    .execute()
  return rows.filter(({ body }) => parseAttachment(body)?.fileid === fileId)
}
