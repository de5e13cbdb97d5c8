// /api/v3/chats/:id/transfer
import { chatTransferSchema } from '../../../../contract/v3/chats.ts'
import { getActingAgent } from '../../../desk/agents/acting.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { holdForRouting } from '../../../desk/chats/chat.ts'
import { transferChat } from '../../../desk/chats/transfer.ts'
import { getDepartment } from '../../../desk/departments/departments.ts'
import { byId, DONE, deletedSchema, v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/chats/:id/transfer',
    summary: 'Hands a chat on: an agent is asked to take it, or it waits in a department for anybody.',
    path: byId,
    body: chatTransferSchema,
    // Not the chat: whoever hands one over may not see it any more.
    answer: deletedSchema,
    handle: async ({ app, actor, path, body }) => {
      await app.database.write(async (tx) => {
        const { id: userId } = await getActingAgent(tx, actor, body.agent)
        const held = await holdForRouting(tx, actor, path.id)
        await transferChat(tx, held, {
          agent: body.agentidentifier === undefined ? undefined : await getAgent(tx, body.agentidentifier),
          department: body.department === undefined ? undefined : await getDepartment(tx, body.department),
          userId,
          note: body.note,
        })
      })
      return DONE
    },
  }),
]
