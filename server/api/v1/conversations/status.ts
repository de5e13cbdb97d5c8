// PUT /api/conversations/:conversationid/status
import { z } from 'zod'
import { needed, neededOneOf, text } from '../../../../contract/v1/params.ts'
import { getSettledForChange } from '../../../desk/chats/conversation.ts'
import { changeStatus } from '../../../desk/conversations/status.ts'
import { userBehind } from '../authors.ts'
import { v1 } from '../route.ts'
import { OK } from '../wire/envelope.ts'

export const routes = [
  v1(
    'PUT',
    '/api/conversations/:conversationid/status',
    z.object({
      conversationid: needed(),
      status: neededOneOf('A', 'R', 'C'),
      useridentifier: text(),
      note: text(100_000),
    }),
    async ({ app, actor, params }) => {
      await app.database.write(async (tx) => {
        const user = await userBehind(tx, actor, 'useridentifier', params.useridentifier)
        const conversation = await getSettledForChange(tx, actor, params.conversationid, user.userId)
        await changeStatus(tx, conversation, { status: params.status, ...user, note: params.note })
      })
      return OK
    },
  ),
]
