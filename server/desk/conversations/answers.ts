// Which messages leave by mail, to whom, and as what: put into the outbox in the transaction that posts them.
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { emailKey, isEmail } from '../../lib/email.ts'
import { textList } from '../../lib/text-list.ts'
import { findSender } from '../mailboxes/mailboxes.ts'
import { listOwnAddresses } from '../mailboxes/own-addresses.ts'
import { newMessageId } from '../outbox/message-id.ts'
import { queueMail, type Recipient } from '../outbox/outbox.ts'
import { getSecret } from '../settings/settings.ts'
import { subjectOf } from './answer-subject.ts'
import type { Conversation } from './conversation.ts'
import { addMail } from './mails.ts'
import type { Author } from './messages.ts'
import { addThreadId } from './thread-ids.ts'

export interface MailWishes {
  /** The customer's name for this mail; undefined: the one that is known. */
  recipientName?: string | undefined
  /** How long it can be taken back. */
  undoSeconds?: number | undefined
  /** False: the bare text instead of the department's template. */
  useTemplate?: boolean | undefined
}

/** What posts a message says about its mail. `none`: it was sent by somebody else, or is history. */
export type MailWish = MailWishes | 'none' | undefined

export interface Mailable {
  author: Author
  isNote?: boolean | undefined
  mail?: MailWish
  /** Of a message with a date of its own: history, which is mailed only where `mail` says so. */
  at?: number | undefined
}

/** Only what agents write to customers is mailed. */
const isMailed = ({ author, isNote, mail, at }: Mailable): boolean =>
  author.kind === 'agent' && !isNote && mail !== 'none' && (mail !== undefined || at === undefined)

/**
 * Puts a message group into the outbox, for the requester and everybody in copy. Does nothing on a desk that cannot
 * send for the department, or for a requester without an address. Returns the number in the outbox.
 */
export async function mailGroup(
  tx: Tx,
  conversation: Conversation,
  groupSeq: number,
  mailable: Mailable,
): Promise<number | undefined> {
  if (!isMailed(mailable)) return undefined
  const wishes: MailWishes = typeof mailable.mail === 'object' ? mailable.mail : {}
  const mailbox = await findSender(tx, conversation.department_id)
  if (!mailbox) return undefined
  const own = await listOwnAddresses(tx)
  const [customer] = await requesterOf(tx, conversation.customer_id)
  // Mail to ourselves would come back as a message of the customer, and be answered again.
  if (!customer?.email || !isEmail(customer.email) || own.has(emailKey(customer.email))) return undefined
  const name = wishes.recipientName ?? `${customer.firstname} ${customer.lastname}`.trim()
  const to = [{ name, address: customer.email }]
  const cc = copiesOf(conversation, new Set([...own, emailKey(customer.email)]))
  const now = Date.now()
  const messageId = newMessageId(await getSecret(tx), conversation.id, domainOf(mailbox))
  const answered = await answeredMail(tx, conversation)
  await addMail(tx, {
    group_seq: groupSeq,
    conversation_id: conversation.id,
    direction: 'out',
    raw_seq: null,
    message_id: messageId,
    in_reply_to: answered?.message_id ?? null,
    sender: JSON.stringify({ name: mailbox.sender_name ?? '', address: mailbox.address }),
    recipients: JSON.stringify(to),
    copies: JSON.stringify(cc),
    subject: subjectOf(conversation, answered),
    thread_reason: '',
    authentication: null,
    kind: 'person',
    dated_at: now,
    created_at: now,
  })
  await addThreadId(tx, messageId, conversation.id, 'sent', now)
  return queueMail(tx, {
    kind: 'answer',
    mailboxId: mailbox.id,
    conversationId: conversation.id,
    groupSeq,
    messageId,
    to,
    cc,
    content: { useTemplate: wishes.useTemplate ?? true },
    dueAt: now + (wishes.undoSeconds ?? 0) * 1_000,
  })
}

const domainOf = ({ address }: { address: string }): string => address.slice(address.lastIndexOf('@') + 1)

const requesterOf = prepared((db, id: string) =>
  db
    .selectFrom('customers')
    .select(['email', 'firstname', 'lastname'])
    .where('id', '=', id)
    .where('deleted_at', 'is', null),
)

/** Who is in copy, once each, without those who get it anyway and without ourselves. */
function copiesOf(conversation: Conversation, others: Set<string>): Recipient[] {
  const copies = new Map<string, Recipient>()
  for (const address of conversation.cc === null ? [] : textList(conversation.cc)) {
    const key = emailKey(address)
    if (isEmail(address) && !others.has(key) && !copies.has(key)) copies.set(key, { name: '', address })
  }
  return [...copies.values()]
}

interface Answered {
  /** Null: it had none. */
  message_id: string | null
  subject: string
}

const lastMail = prepared((db, conversationId: string, direction: string) =>
  db
    .selectFrom('mails')
    .select(['message_id', 'subject'])
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', direction)
    // Strangers' mails are none of the customer's thread, and the subjects of machines ("Automatic reply: …") are their own.
    .where('is_guest', '=', 0)
    .where('kind', 'not in', ['auto-reply', 'bounce', 'receipt', 'feedback'])
    .orderBy('group_seq', 'desc')
    .limit(1),
)
const lastToldId = prepared((db, conversationId: string) =>
  db
    .selectFrom('thread_ids')
    .select('message_id')
    .where('conversation_id', '=', conversationId)
    .where('origin', '=', 'told')
    .orderBy('created_at', 'desc')
    .limit(1),
)

/**
 * The mail that an answer answers: the last one that came; without any, the last that we were told of, or that we sent.
 * Undefined: the conversation begins for the customer with what is mailed now.
 */
async function answeredMail(db: Reader, { id, subject }: Conversation): Promise<Answered | undefined> {
  const [received] = await lastMail(db, id, 'in')
  if (received) return received
  const [told] = await lastToldId(db, id)
  if (told) return { message_id: told.message_id, subject }
  const [sent] = await lastMail(db, id, 'out')
  return sent
}
