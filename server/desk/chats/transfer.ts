// Handing a chat on: to an agent, who is asked to take it, or to a department, where it waits for anybody.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, Invalid } from '../../lib/errors.ts'
import { SYSTEM_USER } from '../actor.ts'
import type { Agent } from '../agents/agents.ts'
import { postMessage } from '../conversations/messages.ts'
import type { Department } from '../departments/departments.ts'
import { isOnline, onlineAgents } from '../presence/status.ts'
import { openOffers } from '../routing/offers.ts'
import { hasIt } from './accept.ts'
import { askNext, ring } from './ask.ts'
import { assertNotEnded, type Held, itemOf } from './chat.ts'
import { assertCanTake } from './give.ts'
import { requeue } from './requeue.ts'
import { closeOffer } from './steps.ts'
import { addLines, systemLine } from './transcript.ts'

export interface ChatTransfer {
  agent?: Agent | undefined
  department?: Department | undefined
  /** Who hands it on. */
  userId: string
  note?: string | undefined
}

/**
 * Hands a chat on; `held` is from holdForRouting. Until the agent who is asked accepts, it stays with whoever has it; if he
 * does not, it goes on as if nothing had been asked. To another department, it leaves its agent at once.
 */
export async function transferChat(tx: Tx, held: Held, transfer: ChatTransfer, now = Date.now()): Promise<void> {
  const { agent, department, userId, note } = transfer
  assertNotEnded(held)
  if (!agent && !department) throw new Invalid('agentidentifier', 'is missing: name an agent, a department, or both')
  if (agent && hasIt(held, agent)) throw new Conflict(`${agent.system_name} has this chat already.`)
  if (note !== undefined) await noteIn(tx, held, userId, note)
  const isElsewhere = department !== undefined && department.id !== held.conversation.department_id
  if (department && !(await isOnline(tx, 'T', department.id, now)))
    throw new Conflict(`Nobody is online for chats in the department '${department.name}'.`)
  const after = isElsewhere || !agent ? await requeue(tx, held, now, department?.id) : held
  await addLines(tx, after.chat, [
    systemLine(`Handed to ${[department?.name, agent?.system_name].filter(Boolean).join(' / ')}`, now, userId),
  ])
  recordEvent(tx, {
    type: 'chat.transferred',
    conversationId: held.conversation.id,
    data: {
      userid: userId,
      agentid: agent?.id ?? null,
      departmentid: after.conversation.department_id,
      from: held.conversation.department_id,
    },
  })
  if (agent) await askOnly(tx, after, agent, now)
  else await askNext(tx, after, now)
}

/** Rings at one agent, and at nobody else any more. */
async function askOnly(tx: Tx, held: Held, agent: Agent, now: number): Promise<void> {
  for (const offer of await openOffers(tx, itemOf(held))) {
    if (offer.accepted_at !== null) continue
    if (offer.agent_id === agent.id) throw new Conflict(`${agent.system_name} is being asked already.`)
    await closeOffer(tx, held, offer, 'withdrawn', now)
  }
  await assertCanTake(tx, held, agent)
  if (!(await onlineAgents(tx, held.conversation.department_id, 'T', now)).includes(agent.id))
    throw new Conflict(`${agent.system_name} is not online for chats in this department.`)
  await ring(tx, held, agent.id, now)
}

async function noteIn(tx: Tx, { conversation }: Held, userId: string, note: string): Promise<void> {
  await postMessage(tx, conversation, {
    author: { kind: userId === SYSTEM_USER ? 'system' : 'agent', userId },
    message: { body: note, isHtml: false, text: note },
    isNote: true,
  })
}
