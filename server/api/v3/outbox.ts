// /api/v3/outbox
import { outboxMailSchema, outboxPageSchema, outboxQuerySchema } from '../../../contract/v3/outbox.ts'
import { getConversation } from '../../desk/conversations/conversation.ts'
import { getOutboxMail, listOutbox, outboxCursor } from '../../desk/outbox/find.ts'
import { byId, v3 } from './route.ts'
import { outboxView } from './wire/outbox.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/outbox',
    summary: 'Mails on their way out, or gone. Those of no conversation are for administrators.',
    query: outboxQuerySchema,
    answer: outboxPageSchema,
    handle: async ({ app, actor, query: { conversation, ...filter } }) => {
      const db = app.database.reader
      const conversationId = conversation && (await getConversation(db, actor, conversation)).id
      const mails = await listOutbox(db, actor, { ...filter, conversationId })
      const last = mails.at(-1)
      return {
        mails: mails.map(outboxView),
        next_cursor: last && mails.length === filter.limit ? outboxCursor(last) : null,
      }
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/outbox/:id',
    summary: 'One mail of the outbox.',
    path: byId,
    answer: outboxMailSchema,
    handle: async ({ app, actor, path }) => outboxView(await getOutboxMail(app.database.reader, actor, path.id)),
  }),
]
