// Mails of the outbox as our own API shows them.
import type { z } from 'zod'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import type { outboxMailSchema } from '../../../../contract/v3/outbox.ts'
import type { OutboxView } from '../../../desk/outbox/find.ts'
import { isOutboxState, recipientsOf } from '../../../desk/outbox/outbox.ts'
import { idOfRow } from '../../../lib/ids.ts'

export function outboxView(row: OutboxView): z.input<typeof outboxMailSchema> {
  if (!isOutboxState(row.state)) throw new Error(`mail ${row.seq} has the unknown state '${row.state}'`)
  return {
    outboxid: row.seq,
    kind: row.kind,
    state: row.state,
    subject: row.subject,
    ...recipientsOf(row),
    conversationid: row.conversation_id,
    messagegroupid: row.group_seq === null ? null : idOfRow(row.group_seq),
    mailboxid: row.mailbox_id,
    message_id: row.message_id,
    attempts: row.attempts,
    trouble: row.trouble,
    datedue: instantText(row.due_at),
    datesent: instantTextOrNull(row.sent_at),
    datecreated: instantText(row.created_at),
    datechanged: instantText(row.changed_at),
  }
}
