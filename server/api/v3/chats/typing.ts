// /api/v3/chats/:id/typing
import { chatActorSchema } from '../../../../contract/v3/chats.ts'
import { getActingAgent } from '../../../desk/agents/acting.ts'
import { getChat } from '../../../desk/chats/chat.ts'
import { tellTyping } from '../../../desk/chats/typing.ts'
import { RateLimit } from '../../../http/rate-limit.ts'
import { byId, DONE, deletedSchema, v3 } from '../route.ts'

const TYPINGS_A_MINUTE = 60
const limit = new RateLimit('an agent who types')

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/chats/:id/typing',
    summary: 'You are typing: the visitor sees it for a moment. Say it every few seconds while it lasts.',
    path: byId,
    body: chatActorSchema,
    answer: deletedSchema,
    handle: async ({ app, actor, path, body }) => {
      const db = app.database.reader
      const agent = await getActingAgent(db, actor, body.agent)
      const chat = await getChat(db, actor, path.id)
      limit.take(agent.id, TYPINGS_A_MINUTE)
      await app.database.write(async (tx) => tellTyping(tx, chat, 'agent', agent.id))
      return DONE
    },
  }),
]
