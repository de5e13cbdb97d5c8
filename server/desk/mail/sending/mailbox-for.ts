// The mailbox that a mail leaves by.
import { prepared } from '../../../db/prepared.ts'
import type { Reader } from '../../../db/write.ts'
import { DEFAULT_DEPARTMENT } from '../../departments/departments.ts'
import type { Mailbox } from '../../mailboxes/mailbox.ts'
import { findSender } from '../../mailboxes/mailboxes.ts'
import type { OutboxMail } from '../../outbox/outbox.ts'

/** The one that the mail was queued for if it still can send, else the one that does now for its department. */
export async function mailboxFor(db: Reader, mail: OutboxMail): Promise<Mailbox | undefined> {
  const [queuedFor] = mail.mailbox_id === null ? [] : await sendingMailbox(db, mail.mailbox_id)
  if (queuedFor) return queuedFor
  const [row] = mail.conversation_id === null ? [] : await departmentOf(db, mail.conversation_id)
  return findSender(db, row?.department_id ?? DEFAULT_DEPARTMENT)
}

const sendingMailbox = prepared((db, id: string) =>
  db
    .selectFrom('mailboxes')
    .selectAll()
    .where('id', '=', id)
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .where('outgoing', 'is not', null),
)
const departmentOf = prepared((db, id: string) =>
  db.selectFrom('conversations').select('department_id').where('id', '=', id),
)
