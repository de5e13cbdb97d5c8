// Load: how much waits and how much is worked on. Kept as steps up and down, which are added up afterwards, and
// as the stays of conversations that they are made of.
import { insertRows } from '../../db/prepared.ts'
import { beforeCommit, type Tx } from '../../db/write.ts'
import { keepStays } from './stays.ts'

export type Service = 'tickets' | 'chats' | 'calls'

export interface LoadChange {
  service: Service
  at: number
  departmentId: string
  /** Who works on it; null: nobody, it waits. */
  agentId: string | null
  /** +1: one more, −1: one less. */
  delta: number
  conversationId: string
  /** What is at one place at a time: the call, or the conversation. */
  itemId: string
}

/** The stored form of a step. */
export const loadChangeRow = (change: LoadChange) => ({
  service: change.service,
  at: change.at,
  department_id: change.departmentId,
  agent_id: change.agentId ?? '',
  delta: change.delta,
})

const pending = new WeakMap<Tx, LoadChange[]>()

/** Adds steps to the transaction. */
export function recordLoad(tx: Tx, changes: readonly LoadChange[]): void {
  if (changes.length === 0) return
  pending.set(tx, [...(pending.get(tx) ?? []), ...changes])
  // One insert for all that a write makes of them.
  beforeCommit(tx, 'load', writeLoad)
}

async function writeLoad(tx: Tx): Promise<void> {
  const changes = pending.get(tx) ?? []
  pending.delete(tx)
  const kept = await keepStays(tx, changes)
  await insertRows(tx, 'load_changes', kept.map(loadChangeRow))
}
