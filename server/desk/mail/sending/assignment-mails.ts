// Tells an agent by mail that a conversation is his now, so that he can answer from wherever he reads his mail.
import { z } from 'zod'
import type { Reader } from '../../../db/write.ts'
import { systemActor } from '../../actor.ts'
import { findAgent } from '../../agents/agents.ts'
import { getConversation } from '../../conversations/conversation.ts'
import { findSender } from '../../mailboxes/mailboxes.ts'
import { listOwnAddresses } from '../../mailboxes/own-addresses.ts'
import { newMessageId } from '../../outbox/message-id.ts'
import { type OutboxMail, queueMail } from '../../outbox/outbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { templateFor } from '../templates/choose.ts'
import { valuesOf } from '../templates/expand.ts'
import { agentValues, customerValues, NOBODY, nameOf, personOf } from '../templates/people.ts'
import { type ComposedMail, renderMail } from '../templates/render.ts'
import { conversationValues, readerValues } from '../templates/values.ts'
import { voiceFor } from '../templates/voice.ts'
import { conversationOf, departmentName, lastOfCustomer, requesterOf } from './conversation-facts.ts'
import { domainOf } from './system-mail.ts'

export interface Assigned {
  conversationId: string
  agentId: string
}

/** Queues the mail, to that agent alone: whoever answers its signed Message-ID from his address is taken for him. */
export async function notifyAgent(desk: MailDesk, { conversationId, agentId }: Assigned): Promise<void> {
  if (!desk.settings().notify_assignment) return
  await desk.database.write(async (tx) => {
    const agent = await findAgent(tx, agentId)
    const conversation = await getConversation(tx, systemActor, conversationId)
    if (!agent || conversation.agent_id !== agent.id) return
    const mailbox = await findSender(tx, conversation.department_id)
    if (!mailbox || (await listOwnAddresses(tx)).has(agent.email_key)) return
    await queueMail(tx, {
      kind: 'assignment',
      mailboxId: mailbox.id,
      conversationId,
      messageId: newMessageId(desk.installation.secret, conversationId, domainOf(mailbox)),
      to: [{ name: nameOf(personOf(agent)), address: agent.email }],
      content: { agentid: agent.id },
    })
  })
}

const contentSchema = z.object({ agentid: z.string() })

/** Undefined if it is somebody else's by now. */
export async function composeAssignment(
  db: Reader,
  desk: MailDesk,
  mail: OutboxMail,
): Promise<ComposedMail | undefined> {
  const conversation = await conversationOf(db, mail)
  const { agentid } = contentSchema.parse(JSON.parse(mail.content))
  const agent = await findAgent(db, agentid)
  // His address may be another's by now, who must not get what can be answered in his name.
  if (agent?.email_key !== mail.recipient_key || conversation.agent_id !== agent.id) return undefined
  const customer = await requesterOf(db, conversation)
  const voice = voiceFor(desk, null)
  const person = personOf(agent)
  const values = valuesOf({
    ...readerValues(voice, person),
    ...agentValues(person),
    ...customerValues(customer ? personOf(customer) : NOBODY),
    ...conversationValues(voice, desk.publicUrl(), conversation, await departmentName(db, conversation)),
    quote: await lastOfCustomer(db, voice, conversation),
  })
  return renderMail(voice.words, await templateFor(db, voice, 'assignment', conversation.department_id), values)
}
