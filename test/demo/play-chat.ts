// A planned chat through the functions of the desk, with visitors and agents doing what the plan says they did.
import type { Tx } from '../../server/db/write.ts'
import type { Cast } from '../../server/demo/cast.ts'
import type { LiveStep, PlannedChat, PlannedConversation } from '../../server/demo/plan.ts'
import { systemActor } from '../../server/desk/actor.ts'
import type { Agent } from '../../server/desk/agents/agents.ts'
import { acceptChat, declineChat } from '../../server/desk/chats/accept.ts'
import { holdForRouting } from '../../server/desk/chats/chat.ts'
import { endChat, endOwnChat } from '../../server/desk/chats/end.ts'
import { routeChats } from '../../server/desk/chats/route.ts'
import { holdForAgent, sayAsAgent, sayAsVisitor } from '../../server/desk/chats/say.ts'
import { startChat } from '../../server/desk/chats/start.ts'
import { transferChat } from '../../server/desk/chats/transfer.ts'
import { addVisitor, getVisitorForChange, seeVisitor } from '../../server/desk/chats/visitors.ts'
import type { AtWork } from './at-work.ts'
import { agentTaking } from './cast.ts'

interface Setting {
  cast: Cast
  atWork: AtWork
  visitorId: string
  id: string
}

/** Begins a chat. Gives what its steps need. */
export async function beginChat(
  tx: Tx,
  cast: Cast,
  atWork: AtWork,
  planned: PlannedConversation,
  live: PlannedChat,
): Promise<Setting> {
  const { customer, department, text } = planned
  const { visitor } = await addVisitor(tx, { page: live.page, language: customer.language ?? undefined })
  if (live.first !== null) await atWork.only(tx, [cast.agents[live.first]?.id])
  else await atWork.onlyBusy(tx, agentTaking(cast, department, 'T').id, 'chats')
  const chat = await startChat(tx, visitor.id, {
    departmentId: cast.departments[department]?.id,
    name: `${customer.firstname} ${customer.lastname}`,
    email: customer.email,
    message: text,
    isInvited: live.isInvited,
  })
  return { cast, atWork, visitorId: visitor.id, id: chat.conversation_id }
}

export async function playChatStep(tx: Tx, { cast, atWork, visitorId, id }: Setting, step: LiveStep): Promise<void> {
  const agentOf = (number: number | null): Agent | undefined => (number === null ? undefined : cast.agents[number])
  const agentBy = (number: number): Agent => {
    const agent = agentOf(number)
    if (!agent) throw new Error(`nobody has number ${number}`)
    return agent
  }
  const message = (text: string) => ({ body: text, isHtml: false, text })
  if (step.kind === 'ring') {
    await atWork.only(tx, [agentOf(step.agent)?.id])
    await routeChats(tx)
  } else if (step.kind === 'miss') {
    await atWork.only(tx, [agentOf(step.next)?.id])
    if (step.outcome === 'declined') await declineChat(tx, systemActor, id, agentBy(step.agent))
    else await routeChats(tx)
  } else if (step.kind === 'take') await acceptChat(tx, systemActor, id, agentBy(step.agent))
  else if (step.kind === 'say' && step.by === 'customer')
    await sayAsVisitor(tx, await getVisitorForChange(tx, visitorId), id, message(step.text))
  else if (step.kind === 'say')
    await sayAsAgent(tx, await holdForAgent(tx, systemActor, id), agentBy(Number(step.by)), message(step.text))
  else if (step.kind === 'hand-on') {
    await atWork.only(tx, [agentOf(step.agent ?? step.next)?.id])
    await transferChat(tx, await holdForRouting(tx, systemActor, id), {
      agent: agentOf(step.agent),
      department: step.department === null ? undefined : cast.departments[step.department],
      userId: agentBy(step.by).id,
    })
  } else {
    await seeVisitor(tx, visitorId)
    if (step.by === 'customer') await endOwnChat(tx, { id: visitorId }, id)
    else {
      const held = await holdForRouting(tx, systemActor, id)
      await endChat(tx, held, { by: 'agent', userId: agentBy(step.by).id, at: step.at })
    }
  }
}
