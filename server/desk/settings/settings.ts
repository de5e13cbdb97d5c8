// What the administrator can change while Deskhand runs, and what the installation keeps about itself.
import { z } from 'zod'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { NotAllowed } from '../../lib/errors.ts'
import { isZone } from '../../lib/zone.ts'
import { type Actor, mayAdminister } from '../actor.ts'

/** Every signed-in agent may read these: what is secret is kept elsewhere. */
export const settingsSchema = z.object({
  /** IANA name. Every date on API v1 is in this zone, both ways. */
  timezone: z.string().refine(isZone, 'must be a time zone such as Europe/Berlin or GMT').default('GMT'),
  /** Shown to customers. */
  company_name: z.string().trim().min(1).max(200).default('Deskhand'),
  /** In which mails are written to people whose own language is not known, or not spoken here. */
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language such as en or pt-BR')
    .default('en'),
  /** A mail that opens a conversation is acknowledged at once. Departments can say otherwise: see templates. */
  acknowledge: z.boolean().default(false),
  /** An agent is told by mail that a conversation was assigned to him. */
  notify_assignment: z.boolean().default(true),
  /** How many days numbered events are kept for readers that were away. */
  event_days: z.number().int().min(1).max(3650).default(30),
  /** Seconds in which an agent can take back what he has sent: for so long, its mail waits. */
  undo_seconds: z.number().int().min(0).max(60).default(5),
  /** Mails from one sender within an hour; beyond it, nothing that he writes is answered automatically. */
  mail_sender_budget: z.number().int().min(1).max(1_000_000).default(40),
  /** The same in one conversation. */
  mail_conversation_budget: z.number().int().min(1).max(1_000_000).default(20),
  /** Mails from one sender within an hour beyond which they are held back until somebody lets them in. */
  mail_hold_after: z.number().int().min(1).max(1_000_000).default(5_000),
  /** Our own mail server's name in Authentication-Results, if it checks mails and takes out forged headers. Empty: none. */
  mail_trusted_authserv: z.string().trim().max(253).default(''),
  /** Answers ask the customer how they were, below what the agent wrote. Templates of one's own ask where they say so. */
  rating_links: z.boolean().default(false),
  /** Days after an answer, chat or call in which it can be rated. */
  rating_link_days: z.number().int().min(1).max(3650).default(90),
  /** Days after it was rated in which the customer can change that. */
  rating_change_days: z.number().int().min(0).max(365).default(7),
})
export type Settings = z.infer<typeof settingsSchema>

export const settingsPatchSchema = z.strictObject({
  timezone: settingsSchema.shape.timezone.removeDefault().optional(),
  company_name: settingsSchema.shape.company_name.removeDefault().optional(),
  language: settingsSchema.shape.language.removeDefault().optional(),
  acknowledge: settingsSchema.shape.acknowledge.removeDefault().optional(),
  notify_assignment: settingsSchema.shape.notify_assignment.removeDefault().optional(),
  event_days: settingsSchema.shape.event_days.removeDefault().optional(),
  undo_seconds: settingsSchema.shape.undo_seconds.removeDefault().optional(),
  mail_sender_budget: settingsSchema.shape.mail_sender_budget.removeDefault().optional(),
  mail_conversation_budget: settingsSchema.shape.mail_conversation_budget.removeDefault().optional(),
  mail_hold_after: settingsSchema.shape.mail_hold_after.removeDefault().optional(),
  mail_trusted_authserv: settingsSchema.shape.mail_trusted_authserv.removeDefault().optional(),
  rating_links: settingsSchema.shape.rating_links.removeDefault().optional(),
  rating_link_days: settingsSchema.shape.rating_link_days.removeDefault().optional(),
  rating_change_days: settingsSchema.shape.rating_change_days.removeDefault().optional(),
})

/** What an installation is: made up at the first start, never shown whole. */
export const installationSchema = z.object({
  /** 64 hex digits from which auth tokens are derived. */
  secret: z.string(),
  installed_at: z.number(),
  /** When a newer version first ran on this data. */
  updated_at: z.number(),
  /** The newest version that ran on this data. */
  version: z.string(),
})
export type Installation = z.infer<typeof installationSchema>

async function readRows(db: Reader): Promise<Record<string, unknown>> {
  const rows = await db.selectFrom('settings').selectAll().execute()
  return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)]))
}

export const getSettings = async (db: Reader): Promise<Settings> => settingsSchema.parse(await readRows(db))

/** Undefined on a database that was never started. */
export async function findInstallation(db: Reader): Promise<Installation | undefined> {
  const result = installationSchema.safeParse(await readRows(db))
  return result.success ? result.data : undefined
}

const secretRow = prepared((db) => db.selectFrom('settings').select('value').where('key', '=', 'secret'))

/** The installation's secret, where the application that has read it is out of reach: inside of a write. */
export async function getSecret(db: Reader): Promise<string> {
  const [row] = await secretRow(db)
  return installationSchema.shape.secret.parse(row && JSON.parse(row.value))
}

export async function putSettings(tx: Tx, values: Partial<Settings & Installation>): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    const text = JSON.stringify(value)
    await tx
      .insertInto('settings')
      .values({ key, value: text })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: text }))
      .execute()
  }
}

/** Changes settings; the others stay. Other processes follow the event. */
export async function changeSettings(tx: Tx, actor: Actor, patch: Partial<Settings>): Promise<Settings> {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may change settings.')
  await putSettings(tx, patch)
  recordEvent(tx, { type: 'settings.changed', data: {} })
  return getSettings(tx)
}
