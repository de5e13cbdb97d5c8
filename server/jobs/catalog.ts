// Every job: its name, what it carries, and what it is for. Handlers are attached in app.ts.
import { z } from 'zod'

export const jobs = {
  /** Takes a deleted tag off the conversations that still carry it, in portions. */
  'sweep-tag': z.object({ tagId: z.string() }),
  /** Takes the members out of a deleted customer group, in portions. */
  'sweep-group': z.object({ groupId: z.string() }),
  /** Takes the customers out of a deleted company, in portions. */
  'sweep-company': z.object({ companyId: z.string() }),
  /** Unassigns the open conversations of a deleted agent, in portions. */
  'release-conversations': z.object({ agentId: z.string() }),
  /** Gives the mailboxes of a deleted department to the default one. */
  'rehome-mailboxes': z.object({ departmentId: z.string() }),
  /** Removes the contents of a deleted file. */
  'remove-file': z.object({ fileId: z.string() }),
  /** Accepts the raw mails that wait, until there are none. */
  'accept-mails': z.object({}),
  /** Sends what is due in the outbox. */
  'send-mail': z.object({}),
  /** Asks a registered customer by mail to choose a password. */
  'invite-customer': z.object({ customerId: z.string() }),
  /** Sends a link for a new password to an address, if somebody has it. */
  'send-password-link': z.object({ who: z.enum(['customer', 'agent']), email: z.string() }),
  /** Tells an agent by mail that a conversation was assigned to him. */
  'notify-agent': z.object({ conversationId: z.string(), agentId: z.string() }),
  /** Tells the owners by mail that mail does not work, once a day at most. Timed. */
  'tell-troubles': z.object({}),
  /** Ends the presence that lost connections and dead processes have left. Timed. */
  'sweep-presence': z.object({}),
  /** Gives out chats that wait, and takes back what nobody answers. Timed, too. */
  'route-chats': z.object({}),
  /** Ends the chats of visitors who have left. Timed. */
  'sweep-chats': z.object({}),
  /** Mails what a visitor was not there to see when an agent ended his chat. */
  'mail-missed': z.object({ conversationId: z.string() }),
  /** Forgets visitors who were not seen for long. Timed. */
  'prune-visitors': z.object({}),
  /** Gives out calls that wait, and ends those of which nothing is heard any more. Timed, too. */
  'route-calls': z.object({}),
  /** Adds new facts to the rollups that reports read. Timed. */
  'roll-facts': z.object({}),
  /** Adds answered SLA clocks to the rollups that reports read. Timed. */
  'roll-clocks': z.object({}),
  /** Adds time online to the sums that reports read. Timed. */
  'roll-stretches': z.object({}),
  /** Adds new steps of the load to what reports read. Timed. */
  'roll-load': z.object({}),
  /** Reckons the SLA clocks of a level anew, which was changed or deleted. */
  'reckon-clocks': z.object({ levelId: z.string() }),
  /** Picks the SLA levels of a customer's conversations, or of those of a company's people, again. */
  'pick-levels': z.object({ customerId: z.string().optional(), companyId: z.string().optional() }),
  /** Says which SLA clocks are due soon, and which are overdue. */
  'tell-clocks': z.object({}),
  /** Deletes events older than the setting `event_days`. Timed. */
  'prune-events': z.object({}),
  /** Deletes sign-ins and links to passwords that have expired. Timed. */
  'prune-sessions': z.object({}),
} as const

export type JobName = keyof typeof jobs
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]>
