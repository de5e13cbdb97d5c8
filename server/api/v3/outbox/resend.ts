// /api/v3/outbox/:id/resend
import { outboxMailSchema } from '../../../../contract/v3/outbox.ts'
import { resendMail } from '../../../desk/mail/sending/take-back.ts'
import { getOutboxMail } from '../../../desk/outbox/find.ts'
import { byId, v3 } from '../route.ts'
import { outboxView } from '../wire/outbox.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/outbox/:id/resend',
    summary: 'Sends a mail again that failed, came back, or of which nobody knows whether it has gone.',
    path: byId,
    answer: outboxMailSchema,
    handle: async ({ app, actor, path }) => {
      const { database } = app
      await database.write((tx) => resendMail(tx, actor, path.id))
      return outboxView(await getOutboxMail(database.reader, actor, path.id))
    },
  }),
]
