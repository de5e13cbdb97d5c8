// What whoever holds the link of an answer sees of it and of its rating.
import type { Reader } from '../../db/write.ts'
import { shownName } from '../chats/own.ts'
import { findRatingOf } from './find.ts'
import { changeableUntil, type Grade, gradeOf, openUntil, type RatingTerms } from './ratings.ts'
import { findRateableWork } from './work.ts'

export interface RatingView {
  /** The agent's name; empty: none is known. Never an address. */
  agent: string
  doneAt: number
  /** The requester's; null: not known. */
  language: string | null
  given: { grade: Grade; comment: string } | undefined
  /** Whether it can be given or changed now, and until when. */
  isOpen: boolean
  until: number
}

/** Undefined: there is nothing to rate, or not any more. */
export async function findRatingView(
  db: Reader,
  groupSeq: number,
  terms: RatingTerms,
  now = Date.now(),
): Promise<RatingView | undefined> {
  const found = await findRateableWork(db, groupSeq)
  if (!found || found.work.doneAt === null) return undefined
  const { agentId, doneAt } = found.work
  const rating = await findRatingOf(db, groupSeq)
  if (rating && rating.removed_at !== null) return undefined
  const until = rating ? changeableUntil(rating.rated_at, terms) : openUntil(doneAt, terms)
  const isOpen = now < until
  if (!isOpen && now >= openUntil(doneAt, terms)) return undefined
  const agent = await db
    .selectFrom('agents')
    .select(['firstname', 'lastname'])
    .where('id', '=', agentId)
    .executeTakeFirst()
  const customer = await db
    .selectFrom('customers')
    .select('language')
    .where('id', '=', found.customerId)
    .executeTakeFirst()
  return {
    agent: shownName(agent?.firstname ?? '', agent?.lastname ?? ''),
    doneAt,
    language: customer?.language ?? null,
    given: rating && { grade: gradeOf(rating), comment: rating.comment },
    isOpen,
    until,
  }
}
