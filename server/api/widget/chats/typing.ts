// /api/widget/chats/:id/typing
import { getOwnChat } from '../../../desk/chats/chat.ts'
import { tellTyping } from '../../../desk/chats/typing.ts'
import { byId, DONE, deletedSchema } from '../../v3/route.ts'
import { widget } from '../route.ts'

export const routes = [
  widget({
    method: 'POST',
    url: '/api/widget/chats/:id/typing',
    summary: 'He is typing: the agent sees it for a moment. Every few seconds while it lasts.',
    path: byId,
    answer: deletedSchema,
    limit: { perVisitor: 60 },
    handle: async ({ app, visitor, path }) => {
      const chat = await getOwnChat(app.database.reader, visitor, path.id)
      await app.database.write(async (tx) => tellTyping(tx, chat, 'visitor', visitor.id))
      return DONE
    },
  }),
]
