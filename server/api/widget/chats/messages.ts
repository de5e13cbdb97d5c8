// /api/widget/chats/:id/messages
import {
  saidSchema,
  transcriptQuerySchema,
  widgetMessageDraftSchema,
  widgetMessagesSchema,
} from '../../../../contract/widget/chats.ts'
import { getOwnChat } from '../../../desk/chats/chat.ts'
import { listOwnMessages } from '../../../desk/chats/own.ts'
import { sayAsVisitor } from '../../../desk/chats/say.ts'
import { byId } from '../../v3/route.ts'
import { widget } from '../route.ts'
import { widgetMessage } from '../wire/chat.ts'

export const routes = [
  widget({
    method: 'GET',
    url: '/api/widget/chats/:id/messages',
    summary: 'What was said, oldest first.',
    path: byId,
    query: transcriptQuerySchema,
    answer: widgetMessagesSchema,
    handle: async ({ app, visitor, path, query }) => {
      const db = app.database.reader
      const messages = await listOwnMessages(db, await getOwnChat(db, visitor, path.id), query)
      return { messages: messages.map(widgetMessage) }
    },
  }),
  widget({
    method: 'POST',
    url: '/api/widget/chats/:id/messages',
    summary: 'Says something. After the end it opens the conversation again, which is answered by mail.',
    path: byId,
    body: widgetMessageDraftSchema,
    answer: saidSchema,
    limit: { perVisitor: 60 },
    handle: async ({ app, visitor, path, body }) => {
      const draft = { body: body.message, isHtml: false, text: body.message }
      const { messageId } = await app.database.write((tx) => sayAsVisitor(tx, visitor, path.id, draft))
      return { messageid: messageId }
    },
  }),
]
