// /api/v3/conversations/:id/messages
import { historySchema, messageDraftSchema, postedMessageSchema } from '../../../../contract/v3/messages.ts'
import { getConversation, getConversationForChange } from '../../../desk/conversations/conversation.ts'
import { listHistory } from '../../../desk/conversations/history.ts'
import { postMessage } from '../../../desk/conversations/messages.ts'
import { listParticipants } from '../../../desk/conversations/participants.ts'
import { prepareText } from '../../../lib/html.ts'
import { authorBehind } from '../../v1/authors.ts'
import { byId, v3 } from '../route.ts'
import { historyView } from '../wire/conversation.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/conversations/:id/messages',
    summary: 'The whole history of a conversation with everybody who appears in it.',
    path: byId,
    answer: historySchema,
    handle: async ({ app, actor, path }) => {
      const db = app.database.reader
      const groups = await listHistory(db, await getConversation(db, actor, path.id))
      return historyView(groups, await listParticipants(db, groups))
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/conversations/:id/messages',
    summary: 'Writes a message to the customer, or an internal note.',
    path: byId,
    body: messageDraftSchema,
    answer: postedMessageSchema,
    handle: async ({ app, actor, path, body }) => {
      const message = await prepareText(body.message, body.is_html ?? false)
      const { messageId } = await app.database.write(async (tx) => {
        const conversation = await getConversationForChange(tx, actor, path.id)
        return postMessage(tx, conversation, {
          author: await authorBehind(tx, actor, 'useridentifier', body.useridentifier),
          message: { ...message, fileIds: body.attachments },
          isNote: body.type === 'N',
        })
      })
      return { messageid: messageId }
    },
  }),
]
