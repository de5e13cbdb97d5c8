// What all mails of the system itself have in common: who sends them, and how many one person gets.
import type { Reader } from '../../../db/write.ts'
import { emailKey, isEmail } from '../../../lib/email.ts'
import { newSecret } from '../../../lib/ids.ts'
import { DEFAULT_DEPARTMENT } from '../../departments/departments.ts'
import type { Mailbox } from '../../mailboxes/mailbox.ts'
import { findSender } from '../../mailboxes/mailboxes.ts'
import { listOwnAddresses } from '../../mailboxes/own-addresses.ts'
import type { OutboxKind } from '../../outbox/outbox.ts'

export const domainOf = ({ address }: Pick<Mailbox, 'address'>): string => address.slice(address.lastIndexOf('@') + 1)

/** Of a mail that belongs to no conversation: an answer to it opens a new one. */
export const plainMessageId = (mailbox: Pick<Mailbox, 'address'>): string =>
  `dh-system.${newSecret()}@${domainOf(mailbox)}`

/** Who sends what belongs to no department. Undefined: nobody can. */
export const systemSender = (db: Reader): Promise<Mailbox | undefined> => findSender(db, DEFAULT_DEPARTMENT)

const NOBODY_READS =
  /^(?:.*[._+=-])?(?:no|do-?not|donot|not?)[._-]?(?:reply|respond|answer)(?:[._+=-].*)?@|^(?:mailer-daemon|postmaster|bounces?|listserv|majordomo|owner-.*|.*-(?:request|owner|bounces?))(?:[._+=-].*)?@/i

/** Whether a person may read there: not ourselves, and not the usual addresses of machines. */
export const isPersonal = async (db: Reader, address: string): Promise<boolean> =>
  isEmail(address) && !NOBODY_READS.test(address) && !(await listOwnAddresses(db)).has(emailKey(address))

/** What a stranger has written and we repeat to somebody: at least no link of his is in it. */
export const withoutAddresses = (text: string): string => text.replace(/\S*(?::\/\/|www\.)\S*/gi, '…').trim()

export const queuedQuery = (db: Reader, kind: OutboxKind, recipientKey: string, since: number) =>
  db
    .selectFrom('outbox')
    .select('created_at')
    .where('recipient_key', '=', recipientKey)
    .where('created_at', '>', since)
    .where('kind', '=', kind)
    .orderBy('created_at', 'desc')
    .limit(100)

/** When mails of a kind were put into the outbox for somebody since an instant, newest first. */
export async function queuedSince(
  db: Reader,
  kind: OutboxKind,
  recipientKey: string,
  since: number,
): Promise<number[]> {
  const rows = await queuedQuery(db, kind, recipientKey, since).execute()
  return rows.map(({ created_at }) => created_at)
}
