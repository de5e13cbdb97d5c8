// A visitor as he sees himself.
import type { z } from 'zod'
import type { visitorSchema } from '../../../../contract/widget/visitors.ts'
import type { Reader } from '../../../db/write.ts'
import { lastChatOf } from '../../../desk/chats/chat.ts'
import type { Visitor } from '../../../desk/chats/visitors.ts'

export async function visitorWire(db: Reader, visitor: Visitor): Promise<z.input<typeof visitorSchema>> {
  const chat = await lastChatOf(db, visitor.id)
  return {
    visitorid: visitor.id,
    name: visitor.name,
    email: visitor.email,
    chatid: chat?.conversation_id ?? null,
    // Only the desk writes this column.
    chatstate: (chat?.state ?? null) as z.input<typeof visitorSchema>['chatstate'],
  }
}
