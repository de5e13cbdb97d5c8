// Puts a mail where it belongs: into a conversation that is there, or into a new one.
import type { Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { emailKey } from '../../../lib/email.ts'
import { systemActor } from '../../actor.ts'
import { type Conversation, getConversationForChange, openConversation } from '../../conversations/conversation.ts'
import { addLink } from '../../conversations/links.ts'
import { getConversationForMessage } from '../../conversations/merged.ts'
import { type Author, type MessageDraft, postMessage } from '../../conversations/messages.ts'
import { addCustomer, type Customer, findOrAddCustomer } from '../../customers/customers.ts'
import { addFile } from '../../files/files.ts'
import type { MailAddress } from '../reading/mail.ts'
import { acknowledge } from '../sending/acknowledge.ts'
import { type Around, departmentFor } from './around.ts'
import { messageOf } from './body.ts'
import { noteDraft } from './machines.ts'
import { mayAnswerAutomatically } from './may-answer.ts'
import { noteMail, type Placed } from './note-mail.ts'
import { noteOutcome, type Outcome, subjectOf } from './outcome.ts'
import type { ReadyMail } from './ready.ts'
import { copiesOf, withCopies } from './recipients.ts'
import { ruleFor } from './rules.ts'
import type { Writer } from './sender.ts'
import type { Thread } from './thread.ts'
import type { Verdict } from './verdict.ts'

type NewThread = Extract<Thread, { conversationId: undefined }>
type KnownThread = Extract<Thread, { conversationId: string }>

export async function openFromMail(tx: Tx, around: Around, placed: Placed, thread: NewThread): Promise<Outcome> {
  const { mail, writer, budget } = placed
  const { raw, read, envelope } = mail
  const rule = ruleFor(around.rules, read, envelope.from)
  const isSpam = rule?.action === 'block'
  const at = raw.received_at
  const requester = await requesterOf(tx, placed)
  // Whoever a spammer or a forger puts into Cc would get our answers to it.
  const mayInvite = !isSpam && !writer.isForged && (read.kind === 'person' || read.kind === 'automatic')
  const opened = await openConversation(tx, {
    author: { kind: 'customer', userId: requester.user_id },
    customerId: requester.id,
    departmentId: departmentFor(around, raw),
    subject: subjectOf(read) || '(no subject)',
    channel: 'E',
    status: isSpam ? 'B' : 'N',
    message: await storedMessage(tx, mail),
    cc: mayInvite ? invited(mail, around, writer, requester) : [],
    at,
  })
  const { groupSeq } = opened
  for (const otherId of thread.linkTo) await addLink(tx, opened.id, otherId, 'claimed', at)
  await noteMail(tx, placed, opened, groupSeq, thread.reason, false)
  for (const note of notesOf(placed, thread, around)) await postMessage(tx, opened, noteDraft(note, at))
  if (raw.source !== 'import' && budget === 'free' && !writer.isForged && mayAnswerAutomatically(read, envelope))
    await acknowledge(tx, around.desk, {
      conversation: opened,
      customer: requester,
      mayAnswer: true,
      messageId: read.messageId,
    })
  const why = isSpam ? `Spam by a rule for ${rule.header ?? 'senders'}: ${rule.pattern}. ` : ''
  return noteOutcome(tx, raw.seq, read, {
    ...outcomeOf(mail, isSpam ? 'spam' : 'opened', `${why}${thread.reason}`),
    conversationId: opened.id,
    groupSeq,
  })
}

export async function joinConversation(tx: Tx, around: Around, placed: Placed, thread: KnownThread): Promise<Outcome> {
  const { mail } = placed
  const { raw, read } = mail
  const rule = ruleFor(around.rules, read, mail.envelope.from)
  // What a filter thinks of a mail counts for less than that its sender is in the middle of a conversation.
  if (rule?.action === 'block' && (rule.subject === 'sender' || thread.isGuest))
    return openFromMail(tx, around, placed, {
      conversationId: undefined,
      linkTo: [thread.conversationId],
      reason: thread.reason,
    })
  const conversation = await lockConversation(tx, thread.conversationId)
  // Deleted, or marked as spam, in the moment before it was locked.
  if (conversation.status === 'X' || conversation.status === 'B')
    return openFromMail(tx, around, placed, {
      conversationId: undefined,
      linkTo: [conversation.id],
      reason: 'The conversation that it belongs to is gone.',
    })
  const at = raw.received_at
  const author = await authorOf(tx, placed, thread)
  const current = thread.isGuest ? conversation : await invite(tx, conversation, placed, around)
  // Before the message: it writes the row as it was locked, with what the message changes.
  for (const note of notesOf(placed, thread, around)) await postMessage(tx, current, noteDraft(note, at))
  const { groupSeq } = await postMessage(tx, current, {
    author,
    message: await storedMessage(tx, mail),
    isNote: false,
    isAutomatic: read.kind === 'auto-reply',
    at,
    mail: author.kind === 'agent' && (await isToBeMailed(tx, current, mail)) ? { undoSeconds: 0 } : 'none',
  })
  await noteMail(tx, placed, current, groupSeq, thread.reason, thread.isGuest)
  return noteOutcome(tx, raw.seq, read, {
    ...outcomeOf(mail, 'joined', thread.reason),
    conversationId: current.id,
    groupSeq,
  })
}

async function lockConversation(tx: Tx, id: string): Promise<Conversation> {
  const conversation = await getConversationForChange(tx, systemActor, id)
  // Merged in the moment before it was locked.
  return conversation.merged_into === null ? conversation : getConversationForMessage(tx, systemActor, id)
}

const outcomeOf = ({ read, unread }: ReadyMail, verdict: Verdict, reason: string): Outcome => ({
  verdict: unread === undefined ? verdict : 'unreadable',
  reason: unread ?? reason,
  detail: read.faults.length > 0 ? { faults: read.faults } : undefined,
})

/** An agent who may not see the conversation speaks in it as anybody else would: for himself. */
async function authorOf(tx: Tx, placed: Placed, { isGuest }: KnownThread): Promise<Author> {
  const { agent, from } = placed.writer
  if (agent && !isGuest) return { kind: 'agent', userId: agent.id }
  return { kind: 'customer', userId: (await customerOf(tx, from, placed.customer)).user_id }
}

/** What an agent writes by mail goes to the customer, unless it did so by itself, or is history. */
async function isToBeMailed(tx: Tx, conversation: Conversation, mail: ReadyMail): Promise<boolean> {
  if (mail.raw.source === 'import') return false
  const row = await tx
    .selectFrom('customers')
    .select('email_key')
    .where('id', '=', conversation.customer_id)
    .executeTakeFirst()
  return ![...mail.read.to, ...mail.read.cc].some(({ address }) => emailKey(address) === row?.email_key)
}

const requesterOf = (tx: Tx, { writer, customer }: Placed): Promise<Customer> =>
  writer.insteadOf ? customerOf(tx, writer.insteadOf, undefined) : customerOf(tx, writer.from, customer)

/** The customer behind an address. Who has none is somebody new each time: two of them have nothing to do with each other. */
async function customerOf(tx: Tx, address: MailAddress | undefined, known: Customer | undefined): Promise<Customer> {
  if (!address) return addCustomer(tx, { firstname: 'Unknown', lastname: 'sender' })
  const name = address.name.slice(0, 200).toWellFormed() || undefined
  if (known && (!name || known.firstname || known.lastname)) return known
  return findOrAddCustomer(tx, address.address, name)
}

/** The rows of its files, whose contents are stored already, and the message that names them. */
async function storedMessage(tx: Tx, { read, files }: ReadyMail): Promise<MessageDraft> {
  for (const { id, name, type, size } of files) await addFile(tx, { id, name, type, size })
  return messageOf(read, files)
}

const invited = ({ read, envelope }: ReadyMail, around: Around, writer: Writer, requester: Customer): string[] => {
  const copies = copiesOf(read, envelope, around, requester.email_key ?? undefined)
  return withCopies({ cc: null }, requester.email_key ?? undefined, [...copies, ...writer.alsoTo]) ?? []
}

/** Whom a participant writes to as well takes part from now on. */
async function invite(
  tx: Tx,
  conversation: Conversation,
  { mail, writer }: Placed,
  around: Around,
): Promise<Conversation> {
  const { read, envelope } = mail
  if (read.kind !== 'person' || writer.isForged) return conversation
  const copies = copiesOf(read, envelope, around, writer.from && emailKey(writer.from.address))
  if (copies.length === 0) return conversation
  const row = await tx
    .selectFrom('customers')
    .select('email_key')
    .where('id', '=', conversation.customer_id)
    .executeTakeFirst()
  const all = withCopies(conversation, row?.email_key ?? undefined, copies)
  if (!all) return conversation
  const cc = JSON.stringify(all)
  await tx.updateTable('conversations').set({ cc }).where('id', '=', conversation.id).execute()
  recordEvent(tx, { type: 'conversation.changed', conversationId: conversation.id, data: { copies: all.length } })
  return { ...conversation, cc }
}

function notesOf({ mail, writer, budget }: Placed, thread: Thread, around: Around): string[] {
  const isClaim = thread.conversationId === undefined ? thread.linkTo.length > 0 : thread.isGuest
  const settings = around.settings
  return [
    ...writer.notes,
    ...(isClaim ? [thread.reason] : []),
    ...(budget === 'spent' && mail.read.kind === 'person'
      ? [
          `More than ${settings.mail_sender_budget} mails within an hour come from this sender, or more than ${settings.mail_conversation_budget} in this conversation: none is answered automatically.`,
        ]
      : []),
  ]
}
