// The transcript: all that is said in a chat, in the one message group that stands for it in its conversation.
import { insertNumbered } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { idOfRow, rowOfId } from '../../lib/ids.ts'
import { SYSTEM_USER } from '../actor.ts'
import type { Message } from '../conversations/history.ts'
import { type MessageType, messageTypes } from '../conversations/letters.ts'
import type { Chat } from './chat.ts'

export interface Line {
  type: MessageType
  body: string
  isHtml?: boolean
  userId: string
  at: number
}

/** What happens in a chat, in words. Only agents read it. */
export const systemLine = (body: string, at: number, userId = SYSTEM_USER): Line => ({
  type: messageTypes.system,
  body,
  userId,
  at,
})

/** Adds lines to a chat, whose group lasts until now. Gives their ids. */
export async function addLines(tx: Tx, chat: Chat, lines: readonly Line[]): Promise<string[]> {
  const ids: string[] = []
  for (const { type, body, isHtml, userId, at } of lines) {
    const seq = await insertNumbered(tx, 'messages', {
      group_seq: chat.group_seq,
      conversation_id: chat.conversation_id,
      user_id: userId,
      rtype: type,
      is_html: isHtml ? 1 : 0,
      body,
      created_at: at,
    })
    ids.push(idOfRow(seq))
  }
  const last = lines.at(-1)
  if (last)
    await tx.updateTable('message_groups').set({ finished_at: last.at }).where('seq', '=', chat.group_seq).execute()
  return ids
}

export interface TranscriptFilter {
  /** Id of a message: only what came after it. */
  after?: string | undefined
  limit: number
}

/** What agents read, oldest first. */
export const listTranscript = (db: Reader, chat: Chat, filter: TranscriptFilter): Promise<Message[]> =>
  transcriptQuery(db, chat, filter).execute()

/** The query behind it. */
export function transcriptQuery(
  db: Reader,
  { group_seq }: Pick<Chat, 'group_seq'>,
  { after, limit }: TranscriptFilter,
) {
  const seq = after === undefined ? 0 : rowOfId(after)
  if (seq === undefined) throw new Invalid('after', 'must be the id of a message')
  return db
    .selectFrom('messages')
    .innerJoin('message_groups', 'message_groups.seq', 'messages.group_seq')
    .selectAll('messages')
    .whereRef('messages.conversation_id', '=', 'message_groups.conversation_id')
    .where('message_groups.seq', '=', group_seq)
    .where('messages.seq', '>', seq)
    .orderBy('messages.seq')
    .limit(limit)
}
