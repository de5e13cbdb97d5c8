// Who gets the answers of a conversation beside its requester.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { emailKey, isEmail } from '../../lib/email.ts'
import { Invalid } from '../../lib/errors.ts'
import type { Conversation } from './conversation.ts'

/** Replaces the addresses in copy, each once. Returns the conversation as it is then. */
export async function changeCopies(
  tx: Tx,
  conversation: Conversation,
  addresses: readonly string[],
): Promise<Conversation> {
  const bad = addresses.find((address) => !isEmail(address))
  if (bad !== undefined) throw new Invalid('cc', `has an address that is none: '${bad.slice(0, 100)}'`)
  const once = [...new Map(addresses.map((address) => [emailKey(address), address])).values()]
  const cc = once.length > 0 ? JSON.stringify(once) : null
  if (cc === conversation.cc) return conversation
  await tx.updateTable('conversations').set({ cc }).where('id', '=', conversation.id).execute()
  recordEvent(tx, { type: 'conversation.changed', conversationId: conversation.id, data: { copies: once.length } })
  return { ...conversation, cc }
}
