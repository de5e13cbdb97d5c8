// /api/v3/mailboxes/test and /api/v3/mailboxes/{id}/test
import { z } from 'zod'
import { mailboxDraftSchema, mailboxTestSchema } from '../../../../contract/v3/mailboxes.ts'
import { draftMailbox } from '../../../desk/mailboxes/draft.ts'
import { assertMayManageMailboxes, getMailbox } from '../../../desk/mailboxes/mailboxes.ts'
import { tryDrafted, tryStored } from '../../../desk/mailboxes/trial.ts'
import { byId, v3 } from '../route.ts'
import { mailboxPatch, mailboxTestView } from '../wire/mailbox.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/mailboxes/test',
    summary: 'Tries the servers of a mailbox without storing anything. For administrators.',
    body: mailboxDraftSchema,
    answer: mailboxTestSchema,
    handle: async ({ app, actor, body }) => {
      assertMayManageMailboxes(actor)
      const drafted = draftMailbox(app.installation.secret, undefined, mailboxPatch(body))
      return mailboxTestView(await tryDrafted(app, drafted))
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/mailboxes/:id/test',
    summary: 'Tries the servers of a stored mailbox. For administrators.',
    path: byId,
    body: z.strictObject({}),
    answer: mailboxTestSchema,
    handle: async ({ app, actor, path }) => {
      const mailbox = await getMailbox(app.database.reader, actor, path.id)
      return mailboxTestView(await tryStored(app, mailbox))
    },
  }),
]
