// /api/v3/conversations/:id/status
import { conversationSchema, statusChangeSchema } from '../../../../contract/v3/conversations.ts'
import { userOf } from '../../../desk/actor.ts'
import { getSettledForChange } from '../../../desk/chats/conversation.ts'
import { getConversationView } from '../../../desk/conversations/conversation.ts'
import { changeStatus } from '../../../desk/conversations/status.ts'
import { byId, v3 } from '../route.ts'
import { conversationView } from '../wire/conversation.ts'

export const routes = [
  v3({
    method: 'PUT',
    url: '/api/v3/conversations/:id/status',
    summary: 'Puts a conversation into a state: answered, postponed, resolved, closed, spam, deleted …',
    path: byId,
    body: statusChangeSchema,
    answer: conversationSchema,
    handle: async ({ app, actor, path, body }) => {
      const agentId = actor.kind === 'agent' ? actor.agentId : null
      return conversationView(
        await app.database.write(async (tx) => {
          const conversation = await getSettledForChange(tx, actor, path.id, userOf(actor))
          await changeStatus(tx, conversation, { ...body, userId: userOf(actor), agentId })
          return getConversationView(tx, actor, conversation.id)
        }),
      )
    },
  }),
]
