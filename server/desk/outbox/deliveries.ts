// What became of a conversation's mails on their way out, by the message group that they carry.
import { prepared } from '../../db/prepared.ts'
import type { Reader } from '../../db/write.ts'
import type { OutboxMail } from './outbox.ts'

const mailsOf = prepared((db, conversationId: string) =>
  db.selectFrom('outbox').selectAll().where('conversation_id', '=', conversationId).orderBy('seq'),
)

/** Oldest first. Mails of the system itself carry no group and are not among them. */
export async function listDeliveries(db: Reader, conversationId: string): Promise<Map<number, OutboxMail[]>> {
  const byGroup = new Map<number, OutboxMail[]>()
  for (const mail of await mailsOf(db, conversationId)) {
    if (mail.group_seq === null) continue
    const ofGroup = byGroup.get(mail.group_seq)
    if (ofGroup) ofGroup.push(mail)
    else byGroup.set(mail.group_seq, [mail])
  }
  return byGroup
}
