// The mail that a message group came by or left by: shown beside the messages, and what answers are threaded on.
import type { Selectable } from 'kysely'
import { insertRows } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import type { MailRow } from '../mail/tables.ts'

export type Mail = Selectable<MailRow>

/** A mail of somebody who takes part, unless it says otherwise. */
export const addMail = (tx: Tx, mail: Omit<Mail, 'is_guest'> & { is_guest?: number }): Promise<void> =>
  insertRows(tx, 'mails', [{ ...mail, is_guest: mail.is_guest ?? 0 }])

/** The mails of a conversation, by message group. */
export async function listMails(db: Reader, conversationId: string): Promise<Map<number, Mail>> {
  const rows = await db.selectFrom('mails').selectAll().where('conversation_id', '=', conversationId).execute()
  return new Map(rows.map((row) => [row.group_seq, row]))
}
