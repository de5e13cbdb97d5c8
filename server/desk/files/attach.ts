// Tying uploaded files to the conversation that uses them.
import { lockForChange } from '../../db/differences.ts'
import type { Tx } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import type { File } from './files.ts'

/**
 * Attaches files to a conversation and returns them in the order given. A file belongs to one conversation: to name one
 * that another conversation holds would show it to people who may not see it.
 */
export async function attachFiles(tx: Tx, conversationId: string, fileIds: readonly string[]): Promise<File[]> {
  if (fileIds.length === 0) return []
  const ids = [...new Set(fileIds)]
  // Locked: two conversations that take the same file at once, or a deletion in between, must not both succeed.
  const rows = await lockForChange(
    tx,
    tx.selectFrom('files').selectAll().where('id', 'in', ids).orderBy('id'),
  ).execute()
  const files = ids.map((id) => {
    const file = rows.find((row) => row.id === id)
    if (!file) throw new Invalid('attachments', `names a file that does not exist: '${id}'`)
    if (file.conversation_id !== null && file.conversation_id !== conversationId)
      throw new Invalid('attachments', `names a file that belongs to another conversation: '${id}'`)
    return file
  })
  await tx.updateTable('files').set({ conversation_id: conversationId }).where('id', 'in', ids).execute()
  return files.map((file) => ({ ...file, conversation_id: conversationId }))
}
