// When a conversation changes status, and what each change means for history and facts.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict } from '../../lib/errors.ts'
import { countConversation } from '../departments/counts.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { inBusinessTime, keepClock } from '../sla/clocks.ts'
import type { Conversation } from './conversation.ts'
import { addGroup } from './history.ts'
import { leaveWhatIsGone } from './homecoming.ts'
import { type GroupType, groupTypes, isLive, messageTypes, type Status, statuses } from './letters.ts'
import { loadConversation } from './load-steps.ts'

/** A customer's message opens what was answered, resolved, postponed or closed. New stays new. Spam and deleted stay. */
export function statusAfterCustomer(before: string): Status | undefined {
  return ['A', 'R', 'W', 'L'].includes(before) ? 'C' : undefined
}

/** An agent's message makes it answered, whatever it was. A chat or call goes on until it ends. */
export function statusAfterAgent(before: string): Status | undefined {
  return before === 'A' || isLive(before) ? undefined : 'A'
}

/** What a change to a status looks like in the history. */
export const groupTypeOf = (status: Status): GroupType =>
  ({ R: groupTypes.resolve, W: groupTypes.postpone, B: groupTypes.spam, X: groupTypes.delete })[status as string] ??
  groupTypes.internal

export interface StatusChange {
  status: Status
  /** Who did it, for the history. */
  userId: string
  /** The agent who did it, for the reports; null: no agent. */
  agentId: string | null
  note?: string | undefined
  at?: number | undefined
}

/** Changes the status because somebody said so, and leaves a trace in the history. The same status again is no change. */
export async function changeStatus(tx: Tx, conversation: Conversation, change: StatusChange): Promise<void> {
  const at = change.at ?? Date.now()
  const { status, userId, note } = change
  const isSame = conversation.status === status
  if (isSame && note === undefined) return
  // Opened or deleted on its own, it would no longer lead to where its messages are.
  if (!isSame && conversation.merged_into !== null)
    throw new Conflict(`Conversation ${conversation.code} was merged into another one. Undo that first.`)
  await addGroup(tx, conversation, {
    type: isSame ? groupTypes.internal : groupTypeOf(status),
    userId,
    at,
    messages: [
      ...(isSame ? [] : [{ type: messageTypes.status, body: `${nameOf(conversation.status)} → ${nameOf(status)}` }]),
      ...(note === undefined ? [] : [{ type: messageTypes.note, body: note }]),
    ],
  })
  const facts: FactDraft[] = note === undefined ? [] : [{ kind: 'note', at, conversation, agentId: change.agentId }]
  if (isSame) await tx.updateTable('conversations').set({ changed_at: at }).where('id', '=', conversation.id).execute()
  else facts.push(...(await setStatus(tx, conversation, status, change.agentId, at)))
  await recordFacts(tx, facts)
  recordEvent(tx, { type: 'conversation.changed', conversationId: conversation.id, data: { status, userid: userId } })
}

/** Stores a status and returns the facts that it means. */
export async function setStatus(
  tx: Tx,
  conversation: Conversation,
  status: Status,
  agentId: string | null,
  at: number,
): Promise<FactDraft[]> {
  const facts: FactDraft[] = []
  const isFirstResolution = status === 'R' && conversation.first_resolved_at === null
  if (status === 'R') {
    facts.push({ kind: 'resolved', at, conversation, agentId })
    if (isFirstResolution)
      facts.push({ kind: 'first_resolved', at, conversation, agentId, took: at - conversation.created_at })
  }
  await tx
    .updateTable('conversations')
    .set({
      status,
      // The end of a call may be told late.
      changed_at: Math.max(conversation.changed_at, at),
      // Nobody waits for an answer to what is resolved, closed, deleted or spam. Opened again by an agent, nobody does yet.
      waiting_since: ['N', 'C'].includes(status) ? conversation.waiting_since : null,
      first_resolved_at: isFirstResolution ? at : conversation.first_resolved_at,
    })
    .where('id', '=', conversation.id)
    .execute()
  countConversation(tx, conversation, { status })
  loadConversation(tx, conversation, { status }, at)
  await leaveWhatIsGone(tx, conversation, status, at)
  await keepClock(tx, conversation, at)
  return inBusinessTime(tx, conversation, facts)
}

const nameOf = (status: string): string => statuses[status as Status] ?? status
