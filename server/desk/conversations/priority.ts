// How urgent a conversation is. Agents say so; SLA rules may promise a sooner answer for it.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import type { Priority } from '../../lib/priorities.ts'
import { followLevel } from '../sla/clocks.ts'
import type { Conversation } from './conversation.ts'
import { addGroup } from './history.ts'
import { groupTypes, messageTypes } from './letters.ts'

/** Changes the priority and leaves a trace in the history. The same one again is no change. */
export async function changePriority(
  tx: Tx,
  conversation: Conversation,
  { priority, userId, at = Date.now() }: { priority: Priority; userId: string; at?: number },
): Promise<void> {
  if (conversation.priority === priority) return
  await addGroup(tx, conversation, {
    type: groupTypes.internal,
    userId,
    at,
    messages: [{ type: messageTypes.system, body: `Priority: ${conversation.priority} → ${priority}` }],
  })
  const changed_at = Math.max(conversation.changed_at, at)
  await tx.updateTable('conversations').set({ priority, changed_at }).where('id', '=', conversation.id).execute()
  await followLevel(tx, conversation, at)
  recordEvent(tx, {
    type: 'conversation.changed',
    conversationId: conversation.id,
    data: { priority, userid: userId },
  })
}
