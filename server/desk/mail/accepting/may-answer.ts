// Whether a mail may be answered automatically at all. Two machines that answer each other never stop.
import type { Envelope } from '../intake/keep-raw.ts'
import type { ReadMail } from '../reading/mail.ts'

/** Nobody reads what is sent there, or a machine does. */
const MACHINES =
  /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|ne-?pas-?repondre|nicht-?antworten|bounces?|daemon|root|nobody|.*-(bounces?|request|owner|noreply))([+.=-].*)?@/i

export const isMachineAddress = (address: string): boolean => MACHINES.test(address)

/** True only for what a person wrote, from an address that a person reads (RFC 3834, section 2). */
export function mayAnswerAutomatically(
  read: Pick<ReadMail, 'kind' | 'from'>,
  envelope: Pick<Envelope, 'from'>,
): boolean {
  if (read.kind !== 'person' || !read.from) return false
  // The null return path: whoever sent it wants no mail back. Undefined is only "not known".
  if (envelope.from === '') return false
  return !isMachineAddress(read.from.address) && !isMachineAddress(envelope.from ?? '')
}
