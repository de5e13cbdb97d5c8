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
  /** Deletes events older than the setting `event_days`. Timed. */
  'prune-events': z.object({}),
  /** Deletes sign-ins that have expired. Timed. */
  'prune-sessions': z.object({}),
} as const

export type JobName = keyof typeof jobs
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]>
