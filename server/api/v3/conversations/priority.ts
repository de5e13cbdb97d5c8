// /api/v3/conversations/:id/priority
import { conversationSchema, priorityChangeSchema } from '../../../../contract/v3/conversations.ts'
import { userOf } from '../../../desk/actor.ts'
import { getConversationForChange, getConversationView } from '../../../desk/conversations/conversation.ts'
import { changePriority } from '../../../desk/conversations/priority.ts'
import { byId, v3 } from '../route.ts'
import { conversationView } from '../wire/conversation.ts'

export const routes = [
  v3({
    method: 'PUT',
    url: '/api/v3/conversations/:id/priority',
    summary: 'Says how urgent a conversation is. SLA rules may look at it.',
    path: byId,
    body: priorityChangeSchema,
    answer: conversationSchema,
    handle: async ({ app, actor, path, body }) =>
      conversationView(
        await app.database.write(async (tx) => {
          const conversation = await getConversationForChange(tx, actor, path.id)
          await changePriority(tx, conversation, { ...body, userId: userOf(actor) })
          return getConversationView(tx, actor, conversation.id)
        }),
      ),
  }),
]
