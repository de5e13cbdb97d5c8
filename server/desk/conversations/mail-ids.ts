// Message-IDs of mails, so that an answer finds the conversation that it answers.
import type { Reader, Tx } from '../../db/write.ts'

/** `<abc@host>` and `abc@host` mean the same mail. */
export const bareMessageId = (messageId: string): string => messageId.trim().replace(/^<|>$/g, '')

/** Remembers that a mail belongs to a conversation. The first conversation that named it keeps it. */
export async function addMailMessageId(tx: Tx, messageId: string, conversationId: string, at: number): Promise<void> {
  await tx
    .insertInto('mail_message_ids')
    .values({ message_id: bareMessageId(messageId), conversation_id: conversationId, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The conversation that a mail belongs to. */
export async function findConversationOfMail(db: Reader, messageId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('mail_message_ids')
    .select('conversation_id')
    .where('message_id', '=', bareMessageId(messageId))
    .executeTakeFirst()
  return row?.conversation_id
}
