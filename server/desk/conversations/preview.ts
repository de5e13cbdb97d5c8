// What a list shows of a conversation, where it must be made from what is stored: its last message may have gone.
import type { Reader } from '../../db/write.ts'
import { messageTypes } from './letters.ts'
import { previewOf } from './messages.ts'

/** A preview needs far less; the rest of a long mail is not looked at. */
const LOOKED_AT = 10_000

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' }

// The real conversion needs a library and time, and this runs inside a transaction. What is stored has been sanitised:
// tags are well-formed, and these are the only entities.
/** The words of sanitised HTML, roughly. */
export const roughText = (html: string): string =>
  html
    .slice(0, LOOKED_AT)
    .replace(/<[^>]*(>|$)/g, ' ')
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' ')

/** The preview that a message group gives; undefined if it has no text. */
export async function previewOfGroup(db: Reader, conversationId: string, groupSeq: number): Promise<string> {
  const message = await db
    .selectFrom('messages')
    .select(['body', 'is_html'])
    .where('conversation_id', '=', conversationId)
    .where('group_seq', '=', groupSeq)
    .where('rtype', '=', messageTypes.message)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  if (!message) return ''
  return previewOf({ text: message.is_html ? roughText(message.body) : message.body.slice(0, LOOKED_AT) })
}
