// Acknowledgements: "we have received your message". A machine that answers, so most of this is about when it must not.
import { lockForChange } from '../../../db/differences.ts'
import type { Reader, Tx } from '../../../db/write.ts'
import { emailKey } from '../../../lib/email.ts'
import { findAgent } from '../../agents/agents.ts'
import type { Conversation } from '../../conversations/conversation.ts'
import type { Customer } from '../../customers/customers.ts'
import { findSender } from '../../mailboxes/mailboxes.ts'
import { newMessageId } from '../../outbox/message-id.ts'
import { type OutboxMail, queueMail } from '../../outbox/outbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { templateFor } from '../templates/choose.ts'
import { valuesOf } from '../templates/expand.ts'
import { customerValues, NOBODY, nameOf, personOf } from '../templates/people.ts'
import { type ComposedMail, renderMail } from '../templates/render.ts'
import { findSignature } from '../templates/signatures.ts'
import { fittingTemplates } from '../templates/templates.ts'
import { conversationValues, readerValues, signatureValue } from '../templates/values.ts'
import { voiceFor } from '../templates/voice.ts'
import { conversationOf, departmentName, requesterOf } from './conversation-facts.ts'
import { domainOf, isPersonal, queuedSince, withoutAddresses } from './system-mail.ts'

const MINUTE = 60_000
const DAY = 86_400_000
/** One sender gets one in so long, and so many a day: two machines that answer each other stop at that. */
const PAUSE_MS = 10 * MINUTE
const A_DAY = 5

export interface Acknowledged {
  /** Just opened by a mail. */
  conversation: Conversation
  customer: Customer
  /** Whether the mail may be answered by a machine at all: what accepting says about its headers and its sender. */
  mayAnswer: boolean
  /** Message-ID of the mail, without brackets; undefined: it had none. */
  messageId?: string | undefined
}

/** What became of it; anything but `queued` says why there is none. */
export type AcknowledgeOutcome = 'queued' | 'switched-off' | 'not-answerable' | 'no-sender' | 'enough'

/** Queues an acknowledgement of a conversation that a mail has opened. Not for imported mails: nobody waits for one. */
export async function acknowledge(tx: Tx, desk: MailDesk, opened: Acknowledged): Promise<AcknowledgeOutcome> {
  const { conversation, customer, mayAnswer, messageId } = opened
  if (!mayAnswer || conversation.status === 'B' || conversation.status === 'X') return 'not-answerable'
  if (!(await isSwitchedOn(tx, desk, conversation, customer))) return 'switched-off'
  const address = customer.email
  if (address === null || !(await isAnswerable(tx, address))) return 'not-answerable'
  const mailbox = await findSender(tx, conversation.department_id)
  if (!mailbox) return 'no-sender'
  if (!(await isWithinBudget(tx, customer, emailKey(address)))) return 'enough'
  await queueMail(tx, {
    kind: 'acknowledgement',
    mailboxId: mailbox.id,
    conversationId: conversation.id,
    messageId: newMessageId(desk.installation.secret, conversation.id, domainOf(mailbox)),
    to: [{ name: nameOf(personOf(customer)), address }],
    content: { inReplyTo: messageId ?? null },
  })
  return 'queued'
}

/** A department's own template decides for its department, either way; else the account's setting does. */
async function isSwitchedOn(db: Reader, desk: MailDesk, conversation: Conversation, customer: Customer) {
  const language = voiceFor(desk, customer.language).language
  const fitting = await fittingTemplates(db, 'acknowledgement', conversation.department_id, language)
  const own = fitting.find(({ department_id }) => department_id !== '')
  return own ? own.is_active === 1 : desk.settings().acknowledge
}

/** Agents would start a loop by writing to the desk. */
const isAnswerable = async (db: Reader, address: string): Promise<boolean> =>
  (await isPersonal(db, address)) && (await findAgent(db, address)) === undefined

async function isWithinBudget(tx: Tx, customer: Customer, key: string): Promise<boolean> {
  // Mails of one sender may be accepted side by side: without the lock, each would see none before it.
  await lockForChange(tx, tx.selectFrom('customers').select('seq').where('seq', '=', customer.seq)).execute()
  const now = Date.now()
  const today = await queuedSince(tx, 'acknowledgement', key, now - DAY)
  return today.length < A_DAY && !today.some((at) => at > now - PAUSE_MS)
}

export async function composeAcknowledgement(db: Reader, desk: MailDesk, mail: OutboxMail): Promise<ComposedMail> {
  const conversation = await conversationOf(db, mail)
  const customer = await requesterOf(db, conversation)
  const person = customer ? personOf(customer) : NOBODY
  const voice = voiceFor(desk, customer?.language ?? null)
  const template = await templateFor(db, voice, 'acknowledgement', conversation.department_id)
  // Whoever forges a sender chooses the subject that we would repeat to his victim.
  const facts = { ...conversation, subject: withoutAddresses(conversation.subject) || conversation.code }
  const about = {
    ...readerValues(voice, person),
    ...customerValues(person),
    ...conversationValues(voice, desk.publicUrl(), facts, await departmentName(db, conversation)),
  }
  const own = await findSignature(db, { departmentId: conversation.department_id, agentId: '' })
  const signature = await signatureValue(own, valuesOf(about))
  return renderMail(voice.words, template, valuesOf({ ...about, signature }))
}
