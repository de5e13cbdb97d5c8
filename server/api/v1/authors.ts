// `useridentifier`: who is meant to have written or done something.
import type { Tx } from '../../db/write.ts'
import { type Actor, SYSTEM_USER, userOf } from '../../desk/actor.ts'
import { findAgent } from '../../desk/agents/agents.ts'
import type { Author } from '../../desk/conversations/messages.ts'
import { type Customer, findCustomer, findOrAddCustomer } from '../../desk/customers/customers.ts'
import { isEmail } from '../../lib/email.ts'
import { NotFound } from '../../lib/errors.ts'

/** The agent or customer that an identifier names. An address never seen becomes a customer. */
export async function findAuthor(
  tx: Tx,
  parameter: string,
  identifier: string,
): Promise<{ author: Author; customer?: Customer }> {
  const agent = await findAgent(tx, identifier)
  if (agent) return { author: { kind: 'agent', userId: agent.id } }
  const customer = isEmail(identifier) ? await findOrAddCustomer(tx, identifier) : await findCustomer(tx, identifier)
  if (!customer)
    throw new NotFound(`Parameter '${parameter}' names nobody: '${identifier}' is neither an agent nor a customer`)
  return { author: { kind: 'customer', userId: customer.user_id }, customer }
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
  return { userId: agent.id, agentId: agent.id }
}
