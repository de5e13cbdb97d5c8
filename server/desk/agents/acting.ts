// The agent in whose name something is done.
import type { Reader } from '../../db/write.ts'
import { Invalid, NotAllowed } from '../../lib/errors.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import { type Agent, getAgent } from './agents.ts'

/** Oneself; administrators and programs may name another, and a program has to. */
export async function getActingAgent(db: Reader, actor: Actor, identifier: string | undefined): Promise<Agent> {
  if (identifier === undefined) {
    if (actor.kind !== 'agent') throw new Invalid('agent', 'must name the agent: an API key is nobody')
    return getAgent(db, actor.agentId)
  }
  const agent = await getAgent(db, identifier)
  if (!mayAdminister(actor) && !(actor.kind === 'agent' && actor.agentId === agent.id))
    throw new NotAllowed('Only administrators may act for another agent.')
  return agent
}
