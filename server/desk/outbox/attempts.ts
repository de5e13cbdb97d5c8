// Attempts to send: who may make one, what is noted before the wire is touched, and what a process that died leaves.
//
// A mail is never sent twice by itself. Its row is taken (`sending`) before a connection is asked for, and marked as handed
// over before the end of the mail is sent: without that end, no server takes a mail. Whoever finds a row of a dead process
// knows by the mark whether it can begin again. Each step names the attempt that it belongs to, so that a process that
// was thought dead can go no further.
import { sql } from 'kysely'
import { engineOf } from '../../db/differences.ts'
import type { Database } from '../../db/open.ts'
import type { Reader, Tx } from '../../db/write.ts'
import type { OutboxMail } from './outbox.ts'

/** A row that this process has taken. */
export type Taken = OutboxMail & { attempt_at: number; worker: string }

/** Rows whose process has not been heard of for so long are given up by it. */
export const SILENCE_MS = 15_000
export const BEAT_MS = 3_000

/** Takes up to `limit` mails that are due: nobody else gets them. None of the mailboxes that are busy. */
export function takeDue(
  database: Database,
  worker: string,
  limit: number,
  busyMailboxes: readonly string[],
): Promise<Taken[]> {
  return database.write(async (tx) => {
    const now = Date.now()
    const { rows } = await sql<Taken>`
      update outbox set state = 'sending', attempts = attempts + 1, worker = ${worker}, attempt_at = ${now},
        handed_at = null, changed_at = ${now}
      where seq in (${dueQuery(tx, now, limit, busyMailboxes)})
      returning *`.execute(tx)
    return rows.sort((a, b) => a.due_at - b.due_at || a.seq - b.seq)
  })
}

/** The numbers of mails that are due, the longest waiting first. Locks them, where there are locks. */
export function dueQuery(db: Reader, now: number, limit: number, busyMailboxes: readonly string[]) {
  const isPostgres = engineOf(db) === 'postgres'
  const skip = isPostgres ? sql`for update skip locked` : sql``
  // SQLite would rather sort all that wait, by the index of the states.
  const index = isPostgres ? sql`` : sql`indexed by outbox_due`
  const others =
    busyMailboxes.length === 0 ? sql`` : sql`and (mailbox_id is null or mailbox_id not in (${sql.join(busyMailboxes)}))`
  return sql<{ seq: number }>`
    select seq from outbox ${index} where state in ('queued', 'delayed') and due_at <= ${now} ${others}
    order by due_at, seq limit ${sql.lit(limit)} ${skip}`
}

/** The row, if the attempt is still the one that is under way. */
const ofAttempt = (tx: Tx, { seq, worker, attempt_at }: Taken) =>
  tx.updateTable('outbox').where('seq', '=', seq).where('worker', '=', worker).where('attempt_at', '=', attempt_at)

/** Somebody else has the mail now: this attempt must not end it. */
export class Superseded extends Error {}

/** Marks that the end of the mail is sent next. */
export async function markHanded(database: Database, taken: Taken): Promise<void> {
  const now = Date.now()
  const { numUpdatedRows } = await database.write((tx) =>
    ofAttempt(tx, taken)
      .where('state', '=', 'sending')
      .set({ handed_at: now, changed_at: now })
      .executeTakeFirstOrThrow(),
  )
  if (numUpdatedRows !== 1n) throw new Superseded('another process has taken this mail')
}

/**
 * Stores how an attempt went; false if it does not count any more. An answer of the server counts also for a mail that
 * was given up as unconfirmed meanwhile.
 */
export async function endAttempt(
  tx: Tx,
  taken: Taken,
  result: Partial<Omit<OutboxMail, 'seq'>> & Pick<OutboxMail, 'state'>,
): Promise<boolean> {
  const { numUpdatedRows } = await ofAttempt(tx, taken)
    .where('state', 'in', ['sending', 'unconfirmed'])
    .set({ changed_at: Date.now(), ...result })
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Says that this process is alive and at it. */
export const beat = (database: Database, worker: string): Promise<unknown> =>
  database.write((tx) =>
    tx
      .updateTable('outbox')
      .set({ changed_at: Date.now() })
      .where('state', '=', sql.lit('sending'))
      .where('worker', '=', worker)
      .execute(),
  )

/** Rows that are being sent, by the process that took them: those of dead ones are recovered. */
export const sendingQuery = (db: Reader) =>
  db.selectFrom('outbox').selectAll().where('state', '=', sql.lit('sending')).limit(500)
