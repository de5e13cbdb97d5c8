// Somebody is typing: those who look at the chat see it, and nothing is kept.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import type { Chat } from './chat.ts'

export function tellTyping(tx: Tx, chat: Chat, by: 'visitor' | 'agent', userId: string): void {
  if (chat.state !== 'running') return
  recordEvent(tx, { type: 'chat.typing', conversationId: chat.conversation_id, data: { by, userid: userId } })
}
