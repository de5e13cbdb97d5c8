// Chats as visitors see them.
import type { z } from 'zod'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import type { widgetChatSchema, widgetMessagesSchema } from '../../../../contract/widget/chats.ts'
import type { Reader } from '../../../db/write.ts'
import type { Chat } from '../../../desk/chats/chat.ts'
import { placeOf } from '../../../desk/chats/find.ts'
import { type OwnMessage, shownAgent } from '../../../desk/chats/own.ts'
import { parseAttachment } from '../../../desk/conversations/attachments.ts'
import { messageTypes } from '../../../desk/conversations/letters.ts'
import { idOfRow } from '../../../lib/ids.ts'

export type WidgetChat = z.input<typeof widgetChatSchema>

export async function widgetChat(db: Reader, chat: Chat): Promise<WidgetChat> {
  return {
    chatid: chat.conversation_id,
    // Only the desk writes these columns.
    state: chat.state as WidgetChat['state'],
    place: await placeOf(db, chat),
    agent: chat.state === 'running' && chat.agent_id !== null ? await shownAgent(db, chat.agent_id) : null,
    datestarted: instantText(chat.started_at),
    dateended: instantTextOrNull(chat.ended_at),
    endedby: chat.ended_by as WidgetChat['endedby'],
  }
}

export const widgetMessage = (message: OwnMessage): z.input<typeof widgetMessagesSchema>['messages'][number] => {
  const file = message.rtype === messageTypes.file ? parseAttachment(message.body) : undefined
  const isEnd = message.rtype === messageTypes.end
  return {
    messageid: idOfRow(message.seq),
    by: isEnd ? 'system' : message.agent ? 'agent' : 'visitor',
    agent: message.agent && !isEnd ? { name: message.agent.name, avatar_url: message.agent.avatarUrl } : null,
    rtype: isEnd ? 'E' : file ? 'F' : 'M',
    is_html: message.is_html === 1,
    message: file ? file.filename : message.body,
    file: file ? { fileid: file.fileid, name: file.filename, size: file.filesize, type: file.filetype } : null,
    datecreated: instantText(message.created_at),
  }
}
