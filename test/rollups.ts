// What the reports' sums hold, for comparing them.
import { sql } from 'kysely'
import type { TestDesk } from './desk.ts'

/** Every row, in the order of the key. */
export const dumpRollups = (desk: TestDesk) =>
  desk.app.database.reader
    .selectFrom('rollups')
    .selectAll()
    .orderBy('dimension')
    .orderBy('department_id')
    .orderBy('unit')
    .orderBy('at')
    .orderBy('id')
    .orderBy('kind')
    .execute()

/** Every row of both tables of the load, in the order of their keys. */
export async function dumpLoadRollups({ app }: TestDesk): Promise<unknown[][]> {
  const key = sql`order by service, department_id, agent_id, at`
  const courses = await sql`select * from load_courses ${key}`.execute(app.database.reader)
  const sums = await sql`select * from load_sums ${key}, unit`.execute(app.database.reader)
  return [courses.rows, sums.rows]
}
