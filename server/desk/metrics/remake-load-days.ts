// Making the sums of the load's days anew.
import { sql } from 'kysely'
import { lockAgainstWrites } from '../../db/differences.ts'
import type { Tx } from '../../db/write.ts'

/** From all steps. Who writes meanwhile has either stored his steps and his sums, or waits for us with his sums. */
export async function remakeLoadDays(tx: Tx): Promise<void> {
  await lockAgainstWrites(tx, 'load_days')
  await tx.deleteFrom('load_days').execute()
  await sql`
    insert into load_days (service, day, department_id, agent_id, delta)
    select service, day, department_id, agent_id, sum(delta)
    from (
      select service, (at - ((at % 86400000) + 86400000) % 86400000) / 86400000 as day, department_id, agent_id, delta
      from load_changes
    ) as steps
    group by service, day, department_id, agent_id having sum(delta) <> 0`.execute(tx)
}
