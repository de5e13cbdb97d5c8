// Taking raw mails that wait: nobody else gets them until the lease ends.
import { sql } from 'kysely'
import { z } from 'zod'
import { engineOf } from '../../../db/differences.ts'
import type { Database } from '../../../db/open.ts'
import { enqueue } from '../../../jobs/queue.ts'
import type { RawMail } from '../intake/read-raw.ts'
import { clean } from './body.ts'

/** A process that reads says so more often. After a crash, the mails that it held wait for so long. */
const LEASE_MS = 60_000
export const BEAT_MS = 20_000
/** 5 s, 10 s, 20 s: what a mail meets is mostly gone by then, or never. */
const pauseMs = (failures: number): number => 5_000 * 2 ** (failures - 1)

/**
 * Takes up to `limit` mails, the oldest first. Each time counts as an attempt, so that one that ends the process is noticed
 * in the end; those that only stood beside it are counted, too, so many are needed.
 */
export function claimRaw(database: Database, limit: number, now = Date.now()): Promise<RawMail[]> {
  return database.write(async (tx) => {
    const skip = engineOf(tx) === 'postgres' ? sql`for update skip locked` : sql``
    const { rows } = await sql<RawMail>`
      update raw_mails set locked_until = ${now + LEASE_MS}, attempts = attempts + 1
      where seq in (
        select seq from raw_mails
        where state = 'waiting' and (locked_until is null or locked_until <= ${now})
        order by seq limit ${sql.lit(limit)} ${skip})
      returning *`.execute(tx)
    return rows.sort((a, b) => a.seq - b.seq)
  })
}

/** Keeps mails that this process is still at. */
export const keepClaimed = (database: Database, seqs: readonly number[], now = Date.now()): Promise<unknown> =>
  database.write((tx) =>
    tx
      .updateTable('raw_mails')
      .set({ locked_until: now + LEASE_MS })
      .where('seq', 'in', seqs)
      .where('state', '=', 'waiting')
      .execute(),
  )

/** Only one server works on an embedded database: when it starts, what was claimed before is nobody's any more. */
export async function freeClaimed(database: Database): Promise<void> {
  if (database.engine !== 'sqlite') return
  await database.write((tx) =>
    tx
      .updateTable('raw_mails')
      .set({ locked_until: null })
      .where('state', '=', 'waiting')
      .where('locked_until', 'is not', null)
      .execute(),
  )
}

const detailSchema = z.object({ failures: z.number() })

/** How often accepting it has thrown before. */
export const failuresOf = ({ detail }: Pick<RawMail, 'detail'>): number =>
  detail === null ? 0 : (detailSchema.safeParse(JSON.parse(detail)).data?.failures ?? 0)

/** Gives a mail back for another attempt after a pause. */
export function postpone(database: Database, seq: number, failures: number, reason: string): Promise<void> {
  const until = Date.now() + pauseMs(failures)
  return database.write(async (tx) => {
    await tx
      .updateTable('raw_mails')
      .set({ locked_until: until, reason: clean(reason), detail: JSON.stringify({ failures }) })
      .where('seq', '=', seq)
      .where('state', '=', 'waiting')
      .execute()
    await enqueue(tx, 'accept-mails', {}, { runAt: until, uniqueKey: `accept-mails:${seq}` })
  })
}

/** Gives mails back as they were: what failed was not their fault. */
export function giveBack(database: Database, seqs: readonly number[]): Promise<void> {
  return database.write(async (tx) => {
    if (seqs.length === 0) return
    await tx
      .updateTable('raw_mails')
      .set((eb) => ({ locked_until: null, attempts: eb('attempts', '-', 1) }))
      .where('seq', 'in', seqs)
      .where('state', '=', 'waiting')
      .execute()
  })
}
