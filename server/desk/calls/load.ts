// What calls add to the load: who has called waits until somebody answers; every call that is talked is worked on.
import type { Tx } from '../../db/write.ts'
import { recordLoad } from '../metrics/load.ts'
import type { Call } from './call.ts'

/** Where a call counts. Calls that agents make wait for nobody here. */
const placeOf = ({ direction, state, agent_id, department_id, taken_at }: Call) => {
  if (taken_at !== null && state !== 'ended') return { departmentId: department_id, agentId: agent_id }
  if (direction === 'incoming' && (state === 'queued' || state === 'ringing'))
    return { departmentId: department_id, agentId: null }
  return undefined
}

/** Moves a call to where a change puts it in the load. */
export function loadCall(tx: Tx, before: Call | undefined, after: Call, now: number): void {
  const from = before && placeOf(before)
  const to = placeOf(after)
  if (from?.departmentId === to?.departmentId && from?.agentId === to?.agentId) return
  // A clock that was set back must not take a call away before it came: the load would be less than nothing.
  const at = before ? Math.max(now, before.queued_at, before.answered_at ?? now, before.taken_at ?? now) : now
  const call = { service: 'calls' as const, at, conversationId: after.conversation_id, itemId: after.id }
  recordLoad(tx, [...(from ? [{ ...call, ...from, delta: -1 }] : []), ...(to ? [{ ...call, ...to, delta: 1 }] : [])])
}
