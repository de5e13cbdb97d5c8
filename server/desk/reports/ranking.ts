// The report that lists ratings: what was said of whom, by whom, and when.
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { withoutUnseen } from '../conversations/sight.ts'
import { conditionsOf, type RatingFilter } from '../ratings/find.ts'
import type { Page, Range } from './range.ts'

export type RankingFilter = Pick<RatingFilter, 'grades' | 'agentId' | 'customerId'>

/** The query behind a page of ratings, by when they were given. */
export function rankingQuery(db: Reader, actor: Actor, filter: RankingFilter, range: Range, { offset, limit }: Page) {
  // The page first, then the names: of a deep page, only its own rows are joined.
  const page = db
    .selectFrom('ratings')
    .selectAll()
    .where((eb) => eb.and(conditionsOf(actor, { ...filter, from: range.from, before: range.before })))
    .orderBy('rated_at')
    .orderBy('seq')
    .limit(limit)
    .offset(offset)
  return db
    .selectFrom(page.as('page'))
    .innerJoin('agents', 'agents.id', 'page.agent_id')
    .innerJoin('customers', 'customers.id', 'page.customer_id')
    .selectAll('page')
    .select([
      'agents.contact_id as agent_contact_id',
      'agents.email as agent_email',
      'agents.firstname as agent_firstname',
      'agents.lastname as agent_lastname',
      'customers.email as customer_email',
      'customers.firstname as customer_firstname',
      'customers.lastname as customer_lastname',
    ])
    .orderBy('page.rated_at')
    .orderBy('page.seq')
}

export type Ranked = Awaited<ReturnType<typeof listRanking>>[number]

export const listRanking = async (db: Reader, actor: Actor, filter: RankingFilter, range: Range, page: Page) =>
  range.from >= range.before
    ? []
    : withoutUnseen(db, actor, await rankingQuery(db, actor, filter, range, page).execute())
