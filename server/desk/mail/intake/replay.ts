// Running raw mails through accepting once more: after an upgrade that reads better, or to let in what was held back.
//
// What has become a message stays that message. Only a mail that could not be read is taken up again although it is in a
// conversation: once it can be read, its text joins that conversation.
import type { Tx } from '../../../db/write.ts'
import { enqueue } from '../../../jobs/queue.ts'
import { NotAllowed } from '../../../lib/errors.ts'
import { type Actor, mayAdminister } from '../../actor.ts'
import { getRawMail, isInState } from './find.ts'

export interface ReplayFilter {
  /** Only those that failed; without it, whatever became of them. */
  isFailed?: boolean | undefined
  /** Only these. */
  seqs?: readonly number[] | undefined
  /** Only those after this one: for the next portion. */
  after?: number | undefined
}

export interface Replayed {
  /** How many wait again now. */
  count: number
  /** The last one looked at; undefined: there are no more. */
  last: number | undefined
}

const PORTION = 1_000

/** Sets a portion of raw mails back to waiting. Those that wait already, and those that are messages, stay as they are. */
export async function replay(tx: Tx, { isFailed, seqs, after }: ReplayFilter): Promise<Replayed> {
  if (seqs?.length === 0) return { count: 0, last: undefined }
  let query = tx
    .selectFrom('raw_mails')
    .select('seq')
    .where('seq', '>', after ?? 0)
    .orderBy('seq')
    .limit(PORTION)
  if (isFailed) query = query.where(isInState('failed'))
  if (seqs) query = query.where('seq', 'in', [...seqs])
  const looked = (await query.execute()).map(({ seq }) => seq)
  if (looked.length === 0) return { count: 0, last: undefined }
  const { numUpdatedRows } = await tx
    .updateTable('raw_mails')
    // The verdict stays until there is a new one: accepting lets in what it held back before.
    .set({ state: 'waiting', attempts: 0, locked_until: null, group_seq: null, accepted_at: null })
    .where('seq', 'in', looked)
    .where('state', '<>', 'waiting')
    .where((eb) => eb.or([eb('group_seq', 'is', null), eb('verdict', '=', 'unreadable')]))
    .executeTakeFirstOrThrow()
  const count = Number(numUpdatedRows)
  if (count > 0) await enqueue(tx, 'accept-mails', {}, { uniqueKey: 'accept-mails' })
  return { count, last: looked.length < PORTION ? undefined : looked.at(-1) }
}

/** Sets one raw mail back to waiting. Whether it does: it may be a message. */
export async function replayOne(tx: Tx, actor: Actor, seq: number): Promise<boolean> {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may replay raw mails.')
  await getRawMail(tx, actor, seq)
  return (await replay(tx, { seqs: [seq] })).count > 0
}
