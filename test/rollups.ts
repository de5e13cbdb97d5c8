// What the reports' sums hold, for comparing them.
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
