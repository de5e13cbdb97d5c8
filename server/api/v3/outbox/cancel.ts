// /api/v3/outbox/:id/cancel
import { outboxMailSchema } from '../../../../contract/v3/outbox.ts'
import { cancelMail } from '../../../desk/mail/sending/take-back.ts'
import { getOutboxMail } from '../../../desk/outbox/find.ts'
import { byId, v3 } from '../route.ts'
import { outboxView } from '../wire/outbox.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/outbox/:id/cancel',
    summary: 'Takes a mail back before it leaves. Its message stays in the history, marked as not sent.',
    path: byId,
    answer: outboxMailSchema,
    handle: async ({ app, actor, path }) => {
      const { database } = app
      await database.write((tx) => cancelMail(tx, actor, path.id))
      return outboxView(await getOutboxMail(database.reader, actor, path.id))
    },
  }),
]
