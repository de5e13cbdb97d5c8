// /api/widget/chats/:id/end
import { widgetChatSchema } from '../../../../contract/widget/chats.ts'
import { endOwnChat } from '../../../desk/chats/end.ts'
import { byId } from '../../v3/route.ts'
import { widget } from '../route.ts'
import { widgetChat } from '../wire/chat.ts'

export const routes = [
  widget({
    method: 'POST',
    url: '/api/widget/chats/:id/end',
    summary: 'He ends it. Said twice, it has ended all the same.',
    path: byId,
    answer: widgetChatSchema,
    handle: ({ app, visitor, path }) =>
      app.database.write(async (tx) => widgetChat(tx, await endOwnChat(tx, visitor, path.id))),
  }),
]
