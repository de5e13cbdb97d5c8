// /api/v3/chats/:id/accept
import { chatActorSchema, placedChatSchema } from '../../../../contract/v3/chats.ts'
import { getActingAgent } from '../../../desk/agents/acting.ts'
import { acceptChat } from '../../../desk/chats/accept.ts'
import { byId, v3 } from '../route.ts'
import { placedChatWire } from '../wire/chat.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/chats/:id/accept',
    summary: 'Takes a chat that you are asked to take, or that waits. 409: a colleague was faster.',
    path: byId,
    body: chatActorSchema,
    answer: placedChatSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        await acceptChat(tx, actor, path.id, await getActingAgent(tx, actor, body.agent))
        return placedChatWire(tx, actor, path.id)
      }),
  }),
]
