// A mailbox as a row, for tests that need no server behind it.
import type { MailboxRow } from '../server/desk/mailboxes/tables.ts'
import { emailKey } from '../server/lib/email.ts'
import { newId } from '../server/lib/ids.ts'
import type { TestDesk } from './desk.ts'

/** Active, in the department `default`, with neither of its servers, unless said otherwise. */
export async function aMailboxRow(
  desk: TestDesk,
  fields: Partial<Omit<MailboxRow, 'aliases'>> & { aliases?: string[] } = {},
): Promise<MailboxRow> {
  const id = fields.id ?? newId()
  const address = fields.address ?? `box-${id}@desk.test`
  const row: MailboxRow = {
    name: address,
    address,
    address_key: emailKey(address),
    department_id: 'default',
    is_active: 1,
    is_default: 0,
    sender_name: null,
    plus_address: 1,
    incoming: null,
    outgoing: null,
    dkim: null,
    secrets: null,
    lease_owner: null,
    lease_until: null,
    seen_at: null,
    trouble: null,
    created_at: Date.now(),
    changed_at: Date.now(),
    deleted_at: null,
    ...fields,
    id,
    aliases: JSON.stringify(fields.aliases ?? []),
  }
  await desk.app.database.write((tx) => tx.insertInto('mailboxes').values(row).execute())
  return row
}
