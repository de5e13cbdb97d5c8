// A planned call through the functions of the desk, with the telephony side and agents doing what the plan says they did.
import type { Tx } from '../../server/db/write.ts'
import type { Cast } from '../../server/demo/cast.ts'
import type { LiveStep, PlannedCall, PlannedConversation } from '../../server/demo/plan.ts'
import { type Actor, systemActor } from '../../server/desk/actor.ts'
import { answerCall } from '../../server/desk/calls/answer.ts'
import { stopCall } from '../../server/desk/calls/end.ts'
import { startInternal, startOutgoing } from '../../server/desk/calls/make.ts'
import { declineCall } from '../../server/desk/calls/ring.ts'
import { routeCalls } from '../../server/desk/calls/route.ts'
import { startIncoming } from '../../server/desk/calls/start.ts'
import { transferCall } from '../../server/desk/calls/transfer.ts'
import type { AtWork } from './at-work.ts'
import { agentTaking } from './cast.ts'

interface Setting {
  cast: Cast
  atWork: AtWork
  live: PlannedCall
  id: string
  conversationId: string
}

const idOf = (cast: Cast, number: number | null): string | undefined =>
  number === null ? undefined : cast.agents[number]?.id

/** Begins a call. Gives what its steps need. */
export async function beginCall(
  tx: Tx,
  cast: Cast,
  atWork: AtWork,
  { by, department: place }: PlannedConversation,
  live: PlannedCall,
): Promise<Setting> {
  const department = cast.departments[place]?.id
  const agent = by === 'customer' ? undefined : idOf(cast, by)
  if (live.first === null && live.isOnline) await atWork.onlyBusy(tx, agentTaking(cast, place, 'P').id, 'calls')
  else await atWork.only(tx, [idOf(cast, live.first)])
  const { caller, callee } = live
  const call =
    live.kind === 'incoming'
      ? await startIncoming(tx, systemActor, { caller, callee, department })
      : live.kind === 'outgoing'
        ? await startOutgoing(tx, systemActor, { agent, callee, department })
        : await startInternal(tx, systemActor, { agent, department, target: idOf(cast, live.first) ?? '' })
  return { cast, atWork, live, id: call.id, conversationId: call.conversation_id }
}

export async function playCallStep(tx: Tx, { cast, atWork, live, id }: Setting, step: LiveStep): Promise<void> {
  const actorOf = (number: number): Actor => {
    const agent = cast.agents[number]
    if (!agent) throw new Error(`nobody has number ${number}`)
    const departmentIds = (cast.presets[number] ?? []).map(({ departmentId }) => departmentId)
    return { kind: 'agent', agentId: agent.id, role: agent.role, departmentIds }
  }
  if (step.kind === 'ring') {
    await atWork.only(tx, [idOf(cast, step.agent)])
    await routeCalls(tx)
  } else if (step.kind === 'miss') {
    await atWork.only(tx, [idOf(cast, step.next)])
    if (step.outcome === 'declined') await declineCall(tx, actorOf(step.agent), id, {})
    else await routeCalls(tx)
  } else if (step.kind === 'take')
    // Whom an agent calls picks up at the other end: the telephony side says so.
    await answerCall(tx, systemActor, id, { agent: idOf(cast, step.agent) })
  else if (step.kind === 'hand-on') {
    await atWork.only(tx, [idOf(cast, step.agent ?? step.next)])
    const department = step.department === null ? undefined : cast.departments[step.department]?.id
    await transferCall(tx, actorOf(step.by), id, { agent: idOf(cast, step.agent), department })
  } else if (step.kind === 'end') {
    if (step.by === 'customer')
      await stopCall(tx, systemActor, id, { by: live.kind === 'incoming' ? 'caller' : 'callee' })
    else await stopCall(tx, actorOf(step.by), id, { by: 'agent' })
  }
}
