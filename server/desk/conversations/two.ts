// Two conversations that are changed together.
import type { Tx } from '../../db/write.ts'
import { Conflict, Invalid } from '../../lib/errors.ts'
import type { Actor } from '../actor.ts'
import { type Conversation, getConversation, getConversationForChange } from './conversation.ts'
import { isLive } from './letters.ts'
import { followMerges } from './merged.ts'

/**
 * Both, locked for change; unknown to whoever may not see them. Always in the order of their ids: two who merge the same
 * conversations crosswise at the same time would otherwise wait for each other forever.
 */
export async function getBothForChange(
  tx: Tx,
  actor: Actor,
  identifiers: { from: string; to: string },
): Promise<{ from: Conversation; to: Conversation }> {
  const from = await getConversation(tx, actor, identifiers.from)
  const to = await getConversation(tx, actor, identifiers.to)
  if (from.id === to.id) throw new Invalid('into', 'must be another conversation than this one')
  const locked = new Map<string, Conversation>()
  for (const id of [from.id, to.id].sort()) locked.set(id, await getConversationForChange(tx, actor, id))
  return { from: locked.get(from.id) ?? from, to: locked.get(to.id) ?? to }
}

/** Refuses conversations whose messages can neither come nor go. */
export async function assertMovable(tx: Tx, conversation: Conversation): Promise<void> {
  const { code, status, merged_into } = conversation
  if (merged_into !== null) {
    const id = await followMerges(tx, merged_into)
    const into = await tx.selectFrom('conversations').select('code').where('id', '=', id).executeTakeFirst()
    throw new Conflict(`Conversation ${code} was merged into ${into?.code ?? id} already.`)
  }
  if (status === 'X') throw new Conflict(`Conversation ${code} is deleted. Give it another status first.`)
  if (status === 'B') throw new Conflict(`Conversation ${code} is spam. Give it another status first.`)
  if (isLive(status)) throw new Conflict(`Conversation ${code} is a chat or call that has not ended yet.`)
}
