// Storing a file: contents first, then the row that names them.
import type { Database } from '../../db/open.ts'
import { newFileId } from '../../lib/ids.ts'
import { addFile, type File, findFile } from './files.ts'
import { cleanFileName, cleanFileType, UNKNOWN_TYPE } from './names.ts'
import type { FileStore } from './store.ts'

export interface FileDraft {
  /** As given by whoever sends it: it is cleaned here. */
  name: string
  /** MIME type; what has not the shape of one is stored as unknown. */
  type: string
  contents: Uint8Array
}

/**
 * Stores a file that is attached to nothing yet. Outside of any transaction, since contents go to disk first: a crash in
 * between leaves contents without a row, which are only waste, and never a row without contents.
 */
export async function storeFile(
  { database, files }: { database: Database; files: FileStore },
  draft: FileDraft,
): Promise<File> {
  const id = newFileId()
  try {
    await files.put(id, draft.contents)
    return await database.write((tx) =>
      addFile(tx, {
        id,
        name: cleanFileName(draft.name),
        type: cleanFileType(draft.type) ?? UNKNOWN_TYPE,
        size: draft.contents.length,
      }),
    )
  } catch (error) {
    await removeUnnamed(database, files, id)
    throw error
  }
}

/** Removes contents that no row names. When that cannot be known (a connection lost while committing), they stay. */
async function removeUnnamed(database: Database, files: FileStore, id: string): Promise<void> {
  try {
    if (!(await findFile(database.reader, id))) await files.remove(id)
  } catch {
    // The first error is the one to tell.
  }
}
