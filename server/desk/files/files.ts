// Files: rows here, contents in a store (store.ts). Who may see one is settled by the conversation that holds it.
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { enqueue } from '../../jobs/queue.ts'
import { NotFound } from '../../lib/errors.ts'
import type { FileRow } from './tables.ts'

export type File = Selectable<FileRow>

export const unknownFile = (id: string): NotFound => new NotFound(`File '${id}' not found`)

export async function findFile(db: Reader, id: string): Promise<File | undefined> {
  return db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Without a look at who asks: see desk/conversations/attachments.ts for that. */
export async function getFile(db: Reader, id: string): Promise<File> {
  const file = await findFile(db, id)
  if (!file) throw unknownFile(id)
  return file
}

/** The row of a file whose contents are in the store already. Attached to nothing. */
export async function addFile(tx: Tx, file: Pick<File, 'id' | 'name' | 'type' | 'size'>): Promise<File> {
  const row: File = { ...file, downloads: 0, conversation_id: null, created_at: Date.now() }
  await tx.insertInto('files').values(row).execute()
  return row
}

/** Deletes the row now and, by a job, the contents: no file is touched inside a transaction. */
export async function removeFile(tx: Tx, id: string): Promise<void> {
  const { numDeletedRows } = await tx.deleteFrom('files').where('id', '=', id).executeTakeFirst()
  if (!numDeletedRows) throw unknownFile(id)
  await enqueue(tx, 'remove-file', { fileId: id })
}

/** Counted by the database, so that two downloads at once are two. */
export async function countDownload(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('files')
    .set((eb) => ({ downloads: eb('downloads', '+', 1) }))
    .where('id', '=', id)
    .execute()
}
