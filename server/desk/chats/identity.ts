// Who a visitor says he is. Nobody has checked it: he becomes the requester of his own chats and nothing more. What is
// stored about a customer whose address he gives stays as it is, and agents read in the chat that it was only said.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { isEmail } from '../../lib/email.ts'
import { Invalid } from '../../lib/errors.ts'
import { systemActor } from '../actor.ts'
import type { Conversation } from '../conversations/conversation.ts'
import {
  addCustomer,
  type Customer,
  changeCustomer,
  findCustomer,
  getCustomerForChange,
} from '../customers/customers.ts'
import { followLevel } from '../sla/clocks.ts'
import { holdChat, liveChatOf } from './chat.ts'
import { addLines, systemLine } from './transcript.ts'
import { getVisitorForChange, type Visitor } from './visitors.ts'

export interface Said {
  name?: string | undefined
  email?: string | undefined
}

/** Notes what a visitor says of himself. A chat that he is in gets the requester who follows from it. */
export async function introduce(tx: Tx, visitorId: string, said: Said, now = Date.now()): Promise<Visitor> {
  const before = await getVisitorForChange(tx, visitorId)
  const visitor = await noteSaid(tx, before, said)
  const chat = await liveChatOf(tx, visitor.id)
  if (!chat) return visitor
  const held = await holdChat(tx, systemActor, chat.conversation_id)
  // Ended in the moment before it was locked: what was a chat then stays whose it was.
  if (held.chat.state === 'ended') return visitor
  const { conversation } = held
  const customer = await customerBehind(tx, visitor)
  if (customer.id !== conversation.customer_id) await changeRequester(tx, conversation, customer, now)
  if (visitor.email !== before.email && visitor.email !== null)
    await addLines(tx, chat, [addressLine(visitor.email, now)])
  return { ...visitor, customer_id: customer.id }
}

/** What agents read where a visitor has given an address. He himself does not get to see it. */
export const addressLine = (email: string, at: number) =>
  systemLine(`The visitor says that his address is ${email}. Nobody has verified it.`, at)

/** Stores name and address with the visitor. */
export async function noteSaid(tx: Tx, visitor: Visitor, { name, email }: Said): Promise<Visitor> {
  if (email !== undefined && !isEmail(email)) throw new Invalid('email', 'must be an e-mail address')
  const after = { ...visitor, name: name ?? visitor.name, email: email ?? visitor.email }
  if (after.name !== visitor.name || after.email !== visitor.email)
    await tx
      .updateTable('visitors')
      .set({ name: after.name, email: after.email })
      .where('id', '=', visitor.id)
      .execute()
  return after
}

/** The customer who stands for a visitor: by his address, which nobody else has; without one, a customer of his own. */
export async function customerBehind(tx: Tx, visitor: Visitor): Promise<Customer> {
  const customer = await findOrMake(tx, visitor)
  if (customer.id !== visitor.customer_id)
    await tx.updateTable('visitors').set({ customer_id: customer.id }).where('id', '=', visitor.id).execute()
  return customer
}

async function findOrMake(tx: Tx, { name, email, customer_id, language }: Visitor): Promise<Customer> {
  const known = email === null ? undefined : await findCustomer(tx, email)
  // As he is: a stranger could otherwise give him another name.
  if (known) return known
  const own = customer_id === null ? undefined : await findCustomer(tx, customer_id)
  const draft = { ...(email !== null && { email }), ...(name !== '' && { name }) }
  if (own?.email !== null) return addCustomer(tx, { ...draft, language })
  const isNews = email !== null || (name !== '' && !own.firstname && !own.lastname)
  return isNews ? changeCustomer(tx, await getCustomerForChange(tx, own.id), draft) : own
}

async function changeRequester(tx: Tx, conversation: Conversation, customer: Customer, now: number): Promise<void> {
  await tx
    .updateTable('conversations')
    .set({ customer_id: customer.id, changed_at: Math.max(conversation.changed_at, now) })
    .where('id', '=', conversation.id)
    .execute()
  await followLevel(tx, conversation, now)
  recordEvent(tx, {
    type: 'conversation.changed',
    conversationId: conversation.id,
    data: { status: conversation.status, userid: customer.user_id },
  })
}
