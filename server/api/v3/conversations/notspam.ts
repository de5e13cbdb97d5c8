// /api/v3/conversations/:id/notspam
import { conversationSchema } from '../../../../contract/v3/conversations.ts'
import { notSpamSchema } from '../../../../contract/v3/mailrules.ts'
import { getConversationView } from '../../../desk/conversations/conversation.ts'
import { markAsNotSpam } from '../../../desk/mail/accepting/not-spam.ts'
import { byId, v3 } from '../route.ts'
import { conversationView } from '../wire/conversation.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/conversations/:id/notspam',
    summary: 'Makes a conversation that was marked as spam new again.',
    path: byId,
    body: notSpamSchema,
    answer: conversationSchema,
    handle: async ({ app, actor, path, body }) =>
      conversationView(
        await app.database.write(async (tx) => {
          await markAsNotSpam(tx, actor, path.id, body.allow_sender)
          return getConversationView(tx, actor, path.id)
        }),
      ),
  }),
]
