// What a conversation adds to the load of tickets: while it is new or open, it waits or somebody works on it.
import type { Tx } from '../../db/write.ts'
import { type LoadChange, recordLoad } from '../metrics/load.ts'

/** What decides where a conversation counts. */
export interface Loading {
  id: string
  status: string
  department_id: string
  agent_id: string | null
}

/** `changed_at`: its last change, which a later step cannot precede. */
export type LoadingBefore = Loading & { changed_at: number }

const counts = (conversation: Loading | undefined): boolean =>
  conversation !== undefined && ['N', 'C'].includes(conversation.status)

/** The steps of the load that a change means; none where it stays what it was. `before` is undefined for a new one. */
export function loadSteps(before: LoadingBefore | undefined, after: Loading, at: number): LoadChange[] {
  const from = counts(before) ? before : undefined
  const to = counts(after) ? after : undefined
  if (from?.department_id === to?.department_id && from?.agent_id === to?.agent_id) return []
  const step = ({ id, department_id, agent_id }: Loading, delta: number): LoadChange => ({
    service: 'tickets',
    at: timeOf(before, at),
    departmentId: department_id,
    agentId: agent_id,
    delta,
    conversationId: id,
    itemId: id,
  })
  return [...(from ? [step(from, -1)] : []), ...(to ? [step(to, 1)] : [])]
}

// A mail that was imported late is older than what happened since: what it changes cannot have begun before that.
const timeOf = (before: LoadingBefore | undefined, at: number): number => Math.max(at, before?.changed_at ?? at)

const latest = new WeakMap<Tx, Map<string, LoadingBefore>>()

export function loadNewConversation(tx: Tx, conversation: Loading, at: number): void {
  remember(tx, conversation.id, { ...conversation, changed_at: at })
  recordLoad(tx, loadSteps(undefined, conversation, at))
}

/**
 * Moves a conversation to where its new status, department or agent puts it in the load. `before` is the row as it was
 * locked for change; a second change in the same transaction may still pass that first row.
 */
export function loadConversation(
  tx: Tx,
  before: LoadingBefore,
  change: Partial<Omit<Loading, 'id'>>,
  at: number,
): void {
  const known = latest.get(tx)?.get(before.id) ?? before
  const after = { ...known, ...change, changed_at: timeOf(known, at) }
  remember(tx, before.id, after)
  recordLoad(tx, loadSteps(known, after, at))
}

function remember(tx: Tx, id: string, conversation: LoadingBefore): void {
  const ofTx = latest.get(tx) ?? new Map<string, LoadingBefore>()
  latest.set(tx, ofTx.set(id, conversation))
}
