// Who gets the answers of a conversation beside its requester.
import { z } from 'zod'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { emailKey, isEmail } from '../../lib/email.ts'
import { Invalid } from '../../lib/errors.ts'
import type { Conversation } from './conversation.ts'

const addresses = z.array(z.string())

export const copiesOf = ({ cc }: Pick<Conversation, 'cc'>): string[] =>
  cc === null ? [] : addresses.parse(JSON.parse(cc))

/** Replaces the addresses in copy, each once. Returns the conversation as it is then. */
export async function changeCopies(
  tx: Tx,
  conversation: Conversation,
  wanted: readonly string[],
): Promise<Conversation> {
  const bad = wanted.find((address) => !isEmail(address))
  if (bad !== undefined) throw new Invalid('cc', `has an address that is none: '${bad.slice(0, 100)}'`)
  const once = [...new Map(wanted.map((address) => [emailKey(address), address])).values()]
  const cc = once.length > 0 ? JSON.stringify(once) : null
  if (cc === conversation.cc) return conversation
  await tx.updateTable('conversations').set({ cc }).where('id', '=', conversation.id).execute()
  recordEvent(tx, { type: 'conversation.changed', conversationId: conversation.id, data: { copies: once.length } })
  return { ...conversation, cc }
}
