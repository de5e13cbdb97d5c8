// The mail beside its message, and the Message-IDs that lead to its conversation from now on.
import type { Tx } from '../../../db/write.ts'
import type { Conversation } from '../../conversations/conversation.ts'
import { addMail } from '../../conversations/mails.ts'
import { addThreadId, bareMessageId } from '../../conversations/thread-ids.ts'
import type { Customer } from '../../customers/customers.ts'
import type { Budget } from './budget.ts'
import type { Leads } from './leads.ts'
import { subjectOf } from './outcome.ts'
import type { ReadyMail } from './ready.ts'
import type { Writer } from './sender.ts'
import type { KnownId } from './thread.ts'

/** A mail with everything that was found out about it. */
export interface Placed {
  mail: ReadyMail
  writer: Writer
  /** With the address in From, if there was one before. */
  customer: Customer | undefined
  leads: Leads
  /** What its Message-IDs led to. */
  known: readonly KnownId[]
  budget: Budget
}

/** How many ids that are not known yet are remembered of a mail: a reply to one of them belongs to the same conversation. */
const MAX_NAMED = 20

export async function noteMail(
  tx: Tx,
  { mail, writer, leads, known }: Placed,
  conversation: Conversation,
  groupSeq: number,
  reason: string,
  isGuest: boolean,
): Promise<void> {
  const { raw, read, authentication } = mail
  const messageId = read.messageId === undefined ? null : bareMessageId(read.messageId)
  const incoming = {
    raw_seq: raw.seq,
    thread_reason: reason,
    authentication: authentication && JSON.stringify(authentication),
    is_guest: isGuest ? 1 : 0,
  }
  // An agent's answer by mail has left by mail as well: one row says both.
  const { numUpdatedRows } = writer.agent
    ? await tx.updateTable('mails').set(incoming).where('group_seq', '=', groupSeq).executeTakeFirst()
    : { numUpdatedRows: 0n }
  if (Number(numUpdatedRows) === 0)
    await addMail(tx, {
      group_seq: groupSeq,
      conversation_id: conversation.id,
      direction: 'in',
      ...incoming,
      message_id: messageId,
      in_reply_to: leads.answered[0] ?? null,
      sender: JSON.stringify(writer.from ?? { name: '', address: '' }),
      recipients: JSON.stringify(read.to.slice(0, 200)),
      copies: JSON.stringify(read.cc.slice(0, 200)),
      subject: subjectOf(read),
      kind: read.kind,
      dated_at: read.date ?? null,
      created_at: raw.received_at,
    })
  await noteThreadIds(tx, read.kind, messageId, isGuest ? [] : leads.answered, known, conversation.id, raw.received_at)
}

async function noteThreadIds(
  tx: Tx,
  kind: string,
  messageId: string | null,
  answered: readonly string[],
  known: readonly KnownId[],
  conversationId: string,
  at: number,
): Promise<void> {
  // Who gives his mail the Message-ID of another one must not become what that one's answers find.
  const isTaken = known.some((match) => match.messageId === messageId && match.origin !== 'named')
  const isMass = kind === 'list' || kind === 'bulk' || kind === 'automatic'
  if (messageId !== null && !isTaken) await addThreadId(tx, messageId, conversationId, isMass ? 'mass' : 'received', at)
  for (const id of answered.slice(0, MAX_NAMED)) {
    const isKnown = known.some((match) => match.messageId === id && match.conversationId === conversationId)
    if (!isKnown) await addThreadId(tx, id, conversationId, 'named', at)
  }
}
