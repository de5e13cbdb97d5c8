// What a call makes of its conversation. One that a call has opened is new, talked and answered with it; a ticket that an
// agent calls back from is what it was again if nobody picks up.
import type { Tx } from '../../db/write.ts'
import type { Conversation } from '../conversations/conversation.ts'
import { leaveWhatIsGone } from '../conversations/homecoming.ts'
import { isLive, type Status } from '../conversations/letters.ts'
import { changeLive, endLive } from '../conversations/live-end.ts'
import { loadConversation } from '../conversations/load-steps.ts'
import { statusAfterCustomer } from '../conversations/status.ts'
import { countConversation } from '../departments/counts.ts'
import { recordFacts } from '../metrics/facts.ts'
import { inBusinessTime, keepClock } from '../sla/clocks.ts'
import type { Call } from './call.ts'

/** A ticket from which somebody is called. Its clock runs on: nobody has answered yet. */
export const leaveTicket = (tx: Tx, conversation: Conversation, at: number): Promise<void> =>
  putStatus(tx, conversation, 'P', at)

/** Who has the call has the conversation. One that somebody closed or deleted meanwhile stays so. */
export async function assign(
  tx: Tx,
  conversation: Conversation,
  {
    status,
    agentId,
    departmentId,
    at,
  }: { status: 'I' | 'P'; agentId: string | null; departmentId?: string; at: number },
): Promise<Conversation> {
  if (!isLive(conversation.status)) return conversation
  return changeLive(tx, conversation, { status, agentId, departmentId, at })
}

/** A customer has been spoken to: that is an answer, and nobody waits any more. */
export async function countAnswer(tx: Tx, before: Conversation, agentId: string, at: number): Promise<Conversation> {
  const columns = { groups_out: before.groups_out + 1, waiting_since: null }
  await tx.updateTable('conversations').set(columns).where('id', '=', before.id).execute()
  // Before the status changes: what closes is the clock that the customer has waited by.
  await keepClock(tx, before, at, agentId)
  return { ...before, ...columns }
}

/** A customer's ticket gets its first agent by a call that he makes from it. */
export async function assignFirst(tx: Tx, before: Conversation, agentId: string, at: number): Promise<Conversation> {
  if (before.agent_id !== null) return before
  const isFirst = before.first_assigned_at === null
  const columns = { agent_id: agentId, first_assigned_at: before.first_assigned_at ?? at }
  await tx.updateTable('conversations').set(columns).where('id', '=', before.id).execute()
  loadConversation(tx, before, { agent_id: agentId }, at)
  const fact = { kind: 'first_assigned' as const, at, conversation: before, agentId, took: at - before.created_at }
  if (isFirst) await recordFacts(tx, await inBusinessTime(tx, before, [fact]))
  return { ...before, ...columns }
}

/** The call is over. What somebody has made of the conversation meanwhile stays. */
export async function settle(tx: Tx, call: Call, conversation: Conversation, at: number): Promise<void> {
  if (!isLive(conversation.status)) return
  if (call.direction === 'internal') {
    // Colleagues have talked: nobody waits for anything.
    if (call.status_before === null) await putStatus(tx, conversation, 'L', at)
    return
  }
  if (call.status_before === null || call.answered_at !== null) await endLive(tx, conversation, at)
  else await putStatus(tx, conversation, statusAgain(call.status_before, conversation), at)
}

/** As before, unless the customer has written meanwhile. */
function statusAgain(before: string, { waiting_since }: Conversation): Status {
  const opened = waiting_since === null ? undefined : statusAfterCustomer(before)
  // Read from the row: only statuses are ever stored there.
  return opened ?? (before as Status)
}

async function putStatus(tx: Tx, conversation: Conversation, status: Status, at: number): Promise<void> {
  const changed_at = Math.max(conversation.changed_at, at)
  await tx.updateTable('conversations').set({ status, changed_at }).where('id', '=', conversation.id).execute()
  countConversation(tx, conversation, { status })
  loadConversation(tx, conversation, { status }, at)
  await leaveWhatIsGone(tx, conversation, status, at)
  if (!isLive(status)) await keepClock(tx, conversation, at)
}
