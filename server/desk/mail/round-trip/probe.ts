// The mail that a mailbox sends to itself, to see what its servers make of it: made like an answer of a customer's.
import type { MailComposerOptions } from 'nodemailer/lib/mail-composer'
import { newId } from '../../../lib/ids.ts'
import type { Mailbox } from '../../mailboxes/mailbox.ts'
import { newCheckToken, newMessageId, replyAddress, rootMessageId } from '../../outbox/message-id.ts'
import { domainOf } from '../sending/system-mail.ts'

/** Its token stands in it, in lower case as reading gives the names of headers. */
export const CHECK_HEADER = 'x-deskhand-check'

/** `headers`: In-Reply-To and References prove the conversation. `address`: the address that it goes to does. */
export type ProbeWay = 'headers' | 'address'

export interface Probe {
  way: ProbeWay
  /** Of a conversation that does not exist. */
  conversationId: string
  /** Without brackets. */
  messageId: string
  /** What it answers, without brackets; empty for `address`. */
  references: string[]
  to: string
  token: string
  /** In its subject and in its token: it is found by either. */
  mark: string
}

export function newProbe(secret: string, mailbox: Pick<Mailbox, 'address'>, way: ProbeWay): Probe {
  const conversationId = newId()
  const domain = domainOf(mailbox)
  const token = newCheckToken(secret)
  const isByHeaders = way === 'headers'
  return {
    way,
    conversationId,
    messageId: newMessageId(secret, conversationId, domain),
    references: isByHeaders
      ? [rootMessageId(secret, conversationId, domain), newMessageId(secret, conversationId, domain)]
      : [],
    to: isByHeaders ? mailbox.address : replyAddress(secret, conversationId, mailbox.address),
    token,
    mark: token.slice(token.lastIndexOf('.') + 1),
  }
}

export const probeMail = (probe: Probe, mailbox: Pick<Mailbox, 'address'>): MailComposerOptions => ({
  from: { name: 'Deskhand', address: mailbox.address },
  to: probe.to,
  subject: `Deskhand check ${probe.mark}`,
  messageId: `<${probe.messageId}>`,
  inReplyTo: probe.references.length > 0 ? `<${probe.references.at(-1)}>` : undefined,
  references: probe.references.map((id) => `<${id}>`),
  // Programs that answer by themselves must not answer this one.
  headers: { [CHECK_HEADER]: probe.token, 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  text: 'deskhand doctor has sent this mail, to see whether mail comes back. It can be deleted.\n',
  disableFileAccess: true,
  disableUrlAccess: true,
})
