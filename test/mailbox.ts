// A mailbox for a desk under test: stored without a look at its servers.
import { systemActor } from '../server/desk/actor.ts'
import { draftMailbox, type MailboxPatch } from '../server/desk/mailboxes/draft.ts'
import type { Mailbox } from '../server/desk/mailboxes/mailbox.ts'
import { addMailbox } from '../server/desk/mailboxes/mailboxes.ts'
import type { TestDesk } from './desk.ts'

/** One for the department `default` that sends through a server on this machine, unless the patch says otherwise. */
export function aMailbox(desk: TestDesk, port: number, patch: MailboxPatch = {}): Promise<Mailbox> {
  const { app } = desk
  const drafted = draftMailbox(app.installation.secret, undefined, {
    address: 'support@desk.test',
    ...patch,
    outgoing: { host: '127.0.0.1', port, security: 'none', auth: 'none', ...patch.outgoing },
  })
  return app.database.write((tx) => addMailbox(tx, systemActor, drafted))
}
