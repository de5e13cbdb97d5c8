// What in a mail leads to a conversation: the claims that it makes, before anybody looks whether they are true.

import { bareMessageId } from '../../conversations/thread-ids.ts'
import { signedConversation } from '../../outbox/message-id.ts'
import type { Envelope } from '../intake/keep-raw.ts'
import type { ReadMail } from '../reading/mail.ts'

/** A Message-ID or an address that we signed, and the conversation that it proves. */
export interface SignedLead {
  conversationId: string
  /** The Message-ID without brackets; undefined: it is a reply address. */
  messageId: string | undefined
  where: string
}

export interface Leads {
  /** The nearest first. */
  signed: SignedLead[]
  /** Message-IDs that the mail says it answers, without brackets, the nearest first. */
  answered: string[]
  /** Codes in its subject. */
  codes: string[]
}

/** A mail with ten thousand references is no longer a conversation. The nearest count. */
const MAX_ANSWERED = 60
const MAX_CODES = 3

export function leadsOf(read: ReadMail, envelope: Envelope, secret: string): Leads {
  const answered = answeredBy(read)
  return {
    signed: [
      ...answered.flatMap((id) => signedLead(secret, id, id, 'its In-Reply-To or References')),
      ...addressesOf(read, envelope).flatMap((address) =>
        signedLead(secret, address, undefined, 'the address that it was sent to'),
      ),
    ],
    answered,
    codes: [...new Set(read.subject.toUpperCase().match(CODE) ?? [])].slice(0, MAX_CODES),
  }
}

const CODE = /(?<![A-Z0-9])[A-Z]{3}-[A-Z]{5}-\d{3}(?![A-Z0-9])/g

/** In-Reply-To first, then the References from their end: each is nearer than the one before it. */
function answeredBy(read: ReadMail): string[] {
  const ids = [...read.inReplyTo, ...read.references.slice(-MAX_ANSWERED).reverse()].map(bareMessageId).filter(Boolean)
  const own = read.messageId === undefined ? undefined : bareMessageId(read.messageId)
  return [...new Set(ids)].filter((id) => id !== own).slice(0, MAX_ANSWERED)
}

/** What the server delivered it to says more than what the writer put into To. */
const addressesOf = (read: ReadMail, envelope: Envelope): string[] => [
  ...(envelope.to ?? []),
  ...read.deliveredTo,
  ...[...read.to, ...read.cc].map(({ address }) => address),
]

function signedLead(secret: string, text: string, messageId: string | undefined, where: string): SignedLead[] {
  const conversationId = signedConversation(secret, text)
  return conversationId === undefined ? [] : [{ conversationId, messageId, where }]
}
