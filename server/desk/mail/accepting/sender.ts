// Who writes: an agent, if the mail proves it, or a customer.
import type { Reader } from '../../../db/write.ts'
import { emailKey, isEmail } from '../../../lib/email.ts'
import type { Agent } from '../../agents/agents.ts'
import { wentOnlyTo } from '../../outbox/bounce.ts'
import type { Envelope } from '../intake/keep-raw.ts'
import type { MailAddress, ReadMail } from '../reading/mail.ts'
import { type Around, isOwnAddress } from './around.ts'
import type { Authentication } from './authenticate.ts'
import type { Leads } from './leads.ts'
import { isMachineAddress } from './may-answer.ts'

export interface Writer {
  /** Whom the mail says it is from; undefined: nobody with an address. */
  from: MailAddress | undefined
  /** The agent who wrote it, proven. */
  agent: Agent | undefined
  /** The customer whom a new conversation is for, where that is not the one in From. */
  insteadOf: MailAddress | undefined
  /** Also gets the answers: where the sender, proven, wants them. */
  alsoTo: string[]
  /** The sender's domain says that the mail is not its own. */
  isForged: boolean
  /** What agents should know about it. */
  notes: string[]
}

export async function whoWrites(
  db: Reader,
  { read, envelope, authentication }: { read: ReadMail; envelope: Envelope; authentication: Authentication | null },
  leads: Leads,
  around: Around,
): Promise<Writer> {
  const from = read.from ?? read.sender ?? ofEnvelope(envelope)
  const isForged = authentication?.result === 'fail'
  const notes: string[] = isForged ? [`The sender may be forged. ${authentication.reason}`] : []
  const writer: Writer = { from, agent: undefined, insteadOf: undefined, alsoTo: [], isForged, notes }
  if (!from) return writer
  const agent = around.agents.get(emailKey(from.address))
  if (agent) return { ...writer, ...(await asAgent(db, agent, read, authentication, leads, around, notes)) }
  return { ...writer, ...answersElsewhere(read, from, authentication, around, notes) }
}

const ofEnvelope = ({ from }: Envelope): MailAddress | undefined =>
  from !== undefined && isEmail(from) ? { name: '', address: from } : undefined

/** Anybody can write an agent's address into From, and would then speak to customers in our name. */
async function asAgent(
  db: Reader,
  agent: Agent,
  read: ReadMail,
  authentication: Authentication | null,
  leads: Leads,
  around: Around,
  notes: string[],
): Promise<Partial<Writer>> {
  const isForUs = [...read.to, ...read.cc].some(({ address }) => isOwnAddress(around, address))
  // A signed mail that the agent sent to somebody else could be handed over to us by whoever got it.
  if (authentication?.result === 'pass' && isForUs) return { agent }
  const signedIds = leads.signed.flatMap(({ messageId }) => (messageId === undefined ? [] : [messageId]))
  if (authentication?.result !== 'fail' && (await wentOnlyTo(db, signedIds, agent.email))) return { agent }
  const why = authentication?.reason ?? 'Imported mails prove nothing.'
  return {
    notes: [
      ...notes,
      `This mail says that it is from ${agent.system_name}, an agent, but does not prove it: it is shown as a customer's. ${why}`,
    ],
  }
}

/**
 * Where From is no person (a form on a website, a no-reply address), the person is in Reply-To. Anywhere else an address
 * in Reply-To that From does not vouch for is only said, never written to: it would get the answers to somebody else.
 */
function answersElsewhere(
  read: ReadMail,
  from: MailAddress,
  authentication: Authentication | null,
  around: Around,
  notes: string[],
): Partial<Writer> {
  const wanted = read.replyTo.filter(({ address }) => emailKey(address) !== emailKey(from.address))
  const [other, ...more] = wanted
  if (!other || read.kind === 'list' || read.kind === 'bulk') return {}
  const isUsable = !isOwnAddress(around, other.address) && !around.agents.has(emailKey(other.address))
  if (!isUsable) return {}
  if (more.length === 0 && (isOwnAddress(around, from.address) || isMachineAddress(from.address)))
    return {
      insteadOf: other,
      notes: [
        ...notes,
        `Sent by ${from.address} for ${other.address}, who is taken from Reply-To. Nothing proves that address.`,
      ],
    }
  if (authentication?.result === 'pass') return { alsoTo: wanted.slice(0, 2).map(({ address }) => address) }
  return {
    notes: [
      ...notes,
      `The sender asks for answers to ${other.address}. Answers go to ${from.address}: nothing proves that he may ask so.`,
    ],
  }
}
