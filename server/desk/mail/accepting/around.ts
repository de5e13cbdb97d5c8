// What every mail is looked at with. Read once for each portion of mails: it changes rarely, and mails come in thousands.
import type { Reader } from '../../../db/write.ts'
import { emailKey } from '../../../lib/email.ts'
import { type Agent, listAgents } from '../../agents/agents.ts'
import { DEFAULT_DEPARTMENT, listDepartments } from '../../departments/departments.ts'
import { listOwnAddresses } from '../../mailboxes/own-addresses.ts'
import { signedConversation } from '../../outbox/message-id.ts'
import type { Settings } from '../../settings/settings.ts'
import type { MailDesk } from '../mail-desk.ts'
import { listRules, type MailRule } from './rules.ts'

export interface Around {
  desk: MailDesk
  settings: Settings
  secret: string
  /** Addresses of our mailboxes without regard to case. */
  own: ReadonlySet<string>
  /** Agents in use, by address without regard to case. */
  agents: ReadonlyMap<string, Agent>
  /** The department of each mailbox, removed ones included: their mail may still wait. */
  departments: ReadonlyMap<string, string>
  departmentsInUse: ReadonlySet<string>
  rules: readonly MailRule[]
}

export async function lookAround(desk: MailDesk): Promise<Around> {
  const db = desk.database.reader
  return {
    desk,
    settings: desk.settings(),
    secret: desk.installation.secret,
    own: await listOwnAddresses(db),
    agents: new Map((await listAgents(db)).map((agent) => [agent.email_key, agent])),
    departments: await departmentsOfMailboxes(db),
    departmentsInUse: new Set((await listDepartments(db)).map(({ id }) => id)),
    rules: await listRules(db),
  }
}

async function departmentsOfMailboxes(db: Reader): Promise<Map<string, string>> {
  const rows = await db.selectFrom('mailboxes').select(['id', 'department_id']).execute()
  return new Map(rows.map(({ id, department_id }) => [id, department_id]))
}

/**
 * The department of a raw mail: the one that it was imported into or of its folder, else its mailbox's, else the one that
 * always exists. One that was deleted since does not count.
 */
export function departmentFor(around: Around, raw: { department_id: string | null; mailbox_id: string }): string {
  const wanted = [raw.department_id, around.departments.get(raw.mailbox_id)]
  return wanted.find((id) => id != null && around.departmentsInUse.has(id)) ?? DEFAULT_DEPARTMENT
}

/** An address of a mailbox of ours, with or without `+anything`, or one that we signed. */
export function isOwnAddress(around: Pick<Around, 'own' | 'secret'>, address: string): boolean {
  const key = emailKey(address)
  return (
    around.own.has(key) ||
    around.own.has(key.replace(/\+[^@]*(?=@)/, '')) ||
    signedConversation(around.secret, key) !== undefined
  )
}
