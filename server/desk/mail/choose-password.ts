// Choosing a password by a link from a mail. It ends the link, the other links, and every sign-in of its owner but the new one.
import type { Reader, Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { systemActor } from '../actor.ts'
import { changeAgent } from '../agents/agents.ts'
import { changeCustomer, getCustomerForChange } from '../customers/customers.ts'
import type { BegunSession, SessionKind, SignIn } from '../sessions/sessions.ts'
import { signIn } from '../sessions/sign-in.ts'
import { type LinkHolder, linkHolders } from './link-holders.ts'
import {
  findLink,
  findLinkForUse,
  isBoundTo,
  type LinkPurpose,
  type OneTimeLink,
  useUpLinks,
} from './one-time-links.ts'

export const sessionKinds: Record<LinkPurpose, SessionKind> = {
  registration: 'customer',
  'customer-password': 'customer',
  'agent-password': 'agent',
}

/** Whose link it is, as long as it can be used. Looking does not use it. */
export async function findLinkHolder(db: Reader, purpose: LinkPurpose, token: string): Promise<LinkHolder | undefined> {
  const link = await findLink(db, purpose, token)
  return link && holderOf(db, purpose, link)
}

/** The owner, if he still has the address and the password that the link was made for. */
async function holderOf(db: Reader, purpose: LinkPurpose, link: OneTimeLink): Promise<LinkHolder | undefined> {
  const holder = await linkHolders[purpose](db, link.subject_id)
  if (!holder || !isBoundTo(link, { emailKey: emailKey(holder.person.email), epoch: holder.epoch })) return undefined
  return holder
}

export interface ChosenPassword {
  purpose: LinkPurpose
  token: string
  /** From lib/password.ts: hashing is too slow for a transaction. */
  passwordHash: string
  device: Pick<SignIn, 'address' | 'userAgent'>
  /** Of the session that the browser has so far. */
  oldToken: string | undefined
}

/** Sets the password and signs its owner in. Undefined: the link cannot be used, or not any more. */
export async function choosePassword(tx: Tx, chosen: ChosenPassword): Promise<BegunSession | undefined> {
  const { purpose, token, passwordHash, device, oldToken } = chosen
  const link = await findLinkForUse(tx, purpose, token)
  if (!link) return undefined
  if (sessionKinds[purpose] === 'agent') {
    if (!(await holderOf(tx, purpose, link))) return undefined
    await useUpLinks(tx, link.subject_id, ['agent-password'])
    const agent = await changeAgent(tx, systemActor, link.subject_id, { passwordHash })
    return signIn(tx, { kind: 'agent', userId: agent.id, ...device }, oldToken)
  }
  // Locked before his address is compared: it must not be changed in between.
  const before = await getCustomerForChange(tx, link.subject_id)
  if (!(await holderOf(tx, purpose, link))) return undefined
  await useUpLinks(tx, link.subject_id, ['registration', 'customer-password'])
  const customer = await changeCustomer(tx, before, { passwordHash })
  return signIn(tx, { kind: 'customer', userId: customer.user_id, ...device }, oldToken)
}
