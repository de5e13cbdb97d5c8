// Message-IDs that lead to conversations, so that an answer finds the one that it answers.
import { hash } from 'node:crypto'
import type { Reader, Tx } from '../../db/write.ts'

/** How we know: sent by us, received, told by an API client, or named in a mail whose original was not seen. */
export type ThreadIdOrigin = 'sent' | 'received' | 'told' | 'named'

const LONGEST = 900

/** `<abc@host>` and `abc@host` mean the same mail. Absurdly long ones are kept as their hash: an index must take them. */
export function bareMessageId(messageId: string): string {
  const bare = messageId.trim().replace(/^<|>$/g, '')
  return bare.length > LONGEST ? `sha256:${hash('sha256', bare, 'hex')}` : bare
}

/** Remembers that a mail belongs to a conversation. A newsletter's id may belong to many. */
export async function addThreadId(
  tx: Tx,
  messageId: string,
  conversationId: string,
  origin: ThreadIdOrigin,
  at: number,
): Promise<void> {
  await tx
    .insertInto('thread_ids')
    .values({ message_id: bareMessageId(messageId), conversation_id: conversationId, origin, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export interface ThreadIdMatch {
  messageId: string
  conversationId: string
  origin: string
}

/** The conversations that any of these Message-IDs lead to. */
export async function findByThreadIds(db: Reader, messageIds: readonly string[]): Promise<ThreadIdMatch[]> {
  if (messageIds.length === 0) return []
  const rows = await db
    .selectFrom('thread_ids')
    .select(['message_id as messageId', 'conversation_id as conversationId', 'origin'])
    .where('message_id', 'in', [...new Set(messageIds.map(bareMessageId))])
    .orderBy('created_at')
    .limit(1_000)
    .execute()
  return rows
}
