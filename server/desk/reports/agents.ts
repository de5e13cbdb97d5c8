// What each agent did.
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import type { Agent } from '../agents/agents.ts'
import { hasRow, pageOf, type TotalsOf } from './page.ts'
import type { Page, Range } from './range.ts'
import { totalsBy } from './totals.ts'

type Named = Pick<Agent, 'id' | 'contact_id' | 'firstname' | 'lastname' | 'deleted_at'>

/** Agents of all roles by id. */
export async function agentReport(db: Reader, actor: Actor, range: Range, page: Page): Promise<TotalsOf<Named>[]> {
  const totals = await totalsBy(db, actor, 'agent', range)
  const agents = await db
    .selectFrom('agents')
    .select(['id', 'contact_id', 'firstname', 'lastname', 'deleted_at'])
    .orderBy('id')
    .execute()
  return pageOf(agents.filter(hasRow(totals)), totals, page)
}
