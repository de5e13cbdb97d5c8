// What jobs do to clocks and levels when their reasons change: in portions, so that nobody waits long behind them.
import type { Database } from '../../db/open.ts'
import type { Tx } from '../../db/write.ts'
import { pickPortion, reckonPortion } from './clocks.ts'

/** Reckons the clocks of a level anew. */
export const reckonClocks = (database: Database, levelId: string): Promise<void> =>
  through(database, (tx, after) => reckonPortion(tx, levelId, after))

/** Picks the levels of a customer's conversations again, or of those of a company's people. */
export async function pickLevels(
  database: Database,
  { customerId, companyId }: { customerId?: string | undefined; companyId?: string | undefined },
): Promise<void> {
  const rules = await database.reader.selectFrom('sla_rules').select('id').limit(1).execute()
  const levels = await database.reader.selectFrom('sla_levels').select('id').limit(1).execute()
  if (rules.length === 0 && levels.length === 0) return
  if (customerId !== undefined) await pickOf(database, customerId)
  if (companyId === undefined) return
  const people = await database.reader
    .selectFrom('customers')
    .select('id')
    .where('company_id', '=', companyId)
    .where('deleted_at', 'is', null)
    .execute()
  for (const { id } of people) await pickOf(database, id)
}

const pickOf = (database: Database, customerId: string): Promise<void> =>
  through(database, (tx, after) => pickPortion(tx, customerId, after))

async function through(
  database: Database,
  portion: (tx: Tx, after: string) => Promise<string | undefined>,
): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after
    after = await database.write((tx) => portion(tx, from))
  }
}
