// Whom a link to choose a password belongs to, as he is now.
import type { Reader } from '../../db/write.ts'
import { findAgent } from '../agents/agents.ts'
import { findCustomer } from '../customers/customers.ts'
import type { LinkPurpose } from './one-time-links.ts'
import { type Person, personOf } from './templates/people.ts'

export interface LinkHolder {
  person: Person
  language: string | null
  epoch: number
}

async function customerHolder(db: Reader, id: string): Promise<LinkHolder | undefined> {
  const customer = await findCustomer(db, id)
  if (!customer || customer.email === null) return undefined
  return { person: personOf(customer), language: customer.language, epoch: customer.auth_epoch }
}

async function agentHolder(db: Reader, id: string): Promise<LinkHolder | undefined> {
  const agent = await findAgent(db, id)
  return agent && { person: personOf(agent), language: null, epoch: agent.auth_epoch }
}

/** By the id that a link names. Undefined: gone, or without an address. */
export const linkHolders: Record<LinkPurpose, (db: Reader, id: string) => Promise<LinkHolder | undefined>> = {
  registration: customerHolder,
  'customer-password': customerHolder,
  'agent-password': agentHolder,
}
