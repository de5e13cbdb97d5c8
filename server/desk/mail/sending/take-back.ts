// What people do with mails in the outbox: take one back before it leaves, or send one again that did not arrive.
import type { Tx } from '../../../db/write.ts'
import { Conflict } from '../../../lib/errors.ts'
import { type Actor, systemActor, userOf } from '../../actor.ts'
import { type Conversation, getConversationForChange } from '../../conversations/conversation.ts'
import { groupTypes } from '../../conversations/letters.ts'
import { publicGroupTypes } from '../../conversations/public.ts'
import { changeStatus } from '../../conversations/status.ts'
import { getOutboxMailForChange } from '../../outbox/find.ts'
import { enqueueSending, type OutboxMail, recipientsOf } from '../../outbox/outbox.ts'
import { announce } from './settle.ts'

/**
 * Takes a mail back that has not left. The message stays in the history, marked as not sent, for whoever has read it
 * there must not find it gone; a conversation that it had answered waits for an answer again. What was counted in the
 * reports stays: somebody did write it.
 */
export async function cancelMail(tx: Tx, actor: Actor, id: string): Promise<void> {
  const mail = await getOutboxMailForChange(tx, actor, id)
  if (mail.state !== 'queued' && mail.state !== 'delayed') throw new Conflict(TOO_LATE[mail.state] ?? IS_GONE)
  await tx
    .updateTable('outbox')
    .set({ state: 'cancelled', changed_at: Date.now() })
    .where('seq', '=', mail.seq)
    .execute()
  announce(tx, 'mail.cancelled', mail)
  if (mail.group_seq === null) return
  // No later mail may refer to one that nobody has got.
  await tx.updateTable('mails').set({ message_id: null }).where('group_seq', '=', mail.group_seq).execute()
  await tx.deleteFrom('thread_ids').where('message_id', '=', mail.message_id).where('origin', '=', 'sent').execute()
  await unanswer(tx, actor, mail.group_seq)
}

const IS_GONE = 'The mail has left: it cannot be taken back.'
const TOO_LATE: Record<string, string> = {
  sending: 'The mail is being sent: it is too late to take it back.',
  cancelled: 'The mail has been taken back already.',
  failed: 'The mail has failed: there is nothing to take back.',
}

/** If the message was what made a conversation answered, it is open again. */
async function unanswer(tx: Tx, actor: Actor, groupSeq: number): Promise<void> {
  const group = await tx
    .selectFrom('message_groups')
    .select(['conversation_id', 'created_at'])
    .where('seq', '=', groupSeq)
    .executeTakeFirst()
  if (!group) return
  const conversation = await getConversationForChange(tx, systemActor, group.conversation_id)
  if (conversation.status !== 'A' || (await lastOther(tx, conversation, groupSeq)) === groupTypes.outgoing) return
  const agentId = actor.kind === 'agent' ? actor.agentId : null
  await changeStatus(tx, conversation, { status: 'C', userId: userOf(actor), agentId })
}

/** The type of the newest public group beside one; undefined: there is none. */
async function lastOther(tx: Tx, { id }: Conversation, groupSeq: number): Promise<string | undefined> {
  const row = await tx
    .selectFrom('message_groups')
    .select('rtype')
    .where('conversation_id', '=', id)
    .where('rtype', 'in', publicGroupTypes)
    .where('seq', '<>', groupSeq)
    .orderBy('created_at', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.rtype
}

/**
 * Sends a mail again that failed, came back, or of which nobody knows: the same mail, with the same Message-ID, to the
 * address that the requester has now. Those who are known to have it do not get it again.
 */
export async function resendMail(tx: Tx, actor: Actor, id: string): Promise<void> {
  const mail = await getOutboxMailForChange(tx, actor, id)
  if (!RESENDABLE.has(mail.state))
    throw new Conflict(`The mail is ${mail.state}: only one that failed can be sent again.`)
  const now = Date.now()
  await tx
    .updateTable('outbox')
    .set({
      ...(await recipientsNow(tx, mail)),
      state: 'queued',
      attempts: 0,
      due_at: now,
      queued_at: now,
      handed_at: null,
      trouble: null,
      changed_at: now,
    })
    .where('seq', '=', mail.seq)
    .execute()
  await enqueueSending(tx, now)
  announce(tx, 'mail.queued', mail)
}

const RESENDABLE: ReadonlySet<string> = new Set(['failed', 'bounced', 'unconfirmed'])

/** An address that was wrong has often been put right meanwhile. */
async function recipientsNow(
  tx: Tx,
  mail: OutboxMail,
): Promise<{ recipients: string; recipient_key: string } | undefined> {
  if (mail.kind !== 'answer' || mail.conversation_id === null) return undefined
  const query = tx
    .selectFrom('customers')
    .innerJoin('conversations', 'conversations.customer_id', 'customers.id')
    .select(['customers.email', 'customers.email_key'])
    .where('conversations.id', '=', mail.conversation_id)
  const customer = await query.executeTakeFirst()
  const recipients = recipientsOf(mail)
  const [first, ...others] = recipients.to
  if (!customer?.email || !customer.email_key || !first) return undefined
  return {
    recipients: JSON.stringify({ ...recipients, to: [{ ...first, address: customer.email }, ...others] }),
    recipient_key: customer.email_key,
  }
}
