// /api/v3/conversations/:id/messages
import { historySchema, messageDraftSchema, postedMessageSchema } from '../../../../contract/v3/messages.ts'
import { sayInLiveChat } from '../../../desk/chats/conversation.ts'
import { getConversation } from '../../../desk/conversations/conversation.ts'
import { changeCopies } from '../../../desk/conversations/copies.ts'
import { listHistory } from '../../../desk/conversations/history.ts'
import { listMails } from '../../../desk/conversations/mails.ts'
import { getConversationForMessage } from '../../../desk/conversations/merged.ts'
import { postMessage } from '../../../desk/conversations/messages.ts'
import { listParticipants } from '../../../desk/conversations/participants.ts'
import { listDeliveries } from '../../../desk/outbox/deliveries.ts'
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
      const conversation = await getConversation(db, actor, path.id)
      const groups = await listHistory(db, conversation)
      return historyView(groups, await listParticipants(db, groups), {
        mails: await listMails(db, conversation.id),
        deliveries: await listDeliveries(db, conversation.id),
      })
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
      const undoSeconds = body.undo_seconds ?? (actor.kind === 'agent' ? app.settings().undo_seconds : 0)
      const { messageId, outboxSeq } = await app.database.write(async (tx) => {
        const author = await authorBehind(tx, actor, 'useridentifier', body.useridentifier)
        const isNote = body.type === 'N'
        const draft = { ...message, fileIds: body.attachments }
        const said = isNote ? undefined : await sayInLiveChat(tx, actor, path.id, author, draft)
        if (said) return said
        const before = await getConversationForMessage(tx, actor, path.id)
        const conversation = body.cc ? await changeCopies(tx, before, body.cc) : before
        return postMessage(tx, conversation, {
          author,
          message: draft,
          isNote,
          mail: body.do_not_send_mail ? 'none' : { undoSeconds, useTemplate: body.use_template },
        })
      })
      return { messageid: messageId, outboxid: outboxSeq ?? null }
    },
  }),
]
