// /api/v3/mailboxes
import { z } from 'zod'
import { mailboxDraftSchema, mailboxPatchSchema, mailboxSchema } from '../../../contract/v3/mailboxes.ts'
import { draftMailbox, withSecrets } from '../../desk/mailboxes/draft.ts'
import {
  addMailbox,
  assertMayManageMailboxes,
  changeMailbox,
  getMailbox,
  getMailboxForChange,
  listMailboxes,
  removeMailbox,
} from '../../desk/mailboxes/mailboxes.ts'
import { assertServersWork } from '../../desk/mailboxes/trial.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'
import { mailboxPatch, mailboxView } from './wire/mailbox.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/mailboxes',
    summary: 'All mailboxes, the default first. Passwords and keys are never shown. For administrators.',
    answer: z.object({ mailboxes: z.array(mailboxSchema) }),
    handle: async ({ app, actor }) => {
      const mailboxes = await listMailboxes(app.database.reader, actor)
      return { mailboxes: mailboxes.map((mailbox) => mailboxView(app.installation.secret, mailbox)) }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/mailboxes',
    summary: 'Adds a mailbox, after its servers have been tried. For administrators.',
    body: mailboxDraftSchema,
    answer: mailboxSchema,
    handle: async ({ app, actor, body }) => {
      assertMayManageMailboxes(actor)
      const { secret } = app.installation
      const patch = mailboxPatch(body)
      let drafted = draftMailbox(secret, undefined, patch)
      if (!body.is_test_skipped) {
        const exchanged = await assertServersWork(app, drafted)
        drafted = draftMailbox(secret, undefined, withSecrets(patch, exchanged))
      }
      return mailboxView(secret, await app.database.write((tx) => addMailbox(tx, actor, drafted)))
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/mailboxes/:id',
    summary: 'One mailbox. For administrators.',
    path: byId,
    answer: mailboxSchema,
    handle: async ({ app, actor, path }) =>
      mailboxView(app.installation.secret, await getMailbox(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/mailboxes/:id',
    summary: 'Changes a mailbox; servers that change are tried first. For administrators.',
    path: byId,
    body: mailboxPatchSchema,
    answer: mailboxSchema,
    handle: async ({ app, actor, path, body }) => {
      const { secret } = app.installation
      let patch = mailboxPatch(body)
      const before = await getMailbox(app.database.reader, actor, path.id)
      const sides = (['incoming', 'outgoing'] as const).filter((side) => body[side])
      const drafted = draftMailbox(secret, before, patch)
      if (!body.is_test_skipped) patch = withSecrets(patch, await assertServersWork(app, drafted, sides))
      // Made again of what is stored then: it may have changed while the servers were tried.
      return app.database.write(async (tx) => {
        const now = await getMailboxForChange(tx, actor, path.id)
        return mailboxView(secret, await changeMailbox(tx, actor, draftMailbox(secret, now, patch)))
      })
    },
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/mailboxes/:id',
    summary: 'Removes a mailbox. What came through it stays. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeMailbox(tx, actor, path.id))
      return DONE
    },
  }),
]
