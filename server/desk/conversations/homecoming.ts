// A conversation that is opened again must wait where somebody sees it: its department or agent may be gone by then.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { SYSTEM_USER } from '../actor.ts'
import { countConversation } from '../departments/counts.ts'
import { DEFAULT_DEPARTMENT } from '../departments/departments.ts'
import { followLevel } from '../sla/clocks.ts'
import type { Conversation } from './conversation.ts'
import { loadConversation } from './load-steps.ts'

/** Takes a conversation that is new or open again out of a deleted department, and away from a deleted agent. */
export async function leaveWhatIsGone(tx: Tx, conversation: Conversation, status: string, at: number): Promise<void> {
  if (status !== 'N' && status !== 'C') return
  const gone = await tx
    .selectFrom('departments')
    .leftJoin('agents', (join) => join.on('agents.id', '=', conversation.agent_id ?? ''))
    .select(['departments.deleted_at as department', 'agents.deleted_at as agent'])
    .where('departments.id', '=', conversation.department_id)
    .executeTakeFirst()
  if (gone?.department == null && gone?.agent == null) return
  const change = {
    department_id: gone.department === null ? conversation.department_id : DEFAULT_DEPARTMENT,
    agent_id: gone.agent === null ? conversation.agent_id : null,
  }
  await tx.updateTable('conversations').set(change).where('id', '=', conversation.id).execute()
  countConversation(tx, conversation, { department_id: change.department_id })
  loadConversation(tx, conversation, change, at)
  await followLevel(tx, conversation, at)
  recordEvent(tx, {
    type: 'conversation.transferred',
    conversationId: conversation.id,
    data: {
      departmentid: change.department_id,
      agentid: change.agent_id,
      userid: SYSTEM_USER,
      from: conversation.department_id,
    },
  })
}
