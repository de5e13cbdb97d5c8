// Files that visitors send: only into their own chats, and not without end.
import type { Reader, Tx } from '../../db/write.ts'
import { Conflict, TooMany } from '../../lib/errors.ts'
import type { File } from '../files/files.ts'
import { getOwnChat } from './chat.ts'
import { type Spoken, sayAsVisitor } from './say.ts'
import type { Visitor } from './visitors.ts'

/** Of one chat, from both sides. */
const MAX_FILES = 50
const MAX_BYTES = 100_000_000

/** Looked at before the contents are stored, and again when the file is sent. */
export async function assertMaySendFile(
  db: Reader,
  visitor: Pick<Visitor, 'id'>,
  chatId: string,
  maxBytes = MAX_BYTES,
): Promise<void> {
  const chat = await getOwnChat(db, visitor, chatId)
  if (chat.state === 'ended') throw new Conflict('The chat has ended.')
  const { count, bytes } = await db
    .selectFrom('files')
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number | null>('size').as('bytes')])
    .where('conversation_id', '=', chat.conversation_id)
    .executeTakeFirstOrThrow()
  if (Number(count) >= MAX_FILES || Number(bytes) >= maxBytes)
    throw new TooMany(`A chat takes at most ${MAX_FILES} files, and ${MAX_BYTES / 1_000_000} MB.`, 3_600)
}

/** Sends a file that he has just handed over. */
export async function sendFile(tx: Tx, visitor: Visitor, chatId: string, file: File): Promise<Spoken> {
  await assertMaySendFile(tx, visitor, chatId)
  return sayAsVisitor(tx, visitor, chatId, { body: '', isHtml: false, text: '', fileIds: [file.id] })
}
