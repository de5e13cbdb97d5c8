// Who of the planned customers wrote to this desk before.
import type { Reader } from '../db/write.ts'
import { emailKey } from '../lib/email.ts'
import type { CustomerIds } from './batch.ts'

const LOOKUP = 500

/** Ids by address, in lower case. */
export async function findKnown(db: Reader, emails: readonly string[]): Promise<Map<string, CustomerIds>> {
  const known = new Map<string, CustomerIds>()
  for (let start = 0; start < emails.length; start += LOOKUP) {
    const keys = emails.slice(start, start + LOOKUP).map(emailKey)
    const rows = await db
      .selectFrom('customers')
      .select(['id', 'user_id', 'email_key'])
      .where('email_key', 'in', keys)
      .where('deleted_at', 'is', null)
      .execute()
    for (const { id, user_id, email_key } of rows) known.set(email_key ?? '', { id, userId: user_id })
  }
  return known
}
