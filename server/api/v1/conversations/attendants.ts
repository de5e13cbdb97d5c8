// PUT /api/conversations/:conversationid/attendants
import { z } from 'zod'
import { needed, text } from '../../../../contract/v1/params.ts'
import { getAgent } from '../../../desk/agents/agents.ts'
import { holdLiveChat } from '../../../desk/chats/conversation.ts'
import { transferChat } from '../../../desk/chats/transfer.ts'
import { transfer } from '../../../desk/conversations/assignment.ts'
import { getConversationForChange } from '../../../desk/conversations/conversation.ts'
import { getDepartment } from '../../../desk/departments/departments.ts'
import { userBehind } from '../authors.ts'
import { v1 } from '../route.ts'
import { OK } from '../wire/envelope.ts'

export const routes = [
  v1(
    'PUT',
    '/api/conversations/:conversationid/attendants',
    z.object({
      conversationid: needed(),
      agentidentifier: text(),
      useridentifier: text(),
      department: text(),
      note: text(100_000),
      messages: text(100_000),
    }),
    async ({ app, actor, params }) => {
      await app.database.write(async (tx) => {
        const { userId } = await userBehind(tx, actor, 'useridentifier', params.useridentifier)
        const chat = await holdLiveChat(tx, actor, params.conversationid)
        const handed = {
          agent: params.agentidentifier === undefined ? undefined : await getAgent(tx, params.agentidentifier),
          department: params.department === undefined ? undefined : await getDepartment(tx, params.department),
          userId,
          note: params.note ?? params.messages,
        }
        if (chat) await transferChat(tx, chat, handed)
        else await transfer(tx, await getConversationForChange(tx, actor, params.conversationid), handed)
      })
      return OK
    },
  ),
]
