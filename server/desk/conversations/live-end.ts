// What a chat or call makes of its conversation: while nobody has taken it, while it runs, and when it has ended. Then it
// is a ticket like others, in which nobody must be forgotten.
import type { Tx } from '../../db/write.ts'
import { countConversation } from '../departments/counts.ts'
import { recordFacts } from '../metrics/facts.ts'
import { followLevel, inBusinessTime, keepClock } from '../sla/clocks.ts'
import type { Conversation } from './conversation.ts'
import type { LiveStatus } from './letters.ts'
import { loadConversation } from './load-steps.ts'
import { setStatus } from './status.ts'

/** Nobody has answered: new. The last words are the customer's: open. Else answered. */
export function statusAfterLive({
  groups_out,
  waiting_since,
}: Pick<Conversation, 'groups_out' | 'waiting_since'>): 'N' | 'C' | 'A' {
  if (groups_out === 0) return 'N'
  return waiting_since === null ? 'A' : 'C'
}

/**
 * Stores that a chat or call has ended. `conversation` is as it is stored now: `groups_out` counts what agents have said
 * (a call that was answered, too), `waiting_since` says whether somebody still waits. Gives what it has become.
 */
export async function endLive(tx: Tx, conversation: Conversation, at: number): Promise<Conversation> {
  const status = statusAfterLive(conversation)
  const waiting_since =
    status === 'N' ? (conversation.waiting_since ?? conversation.created_at) : conversation.waiting_since
  await setStatus(tx, { ...conversation, waiting_since }, status, null, at)
  return { ...conversation, status, waiting_since, changed_at: at }
}

export interface LiveChange {
  status: LiveStatus
  /** Who has it; null: nobody. */
  agentId: string | null
  departmentId?: string | undefined
  at: number
}

/** Stores who has a chat or call, and where; the first to have it is the first who was assigned. */
export async function changeLive(tx: Tx, conversation: Conversation, change: LiveChange): Promise<Conversation> {
  const { status, agentId, at } = change
  const department_id = change.departmentId ?? conversation.department_id
  const isFirst = agentId !== null && conversation.first_assigned_at === null
  const columns = {
    status,
    agent_id: agentId,
    department_id,
    changed_at: Math.max(conversation.changed_at, at),
    first_assigned_at: isFirst ? at : conversation.first_assigned_at,
  }
  await tx.updateTable('conversations').set(columns).where('id', '=', conversation.id).execute()
  countConversation(tx, conversation, { status, department_id })
  loadConversation(tx, conversation, { status, department_id, agent_id: agentId }, at)
  const sla_level_id =
    department_id === conversation.department_id ? conversation.sla_level_id : await followLevel(tx, conversation, at)
  const after = { ...conversation, ...columns, sla_level_id }
  await keepClock(tx, after, at)
  if (isFirst) {
    const took = at - conversation.created_at
    const fact = { kind: 'first_assigned' as const, at, conversation: after, agentId, took }
    await recordFacts(tx, await inBusinessTime(tx, after, [fact]))
  }
  return after
}

/** Whoever is handed on, or loses his agent, waits again: he must not be forgotten if nobody takes him. */
export async function waitAgain(tx: Tx, before: Conversation, at: number): Promise<Conversation> {
  await tx.updateTable('conversations').set({ waiting_since: at }).where('id', '=', before.id).execute()
  // Also where somebody has opened the conversation by hand meanwhile: what is promised then runs from now.
  await keepClock(tx, before, at)
  return { ...before, waiting_since: at }
}
