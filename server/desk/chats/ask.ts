// Asking an agent to take a chat: the next one whose turn it is, and who was asked before when nobody else is left.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { lastAsked, nextAgent, offer, ROUND_PAUSE_MS } from '../routing/offers.ts'
import { changeChat, type Held, itemOf } from './chat.ts'
import { routeLater } from './steps.ts'

/**
 * Asks whoever is next to take a chat that waits. Whoever becomes free makes the queue be looked at. Gives whether anybody
 * has room for a chat, this one or another of the department.
 */
export async function askNext(tx: Tx, held: Held, now: number): Promise<boolean> {
  const item = itemOf(held)
  const agentId = await nextAgent(tx, item, held.chat.queued_at, now)
  if (agentId !== undefined) {
    await ring(tx, held, agentId, now)
    return true
  }
  const again = await nextAgent(tx, item, now, now)
  if (again === undefined) return false
  const last = (await lastAsked(tx, item, held.chat.queued_at)) ?? now
  if (now < last + ROUND_PAUSE_MS) {
    await routeLater(tx, last + ROUND_PAUSE_MS)
    return true
  }
  await changeChat(tx, held.chat, { queued_at: now })
  await ring(tx, held, again, now)
  return true
}

/** Asks an agent, who is online and has room for it. */
export async function ring(tx: Tx, held: Held, agentId: string, now: number): Promise<void> {
  const expiresAt = await offer(tx, itemOf(held), agentId, now, { isOnline: true })
  recordEvent(tx, { type: 'chat.offered', conversationId: held.conversation.id, data: { agentid: agentId } })
  await routeLater(tx, expiresAt)
}
