// How far a folder was read: kept in the transaction that stores the mails, so that a crash neither loses nor doubles.

import { engineOf } from '../../../db/differences.ts'
import type { Reader, Tx } from '../../../db/write.ts'

export interface Position {
  uidValidity: string
  lastUid: number
}

export async function findPosition(db: Reader, mailboxId: string, folder: string): Promise<Position | undefined> {
  const row = await db
    .selectFrom('mailbox_positions')
    .select(['uid_validity', 'last_uid'])
    .where('mailbox_id', '=', mailboxId)
    .where('folder', '=', folder)
    .executeTakeFirst()
  return row && { uidValidity: row.uid_validity, lastUid: row.last_uid }
}

export async function putPosition(tx: Tx, mailboxId: string, folder: string, position: Position): Promise<void> {
  const values = { uid_validity: position.uidValidity, last_uid: position.lastUid, changed_at: Date.now() }
  await tx
    .insertInto('mailbox_positions')
    .values({ mailbox_id: mailboxId, folder, ...values })
    .onConflict((conflict) => conflict.columns(['mailbox_id', 'folder']).doUpdateSet(values))
    .execute()
}

/** The mailbox is somebody else's now: removed, or fetched by another process. */
export class NotMine extends Error {
  constructor() {
    super('the mailbox was removed, or another process has taken it over')
  }
}

/** Throws NotMine unless this process may still store what it fetched. */
export async function assertMine(tx: Tx, mailboxId: string, owner: string): Promise<void> {
  const row = await tx
    .selectFrom('mailboxes')
    .select('lease_owner')
    .where('id', '=', mailboxId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row || (needsLease(tx) && row.lease_owner !== owner)) throw new NotMine()
}

/** An embedded database has one process that fetches: the one that holds the lock on its folder. */
export const needsLease = (db: Reader): boolean => engineOf(db) === 'postgres'
