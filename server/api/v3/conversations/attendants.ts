// /api/v3/conversations/:id/attendants
import { transferSchema } from '../../../../contract/v3/conversations.ts'
import { userOf } from '../../../desk/actor.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { holdLiveChat } from '../../../desk/chats/conversation.ts'
import { transferChat } from '../../../desk/chats/transfer.ts'
import { transfer } from '../../../desk/conversations/assignment.ts'
import { getConversationForChange } from '../../../desk/conversations/conversation.ts'
import { getDepartment } from '../../../desk/departments/departments.ts'
import { byId, DONE, deletedSchema, v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'PUT',
    url: '/api/v3/conversations/:id/attendants',
    summary: 'Hands a conversation to an agent, a department, or both.',
    path: byId,
    body: transferSchema,
    // Not the conversation: whoever hands one over may not see it any more.
    answer: deletedSchema,
    handle: async ({ app, actor, path, body }) => {
      await app.database.write(async (tx) => {
        const chat = await holdLiveChat(tx, actor, path.id)
        const handed = {
          agent: body.agentidentifier === undefined ? undefined : await getAgent(tx, body.agentidentifier),
          department: body.department === undefined ? undefined : await getDepartment(tx, body.department),
          userId: userOf(actor),
          note: body.note,
        }
        if (chat) await transferChat(tx, chat, handed)
        else await transfer(tx, await getConversationForChange(tx, actor, path.id), handed)
      })
      return DONE
    },
  }),
]
