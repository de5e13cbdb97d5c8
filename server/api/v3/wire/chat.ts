// Chats as our own API shows them.
import type { z } from 'zod'
import type { chatSchema } from '../../../../contract/v3/chats.ts'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import type { Reader } from '../../../db/write.ts'
import type { Actor } from '../../../desk/actor.ts'
import { askedAgents, type ChatView, getChatView, placeOf } from '../../../desk/chats/find.ts'

type ChatWire = z.input<typeof chatSchema>

export const chatWire = (row: ChatView, asked: ReadonlyMap<string, string[]>): ChatWire => ({
  chatid: row.conversation_id,
  code: row.code,
  subject: row.subject,
  preview: row.preview,
  // Only the desk writes these columns.
  state: row.state as ChatWire['state'],
  departmentid: row.department_id,
  agentid: row.agent_id,
  askedagentids: asked.get(row.conversation_id) ?? [],
  channel_type: row.channel,
  contactid: row.customer_id,
  visitor:
    row.visitor_seen_at === null
      ? null
      : {
          visitorid: row.visitor_id,
          name: row.visitor_name ?? '',
          email: row.visitor_email,
          page: row.visitor_page ?? '',
          referrer: row.visitor_referrer ?? '',
          language: row.visitor_language,
          dateseen: instantText(row.visitor_seen_at),
        },
  datestarted: instantText(row.started_at),
  dateaccepted: instantTextOrNull(row.accepted_at),
  dateanswered: instantTextOrNull(row.answered_at),
  dateended: instantTextOrNull(row.ended_at),
  datewaiting: instantTextOrNull(row.waiting_since),
  endedby: row.ended_by as ChatWire['endedby'],
})

/** One chat with its place in the queue. */
export async function placedChatWire(db: Reader, actor: Actor, id: string) {
  const row = await getChatView(db, actor, id)
  return { ...chatWire(row, await askedAgents(db, [row.conversation_id])), place: await placeOf(db, row) }
}
