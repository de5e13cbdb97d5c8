// Visitors who left without a word. Their chats end; what agents wrote since is mailed to them, if they have an address.

import { insertNumbered } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { mailGroup } from '../conversations/answers.ts'
import { groupTypes, messageTypes } from '../conversations/letters.ts'
import { lockRouting } from '../routing/offers.ts'
import { type Held, holdChat, isLiveChat } from './chat.ts'
import { endChat } from './end.ts'
import { VISITOR_PATIENCE_MS } from './visitors.ts'

const PORTION = 50

/**
 * Ends a portion of the chats whose visitors have left; true while there are more. `upSince`: before that, nobody was
 * there to hear a sign of life.
 */
export async function sweepChats(tx: Tx, upSince: number, now = Date.now()): Promise<boolean> {
  if (now - upSince < VISITOR_PATIENCE_MS) return false
  await lockRouting(tx)
  const rows = await vanished(tx, now).execute()
  for (const { conversation_id, seen_at } of rows) {
    const held = await holdChat(tx, systemActor, conversation_id)
    if (held.chat.state === 'ended') continue
    const after = await endChat(tx, held, { by: 'system', at: now })
    await mailUnseen(tx, after, seen_at ?? 0)
  }
  return rows.length === PORTION
}

/** He says at least so often that he is there: what is written later than that after a sign, he has not seen. */
const SIGNS_MS = 30_000

/**
 * Mails what a visitor was not there to see when an agent ended his chat. Unlike one who has left for certain, he may have
 * closed the page right after the last words: those that he can have seen are not repeated.
 */
export async function mailMissed(tx: Tx, conversationId: string): Promise<void> {
  const known = await tx
    .selectFrom('chats')
    .innerJoin('conversations', 'conversations.id', 'chats.conversation_id')
    .leftJoin('visitors', 'visitors.id', 'chats.visitor_id')
    .select('visitors.seen_at')
    .where('chats.conversation_id', '=', conversationId)
    .where('chats.state', '=', 'ended')
    .where('conversations.status', 'not in', ['B', 'X'])
    .executeTakeFirst()
  if (!known || known.seen_at === null) return
  await mailUnseen(tx, await holdChat(tx, systemActor, conversationId), known.seen_at + SIGNS_MS)
}

/** The query behind it. */
export const vanished = (db: Reader, now: number) =>
  db
    .selectFrom('chats')
    .leftJoin('visitors', 'visitors.id', 'chats.visitor_id')
    .select(['chats.conversation_id', 'visitors.seen_at'])
    .where(isLiveChat)
    .where(({ or, eb }) =>
      or([eb('visitors.seen_at', 'is', null), eb('visitors.seen_at', '<=', now - VISITOR_PATIENCE_MS)]),
    )
    .orderBy('chats.started_at')
    .limit(PORTION)

/** What agents wrote after a visitor was seen last leaves the chat for a group of its own, and goes out as an answer. */
async function mailUnseen(tx: Tx, { chat, conversation }: Held, seenAt: number): Promise<void> {
  const said = await tx
    .selectFrom('messages')
    .innerJoin('agents', 'agents.id', 'messages.user_id')
    .select(['messages.seq', 'messages.user_id', 'messages.created_at'])
    .where('messages.conversation_id', '=', conversation.id)
    .where('messages.group_seq', '=', chat.group_seq)
    .where('messages.rtype', 'in', [messageTypes.message, messageTypes.file])
    .where('messages.created_at', '>', seenAt)
    .orderBy('messages.seq')
    .execute()
  const [first, last] = [said[0], said.at(-1)]
  const customer = await tx
    .selectFrom('customers')
    .select('email')
    .where('id', '=', conversation.customer_id)
    .executeTakeFirst()
  if (!first || !last || customer?.email == null) return
  const groupSeq = await insertNumbered(tx, 'message_groups', {
    conversation_id: conversation.id,
    user_id: last.user_id,
    rtype: groupTypes.outgoing,
    rstatus: 'V',
    created_at: first.created_at,
    finished_at: last.created_at,
  })
  const seqs = said.map(({ seq }) => seq)
  await tx.updateTable('messages').set({ group_seq: groupSeq }).where('seq', 'in', seqs).execute()
  await tx
    .updateTable('conversations')
    .set((eb) => ({ groups_out: eb('groups_out', '+', 1) }))
    .where('id', '=', conversation.id)
    .execute()
  await mailGroup(tx, conversation, groupSeq, { author: { kind: 'agent', userId: last.user_id } })
}
