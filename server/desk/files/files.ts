// Files: rows here, contents in a store (store.ts).
import type { Selectable } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { NotFound } from '../../lib/errors.ts'
import type { FileRow } from './tables.ts'

export type File = Selectable<FileRow>

export async function getFile(db: Reader, id: string): Promise<File> {
  const file = await db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst()
  if (!file) throw new NotFound(`File '${id}' not found`)
  return file
}
