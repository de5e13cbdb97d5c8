// /api/v3/chats/:id/takeover
import { chatActorSchema, placedChatSchema } from '../../../../contract/v3/chats.ts'
import { getActingAgent } from '../../../desk/agents/acting.ts'
import { takeOverChat } from '../../../desk/chats/accept.ts'
import { byId, v3 } from '../route.ts'
import { placedChatWire } from '../wire/chat.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/chats/:id/takeover',
    summary: 'Takes a chat from the colleague who has it.',
    path: byId,
    body: chatActorSchema,
    answer: placedChatSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        await takeOverChat(tx, actor, path.id, await getActingAgent(tx, actor, body.agent))
        return placedChatWire(tx, actor, path.id)
      }),
  }),
]
