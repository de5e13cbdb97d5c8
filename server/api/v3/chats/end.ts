// /api/v3/chats/:id/end
import { chatActorSchema, placedChatSchema } from '../../../../contract/v3/chats.ts'
import { getActingAgent } from '../../../desk/agents/acting.ts'
import { holdChat } from '../../../desk/chats/chat.ts'
import { endChat } from '../../../desk/chats/end.ts'
import { byId, v3 } from '../route.ts'
import { placedChatWire } from '../wire/chat.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/chats/:id/end',
    summary: 'Ends a chat. Its conversation goes on as a ticket.',
    path: byId,
    body: chatActorSchema,
    answer: placedChatSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        const agent = await getActingAgent(tx, actor, body.agent)
        const held = await holdChat(tx, actor, path.id)
        // Said twice, it is ended all the same.
        if (held.chat.state !== 'ended') await endChat(tx, held, { by: 'agent', userId: agent.id, at: Date.now() })
        return placedChatWire(tx, actor, path.id)
      }),
  }),
]
