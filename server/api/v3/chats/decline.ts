// /api/v3/chats/:id/decline
import { chatActorSchema, placedChatSchema } from '../../../../contract/v3/chats.ts'
import { getActingAgent } from '../../../desk/agents/acting.ts'
import { declineChat } from '../../../desk/chats/accept.ts'
import { byId, v3 } from '../route.ts'
import { placedChatWire } from '../wire/chat.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/chats/:id/decline',
    summary: 'Leaves a chat that you are asked to take to the next one.',
    path: byId,
    body: chatActorSchema,
    answer: placedChatSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        await declineChat(tx, actor, path.id, await getActingAgent(tx, actor, body.agent))
        return placedChatWire(tx, actor, path.id)
      }),
  }),
]
