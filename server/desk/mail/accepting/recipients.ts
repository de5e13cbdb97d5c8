// Who gets the answers beside the requester: whoever the writer put into To and Cc.
import { emailKey } from '../../../lib/email.ts'
import { textList } from '../../../lib/text-list.ts'
import type { Envelope } from '../intake/keep-raw.ts'
import type { ReadMail } from '../reading/mail.ts'
import { type Around, isOwnAddress } from './around.ts'
import { isMachineAddress } from './may-answer.ts'

/** Of one mail. Whoever writes to more does not mean a conversation. */
const MAX_FROM_A_MAIL = 20
/** Of a conversation. Each answer goes to all of them. */
const MAX_IN_A_CONVERSATION = 50

/**
 * The addresses of a mail that take part. None of ours, for mail to ourselves comes back; none of agents, who see the
 * conversation anyway and would get its mails for customers; none of machines.
 */
export function copiesOf(
  read: ReadMail,
  envelope: Envelope,
  around: Pick<Around, 'own' | 'secret' | 'agents'>,
  writer: string | undefined,
): string[] {
  const delivered = new Set([...read.deliveredTo, ...(envelope.to ?? [])].map(emailKey))
  const isOurs = (address: string): boolean => delivered.has(emailKey(address)) || isOwnAddress(around, address)
  // A mail that names no address of ours came by a forwarding of which we know nothing, or from a file: whoever stands in
  // To may be we ourselves.
  const namesUs = [...read.to, ...read.cc].some(({ address }) => isOurs(address))
  const copies = new Map<string, string>()
  for (const { address } of [...(namesUs ? read.to : []), ...read.cc]) {
    const key = emailKey(address)
    if (key === writer || isOurs(address) || around.agents.has(key) || isMachineAddress(address)) continue
    if (!copies.has(key) && copies.size < MAX_FROM_A_MAIL) copies.set(key, address)
  }
  return [...copies.values()]
}

/** The copies of a conversation with further ones; undefined: it has them all, or is full. */
export function withCopies(
  conversation: { cc: string | null },
  requester: string | undefined,
  further: readonly string[],
): string[] | undefined {
  const before = conversation.cc === null ? [] : textList(conversation.cc)
  const keys = new Set([...before.map(emailKey), ...(requester === undefined ? [] : [requester])])
  const added = further.filter((address) => !keys.has(emailKey(address)))
  const room = Math.max(0, MAX_IN_A_CONVERSATION - before.length)
  return added.length === 0 || room === 0 ? undefined : [...before, ...added.slice(0, room)]
}
