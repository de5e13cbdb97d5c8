// Every address of ours: a mail that we sent to one of them would come back to us.
import { prepared } from '../../db/prepared.ts'
import type { Reader } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { aliasesOf } from './mailbox.ts'

const addresses = prepared((db) =>
  db.selectFrom('mailboxes').select(['address_key', 'aliases']).where('deleted_at', 'is', null),
)

/** Without regard to case. */
export async function listOwnAddresses(db: Reader): Promise<Set<string>> {
  const rows = await addresses(db)
  return new Set(rows.flatMap((row) => [row.address_key, ...aliasesOf(row).map(emailKey)]))
}
