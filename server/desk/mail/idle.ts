// Whether there is mail to work on: asked often, so that a desk without mail never loads what does the work.
import { prepared } from '../../db/prepared.ts'
import type { Reader } from '../../db/write.ts'

const anyWaiting = prepared((db: Reader) =>
  db.selectFrom('raw_mails').select('seq').where('state', '=', 'waiting').limit(1),
)
const anyQueued = prepared((db: Reader, until: number) =>
  db
    .selectFrom('outbox')
    .select('seq')
    .where('state', 'in', ['queued', 'delayed'])
    .where('due_at', '<=', until)
    .limit(1),
)
const anySending = prepared((db: Reader) =>
  db.selectFrom('outbox').select('seq').where('state', '=', 'sending').limit(1),
)

/** Whether a raw mail waits, for whomever. */
export const hasWaiting = async (db: Reader): Promise<boolean> => (await anyWaiting(db)).length > 0

/** Whether a mail is due within the next second, or being sent: perhaps by a process that died. */
export async function hasOutgoing(db: Reader): Promise<boolean> {
  return (await anyQueued(db, Date.now() + 1_000)).length > 0 || (await anySending(db)).length > 0
}
