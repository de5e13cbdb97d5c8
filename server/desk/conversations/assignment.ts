// Transfers: who is to answer a conversation, and in which department it waits.
import { lockForChange } from '../../db/differences.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Conflict, Invalid } from '../../lib/errors.ts'
import { type Agent, listDepartmentsOf } from '../agents/agents.ts'
import { countConversation } from '../departments/counts.ts'
import type { Department } from '../departments/departments.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { followLevel, inBusinessTime } from '../sla/clocks.ts'
import type { Conversation } from './conversation.ts'
import { addGroup } from './history.ts'
import { groupTypes, isLive, messageTypes } from './letters.ts'
import { loadConversation } from './load-steps.ts'

export interface Transfer {
  /** Undefined: nobody in particular, unless only the department was left out. */
  agent?: Agent | undefined
  /** Undefined: stays where it is. */
  department?: Department | undefined
  userId: string
  note?: string | undefined
  at?: number | undefined
}

/**
 * Hands a conversation to an agent, a department, or both. To a department alone, nobody is assigned any more: it waits
 * there for anybody. An agent must work in the department that it ends up in, or he could not see it.
 */
export async function transfer(
  tx: Tx,
  conversation: Conversation,
  { agent, department, userId, note, ...rest }: Transfer,
): Promise<void> {
  if (!agent && !department) throw new Invalid('agentidentifier', 'is missing: name an agent, a department, or both')
  // Where it waits, somebody is asked to take it: only its own life moves that.
  if (isLive(conversation.status))
    throw new Conflict(`Conversation ${conversation.code} is a call that has not ended yet. Transfer the call.`)
  const at = rest.at ?? Date.now()
  const departmentId = department?.id ?? conversation.department_id
  if (agent?.role === 'A' && !(await listDepartmentsOf(tx, agent.id)).includes(departmentId))
    throw new Invalid('agentidentifier', `names an agent who does not work in the department '${departmentId}'`)
  await addGroup(tx, conversation, {
    type: groupTypes.transfer,
    userId,
    at,
    messages: [
      { type: messageTypes.transfer, body: [department?.name, agent?.system_name].filter(Boolean).join(' / ') },
      ...(note === undefined ? [] : [{ type: messageTypes.note, body: note }]),
    ],
  })
  const isFirst = agent !== undefined && conversation.first_assigned_at === null
  await tx
    .updateTable('conversations')
    .set({
      department_id: departmentId,
      agent_id: agent?.id ?? null,
      changed_at: Math.max(conversation.changed_at, at),
      first_assigned_at: isFirst ? at : conversation.first_assigned_at,
    })
    .where('id', '=', conversation.id)
    .execute()
  const sla_level_id =
    departmentId === conversation.department_id ? conversation.sla_level_id : await followLevel(tx, conversation, at)
  const moved = { ...conversation, department_id: departmentId, sla_level_id }
  countConversation(tx, conversation, { department_id: departmentId })
  loadConversation(tx, conversation, { department_id: departmentId, agent_id: agent?.id ?? null }, at)
  const facts: FactDraft[] = [
    ...(isFirst
      ? [
          {
            kind: 'first_assigned' as const,
            at,
            conversation: moved,
            agentId: agent.id,
            took: at - conversation.created_at,
          },
        ]
      : []),
    ...(note === undefined
      ? []
      : [{ kind: 'note' as const, at, conversation: moved, agentId: userId === 'system00' ? null : userId }]),
  ]
  await recordFacts(tx, await inBusinessTime(tx, moved, facts))
  if (agent && agent.id !== userId)
    await enqueue(tx, 'notify-agent', { conversationId: conversation.id, agentId: agent.id })
  recordEvent(tx, {
    type: 'conversation.transferred',
    conversationId: conversation.id,
    data: { departmentid: departmentId, agentid: agent?.id ?? null, userid: userId, from: conversation.department_id },
  })
}

const OPEN = ['N', 'C', 'A', 'W'] as const
const PORTION = 500

/** Unassigns a portion of an agent's open conversations, for one who was deleted; true while there are more. */
export async function releaseConversations(tx: Tx, agentId: string): Promise<boolean> {
  const query = tx
    .selectFrom('conversations')
    .select(['id', 'status', 'department_id', 'agent_id', 'changed_at'])
    .where('agent_id', '=', agentId)
    .where('status', 'in', OPEN)
    .limit(PORTION)
  // Locked: one that is handed to a colleague meanwhile must stay his.
  const rows = await lockForChange(tx, query).execute()
  const now = Date.now()
  for (const row of rows) {
    // A change as any other: a message that is imported later cannot have been there before it.
    const change = { agent_id: null, changed_at: Math.max(row.changed_at, now) }
    await tx.updateTable('conversations').set(change).where('id', '=', row.id).execute()
    loadConversation(tx, row, { agent_id: null }, now)
    recordEvent(tx, { type: 'conversation.released', conversationId: row.id, data: { agentid: agentId } })
  }
  return rows.length === PORTION
}
