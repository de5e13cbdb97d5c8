// What each agent did.
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import type { Agent } from '../agents/agents.ts'
import type { Totals } from './figures.ts'
import { hasRow, pageOf, type TotalsOf } from './page.ts'
import type { Page, Range } from './range.ts'
import { totalsBy } from './totals.ts'
import { worktimes } from './worktime.ts'

type Named = Pick<Agent, 'id' | 'contact_id' | 'firstname' | 'lastname' | 'deleted_at'>

/** Agents of all roles by id. */
export async function agentReport(
  db: Reader,
  actor: Actor,
  range: Range,
  page: Page,
  now = Date.now(),
): Promise<TotalsOf<Named>[]> {
  const totals = withWorktime(await totalsBy(db, actor, 'agent', range), await worktimes(db, actor, range, now))
  const agents = await db
    .selectFrom('agents')
    .select(['id', 'contact_id', 'firstname', 'lastname', 'deleted_at'])
    .orderBy('id')
    .execute()
  return pageOf(agents.filter(hasRow(totals)), totals, page)
}

/** Worktime is no fact: it comes from the stretches in which agents were online. */
function withWorktime(totals: ReadonlyMap<string, Totals>, seconds: ReadonlyMap<string, number>): Map<string, Totals> {
  const all = new Map(totals)
  for (const [agentId, time] of seconds)
    all.set(agentId, new Map([...(all.get(agentId) ?? []), ['online', { count: 1, seconds: time }]]))
  return all
}
