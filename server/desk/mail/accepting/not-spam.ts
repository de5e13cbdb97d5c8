// Taking a conversation out of the spam, for it was none.
import type { Tx } from '../../../db/write.ts'
import { Conflict } from '../../../lib/errors.ts'
import { type Actor, userOf } from '../../actor.ts'
import { getConversationForChange } from '../../conversations/conversation.ts'
import { changeStatus } from '../../conversations/status.ts'
import { addRule, listRules } from './rules.ts'

/** Makes it new again. Its sender is allowed for good only if somebody says so: one wrong verdict vouches for nobody. */
export async function markAsNotSpam(tx: Tx, actor: Actor, conversationId: string, allowSender: boolean): Promise<void> {
  const conversation = await getConversationForChange(tx, actor, conversationId)
  if (conversation.status !== 'B') throw new Conflict('The conversation is not marked as spam.')
  const agentId = actor.kind === 'agent' ? actor.agentId : null
  await changeStatus(tx, conversation, { status: 'N', userId: userOf(actor), agentId })
  if (!allowSender) return
  const sender = await tx
    .selectFrom('customers')
    .select('email_key')
    .where('id', '=', conversation.customer_id)
    .executeTakeFirst()
  const pattern = sender?.email_key
  if (pattern == null) return
  const isAllowed = (await listRules(tx)).some((rule) => rule.action === 'allow' && rule.pattern === pattern)
  if (!isAllowed) await addRule(tx, actor, { action: 'allow', subject: 'sender', pattern })
}
