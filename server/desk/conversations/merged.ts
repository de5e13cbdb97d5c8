// Conversations that were merged into others: where what is meant for them belongs now.
import type { Reader, Tx } from '../../db/write.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import type { Actor } from '../actor.ts'
import { type Conversation, getConversation, getConversationForChange } from './conversation.ts'

/** Merged again and again, a thousand times over: nobody does that; it only keeps a damaged row from being followed forever. */
const MAX_MERGES = 1_000

/** The conversation that an id leads to today: itself, or what it was merged into, however often. */
export async function followMerges(db: Reader, conversationId: string): Promise<string> {
  let id = conversationId
  for (let n = 0; n < MAX_MERGES; n++) {
    const row = await db.selectFrom('conversations').select('merged_into').where('id', '=', id).executeTakeFirst()
    if (row?.merged_into == null) return id
    id = row.merged_into
  }
  throw new Error(`conversation ${conversationId} was merged in a circle`)
}

/**
 * The conversation that a message for `identifier` goes into, locked for change: of a merged one, what it was merged into.
 * Somebody who holds an old id must not have his message lost in a conversation that nobody looks at any more.
 */
export async function getConversationForMessage(tx: Tx, actor: Actor, identifier: string): Promise<Conversation> {
  const named = await getConversation(tx, actor, identifier)
  for (let id = named.id; ; ) {
    const standing = await lockStanding(tx, actor, await followMerges(tx, id), named)
    // Merged on in the moment before it was locked.
    if (standing.merged_into === null) return standing
    id = standing.id
  }
}

async function lockStanding(tx: Tx, actor: Actor, id: string, named: Conversation): Promise<Conversation> {
  try {
    return await getConversationForChange(tx, actor, id)
  } catch (error) {
    if (!(error instanceof NotFound) || id === named.id) throw error
    throw new Conflict(`Conversation ${named.code} was merged into one that you may not see.`)
  }
}
