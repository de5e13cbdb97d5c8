// Which function does which job.
import type { App } from './app.ts'
import type { Tx } from './db/write.ts'
import { sweepCompany } from './desk/companies/companies.ts'
import { releaseConversations } from './desk/conversations/assignment.ts'
import { sweepGroup } from './desk/customers/groups.ts'
import { acceptInTurn } from './desk/mail/accepting/accept-waiting.ts'
import { pruneLinks } from './desk/mail/one-time-links.ts'
import { notifyAgent } from './desk/mail/sending/assignment-mails.ts'
import { inviteCustomer, sendPasswordLink } from './desk/mail/sending/invitations.ts'
import { tellTroubles } from './desk/mail/sending/notices.ts'
import { sendDue } from './desk/mail/sending/send-due.ts'
import { rehomeMailboxes } from './desk/mailboxes/mailboxes.ts'
import { pruneSessions } from './desk/sessions/sessions.ts'
import { sweepTag } from './desk/tags/tags.ts'
import { pruneEvents } from './events/prune.ts'
import type { JobHandlers } from './jobs/queue.ts'

/** The handlers of every job in the catalogue. */
export function jobHandlers(app: App): JobHandlers {
  const { database, files, settings } = app
  /** Each portion is a transaction of its own, so that nobody waits long behind a big clean-up. */
  const inPortions = async (portion: (tx: Tx) => Promise<boolean>): Promise<void> => {
    while (await database.write(portion));
  }
  return {
    'sweep-tag': ({ tagId }) => inPortions((tx) => sweepTag(tx, tagId)),
    'sweep-company': ({ companyId }) => inPortions((tx) => sweepCompany(tx, companyId)),
    'sweep-group': ({ groupId }) => inPortions((tx) => sweepGroup(tx, groupId)),
    'release-conversations': ({ agentId }) => inPortions((tx) => releaseConversations(tx, agentId)),
    'rehome-mailboxes': ({ departmentId }) => database.write((tx) => rehomeMailboxes(tx, departmentId)),
    'remove-file': ({ fileId }) => files.remove(fileId),
    'accept-mails': () => acceptInTurn(app),
    'send-mail': () => sendDue(app),
    'prune-events': () => inPortions((tx) => pruneEvents(tx, Date.now() - settings().event_days * 86_400_000)),
    'invite-customer': ({ customerId }) => inviteCustomer(app, customerId),
    'send-password-link': ({ who, email }) => sendPasswordLink(app, who, email),
    'notify-agent': (assigned) => notifyAgent(app, assigned),
    'tell-troubles': () => tellTroubles(app),
    'prune-sessions': () =>
      database.write(async (tx) => {
        await pruneSessions(tx, Date.now())
        await pruneLinks(tx, Date.now())
      }),
  }
}
