// /api/widget/chats
import { instantText } from '../../../contract/v3/kinds.ts'
import { chatDraftSchema, widgetChatSchema } from '../../../contract/widget/chats.ts'
import { getOwnChat } from '../../desk/chats/chat.ts'
import { leaveMessage, NobodyOnline, startChat } from '../../desk/chats/start.ts'
import { byId } from '../v3/route.ts'
import { widget } from './route.ts'
import { type WidgetChat, widgetChat } from './wire/chat.ts'

export const routes = [
  widget({
    method: 'POST',
    url: '/api/widget/chats',
    summary: 'Asks for a chat.',
    body: chatDraftSchema,
    answer: widgetChatSchema,
    limit: { perVisitor: 10, perAddress: 60 },
    handle: async ({ app, visitor, body }): Promise<WidgetChat> => {
      const draft = { ...body, departmentId: body.department, isInvited: body.is_invited }
      try {
        return await app.database.write(async (tx) => widgetChat(tx, await startChat(tx, visitor.id, draft)))
      } catch (error) {
        if (!(error instanceof NobodyOnline) || body.if_offline !== 'message') throw error
      }
      const { id, created_at } = await app.database.write((tx) => leaveMessage(tx, visitor.id, draft))
      return {
        chatid: id,
        state: 'offline',
        place: null,
        agent: null,
        datestarted: instantText(created_at),
        dateended: null,
        endedby: null,
      }
    },
  }),
  widget({
    method: 'GET',
    url: '/api/widget/chats/:id',
    summary: 'One of his chats: its state, its place in the queue, and who has it.',
    path: byId,
    answer: widgetChatSchema,
    handle: async ({ app, visitor, path }) => {
      const db = app.database.reader
      return widgetChat(db, await getOwnChat(db, visitor, path.id))
    },
  }),
]
