// What the calls for conversations do where one is a chat that has not ended: what is written is said in it, and whoever
// settles it ends it.
import type { Tx } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { getAgent } from '../agents/agents.ts'
import { type Conversation, getConversation, getConversationForChange } from '../conversations/conversation.ts'
import type { Author, MessageDraft } from '../conversations/messages.ts'
import { findChat, type Held, holdChat, holdForRouting } from './chat.ts'
import { endChat } from './end.ts'
import { holdForAgent, type Spoken, sayAsAgent, sayAsCustomer } from './say.ts'

async function isLive(tx: Tx, actor: Actor, identifier: string): Promise<boolean> {
  const chat = await findChat(tx, (await getConversation(tx, actor, identifier)).id)
  return chat !== undefined && chat.state !== 'ended'
}

/** Says in a chat that has not ended what somebody writes into its conversation. Undefined: it is to be posted as usual. */
export async function sayInLiveChat(
  tx: Tx,
  actor: Actor,
  identifier: string,
  author: Author,
  message: MessageDraft,
): Promise<Spoken | undefined> {
  if (author.kind === 'system' || !(await isLive(tx, actor, identifier))) return undefined
  if (author.kind === 'agent') {
    const held = await holdForAgent(tx, actor, identifier)
    return held.chat.state === 'ended' ? undefined : sayAsAgent(tx, held, await getAgent(tx, author.userId), message)
  }
  const held = await holdChat(tx, actor, identifier)
  if (held.chat.state === 'ended' || !(await isRequester(tx, held, author))) return undefined
  return sayAsCustomer(tx, held, author.userId, message, Date.now())
}

async function isRequester(tx: Tx, { conversation }: Held, { userId }: Author): Promise<boolean> {
  const row = await tx
    .selectFrom('customers')
    .select('user_id')
    .where('id', '=', conversation.customer_id)
    .executeTakeFirst()
  return row?.user_id === userId
}

/** A chat that has not ended, for handing it on. Undefined: it is none. */
export const holdLiveChat = async (tx: Tx, actor: Actor, identifier: string): Promise<Held | undefined> => {
  if (!(await isLive(tx, actor, identifier))) return undefined
  const held = await holdForRouting(tx, actor, identifier)
  return held.chat.state === 'ended' ? undefined : held
}

/** A conversation for a change of its status: a chat that has not ended ends by it. */
export async function getSettledForChange(
  tx: Tx,
  actor: Actor,
  identifier: string,
  userId: string,
): Promise<Conversation> {
  const held = (await isLive(tx, actor, identifier)) ? await holdChat(tx, actor, identifier) : undefined
  if (held && held.chat.state !== 'ended') await endChat(tx, held, { by: 'agent', userId, at: Date.now() })
  return getConversationForChange(tx, actor, identifier)
}
