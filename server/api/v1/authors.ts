// `useridentifier`: who is meant to have written or done something.
import type { Tx } from '../../db/write.ts'
import { type Actor, SYSTEM_USER, userOf } from '../../desk/actor.ts'
import { findAgent } from '../../desk/agents/agents.ts'
import type { Author } from '../../desk/conversations/messages.ts'
import { type Customer, findCustomer, findOrAddCustomer } from '../../desk/customers/customers.ts'
import { isEmail } from '../../lib/email.ts'
import { NotAllowed, NotFound } from '../../lib/errors.ts'

/** The agent or customer that an identifier names. An address never seen becomes a customer. */
export async function findAuthor(
  tx: Tx,
  actor: Actor,
  parameter: string,
  identifier: string,
): Promise<{ author: Author; customer?: Customer }> {
  const agent = await findAgent(tx, identifier)
  if (agent) {
    assertMayActAs(actor, agent)
    return { author: { kind: 'agent', userId: agent.id } }
  }
  const customer = isEmail(identifier) ? await findOrAddCustomer(tx, identifier) : await findCustomer(tx, identifier)
  if (!customer)
    throw new NotFound(`Parameter '${parameter}' names nobody: '${identifier}' is neither an agent nor a customer`)
  return { author: { kind: 'customer', userId: customer.user_id }, customer }
}

/** Who writes: the one named; without a name, the signed-in agent, else the system. */
export async function authorBehind(
  tx: Tx,
  actor: Actor,
  parameter: string,
  identifier: string | undefined,
): Promise<Author> {
  if (identifier !== undefined && identifier !== SYSTEM_USER)
    return (await findAuthor(tx, actor, parameter, identifier)).author
  return { kind: actor.kind === 'agent' ? 'agent' : 'system', userId: userOf(actor) }
}

/** The agent who is said to do something; without one, the signed-in agent, else the system. */
export async function userBehind(
  tx: Tx,
  actor: Actor,
  parameter: string,
  identifier: string | undefined,
): Promise<{ userId: string; agentId: string | null }> {
  if (identifier === undefined || identifier === SYSTEM_USER) {
    const userId = userOf(actor)
    return { userId, agentId: userId === SYSTEM_USER ? null : userId }
  }
  const agent = await findAgent(tx, identifier)
  if (!agent) throw new NotFound(`Parameter '${parameter}' names no agent: '${identifier}' not found`)
  assertMayActAs(actor, agent)
  return { userId: agent.id, agentId: agent.id }
}

/** Programs speak for everybody. A signed-in agent must not put words into a colleague's mouth. */
function assertMayActAs(actor: Actor, agent: { id: string }): void {
  if (actor.kind === 'agent' && actor.agentId !== agent.id)
    throw new NotAllowed('You cannot write or act in the name of another agent')
}
