// Who of the planned customers wrote to this desk before.
import type { Reader } from '../db/write.ts'
import { emailKey } from '../lib/email.ts'
import type { CustomerIds } from './batch.ts'

/** Ids by address, in lower case. */
export async function findKnown(db: Reader, emails: readonly string[]): Promise<Map<string, CustomerIds>> {
  const known = new Map<string, CustomerIds>()
  // One by one: for a list, PostgreSQL takes the index of parts of addresses, which costs milliseconds for each.
  for (const email of emails.map(emailKey)) {
    const row = await db
      .selectFrom('customers')
      .select(['id', 'user_id'])
      .where('email_key', '=', email)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (row) known.set(email, { id: row.id, userId: row.user_id })
  }
  return known
}
