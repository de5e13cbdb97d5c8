// Which mailbox sends for a department.
import type { Selectable } from 'kysely'
import { prepared } from '../../db/prepared.ts'
import type { Reader } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { textList } from '../../lib/text-list.ts'
import type { MailboxRow } from './tables.ts'

/** A mailbox that can send. */
export type SendingMailbox = Selectable<MailboxRow> & { outgoing: string }

// Asked with every answer of every desk, also of those without any mailbox: one look at a table of a few rows.
const senders = prepared((db, departmentId: string) =>
  db
    .selectFrom('mailboxes')
    .selectAll()
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .where('outgoing', 'is not', null)
    .where((eb) => eb.or([eb('department_id', '=', departmentId), eb('is_default', '=', 1)]))
    .orderBy('created_at')
    .orderBy('id'),
)

/** The department's own mailbox (the oldest, if there are several), else the default one; undefined: nothing is mailed. */
export async function findSender(db: Reader, departmentId: string): Promise<SendingMailbox | undefined> {
  const rows = await senders(db, departmentId)
  const row = rows.find(({ department_id }) => department_id === departmentId) ?? rows[0]
  return row?.outgoing == null ? undefined : { ...row, outgoing: row.outgoing }
}

const addresses = prepared((db) =>
  db.selectFrom('mailboxes').select(['address_key', 'aliases']).where('deleted_at', 'is', null),
)

/** Every address of ours, without regard to case: a mail to one of them would come back to us. */
export async function listOwnAddresses(db: Reader): Promise<Set<string>> {
  const rows = await addresses(db)
  return new Set(rows.flatMap(({ address_key, aliases }) => [address_key, ...textList(aliases).map(emailKey)]))
}
