// What the mail programs of customers keep a conversation together by.
import { prepared } from '../../../db/prepared.ts'
import type { Reader } from '../../../db/write.ts'

/** Longer chains are cut in the middle, as RFC 5322 suggests: the first mails name the thread, the last ones the place. */
const FIRST = 3
const LAST = 12

const idsOf = prepared((db, conversationId: string, before: number) =>
  db
    .selectFrom('thread_ids')
    .select('message_id')
    .where('conversation_id', '=', conversationId)
    .where('origin', 'in', ['sent', 'received', 'told'])
    .where('created_at', '<=', before)
    .orderBy('created_at', 'desc')
    .orderBy('message_id')
    .limit(100),
)

/** A Message-ID that can stand in a header: what others wrote is not believed. */
const PRINTABLE = /^[\x21-\x3b\x3d\x3f-\x7e]{3,250}$/

export interface Threading {
  inReplyTo: string | undefined
  references: string[]
}

/**
 * The headers of a mail in a conversation. `rootId` comes first in every mail: it holds them together where a program has
 * none of the others, for instance because the customer began in a form.
 */
export async function threadingOf(
  db: Reader,
  conversationId: string,
  mail: { messageId: string; inReplyTo: string | null; queuedAt: number },
  rootId: string,
): Promise<Threading> {
  const rows = await idsOf(db, conversationId, mail.queuedAt)
  const inReplyTo = mail.inReplyTo ?? undefined
  const ids = rows
    .map(({ message_id }) => message_id)
    .reverse()
    .filter((id) => id !== mail.messageId && id !== inReplyTo && id !== rootId)
  const chain = ids.length > FIRST + LAST ? [...ids.slice(0, FIRST), ...ids.slice(-LAST)] : ids
  const all = [rootId, ...chain, ...(inReplyTo === undefined ? [] : [inReplyTo])].filter((id) => PRINTABLE.test(id))
  return {
    inReplyTo: inReplyTo !== undefined && PRINTABLE.test(inReplyTo) ? `<${inReplyTo}>` : undefined,
    references: all.map((id) => `<${id}>`),
  }
}
