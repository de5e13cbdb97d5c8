// Who of the planned customers wrote to this desk before.
import type { Reader } from '../db/write.ts'
import { groupsOf } from '../desk/sla/rules.ts'
import { emailKey } from '../lib/email.ts'
import type { Requester } from './pen.ts'

/** By address, in lower case. */
export async function findKnown(db: Reader, emails: readonly string[]): Promise<Map<string, Requester>> {
  const known = new Map<string, Requester>()
  // One by one: for a list, PostgreSQL takes the index of parts of addresses, which costs milliseconds for each.
  for (const email of emails.map(emailKey)) {
    const row = await db
      .selectFrom('customers')
      .select(['id', 'user_id', 'company_id'])
      .where('email_key', '=', email)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (!row) continue
    const companies = row.company_id === null ? [] : [row.company_id]
    const groups = (await groupsOf(db, row.id, companies[0] ?? '')).map(({ group_id }) => group_id)
    known.set(email, { id: row.id, userId: row.user_id, groups, companies })
  }
  return known
}

/** Addresses that may be read at once. */
const FEW = 10_000

/** All that the desk knows; undefined: too many. */
export async function addressesOf(db: Reader): Promise<ReadonlySet<string> | undefined> {
  const query = db.selectFrom('customers').select('email_key').where('email_key', 'is not', null)
  const rows = await query.limit(FEW + 1).execute()
  return rows.length > FEW ? undefined : new Set(rows.map(({ email_key }) => String(email_key)))
}
