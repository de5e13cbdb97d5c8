// Which function does which job. What only some desks need is loaded by its first job.
import type { App } from './app.ts'
import type { Tx } from './db/write.ts'
import { hasLiveCalls, routeCalls } from './desk/calls/route.ts'
import { hasLiveChats, releaseChats, routeChats } from './desk/chats/route.ts'
import { mailMissed, sweepChats } from './desk/chats/vanished.ts'
import { pruneVisitors } from './desk/chats/visitors.ts'
import { sweepCompany } from './desk/companies/companies.ts'
import { releaseConversations } from './desk/conversations/assignment.ts'
import { sweepGroup } from './desk/customers/groups.ts'
import { hasOutgoing, hasWaiting } from './desk/mail/idle.ts'
import { pruneLinks } from './desk/mail/one-time-links.ts'
import { rehomeMailboxes } from './desk/mailboxes/mailboxes.ts'
import { rollFacts } from './desk/metrics/roll.ts'
import { rollLoad } from './desk/metrics/roll-load.ts'
import { untagFacts } from './desk/metrics/tag-facts.ts'
import { sweepPresence } from './desk/presence/connections.ts'
import { rollStretches } from './desk/presence/online-days.ts'
import { pruneLiveTickets } from './desk/sessions/live-tickets.ts'
import { pruneSessions } from './desk/sessions/sessions.ts'
import { pickLevels, reckonClocks } from './desk/sla/anew.ts'
import { tellClocks } from './desk/sla/notices.ts'
import { rollClocks } from './desk/sla/roll.ts'
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
  const upSince = Date.now()
  return {
    'sweep-tag': ({ tagId }) => inPortions((tx) => sweepTag(tx, tagId, (from) => untagFacts(tx, from, [tagId]))),
    'sweep-company': ({ companyId }) => inPortions((tx) => sweepCompany(tx, companyId)),
    'sweep-group': ({ groupId }) => inPortions((tx) => sweepGroup(tx, groupId)),
    'release-conversations': async ({ agentId }) => {
      await inPortions((tx) => releaseChats(tx, agentId))
      await inPortions((tx) => releaseConversations(tx, agentId))
    },
    'rehome-mailboxes': ({ departmentId }) => database.write((tx) => rehomeMailboxes(tx, departmentId)),
    'remove-file': ({ fileId }) => files.remove(fileId),
    'accept-mails': async () => {
      if (!(await hasWaiting(database.reader))) return
      const { acceptInTurn } = await import('./desk/mail/accepting/accept-waiting.ts')
      await acceptInTurn(app)
    },
    'send-mail': async () => {
      if (!(await hasOutgoing(database.reader))) return
      const { sendDue } = await import('./desk/mail/sending/send-due.ts')
      await sendDue(app)
    },
    'sweep-presence': () => inPortions((tx) => sweepPresence(tx)),
    'route-chats': async () => {
      if (await hasLiveChats(database.reader)) await database.write((tx) => routeChats(tx))
    },
    'route-calls': async () => {
      if (await hasLiveCalls(database.reader)) await inPortions((tx) => routeCalls(tx))
    },
    'sweep-chats': async () => {
      if (await hasLiveChats(database.reader)) await inPortions((tx) => sweepChats(tx, upSince))
    },
    'mail-missed': ({ conversationId }) => database.write((tx) => mailMissed(tx, conversationId)),
    'prune-visitors': () => inPortions((tx) => pruneVisitors(tx)),
    'reckon-clocks': ({ levelId }) => reckonClocks(database, levelId),
    'pick-levels': (whose) => pickLevels(database, whose),
    'tell-clocks': () => inPortions((tx) => tellClocks(tx)),
    'prune-events': () => inPortions((tx) => pruneEvents(tx, Date.now() - settings().event_days * 86_400_000)),
    'invite-customer': async ({ customerId }) => {
      const { inviteCustomer } = await import('./desk/mail/sending/invitations.ts')
      await inviteCustomer(app, customerId)
    },
    'send-password-link': async ({ who, email }) => {
      const { sendPasswordLink } = await import('./desk/mail/sending/invitations.ts')
      await sendPasswordLink(app, who, email)
    },
    'notify-agent': async (assigned) => {
      const { notifyAgent } = await import('./desk/mail/sending/assignment-mails.ts')
      await notifyAgent(app, assigned)
    },
    'roll-facts': () => rollFacts(database),
    'roll-clocks': () => rollClocks(database),
    'roll-stretches': () => rollStretches(database),
    'roll-load': () => rollLoad(database),
    'tell-troubles': async () => {
      const { tellTroubles } = await import('./desk/mail/sending/notices.ts')
      await tellTroubles(app)
    },
    'prune-sessions': () =>
      database.write(async (tx) => {
        await pruneSessions(tx, Date.now())
        await pruneLinks(tx, Date.now())
        await pruneLiveTickets(tx, Date.now())
      }),
  }
}
