// What happened in each department.
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import type { Department } from '../departments/departments.ts'
import { hasRow, pageOf, type TotalsOf } from './page.ts'
import type { Page, Range } from './range.ts'
import { totalsBy } from './totals.ts'

/** The departments that the actor may see, by id. */
export async function departmentReport(
  db: Reader,
  actor: Actor,
  range: Range,
  page: Page,
): Promise<TotalsOf<Department>[]> {
  const totals = await totalsBy(db, actor, 'department', range)
  const visible = visibleDepartments(actor)
  const departments = await db.selectFrom('departments').selectAll().orderBy('id').execute()
  const shown = departments.filter(({ id }) => !visible || visible.includes(id)).filter(hasRow(totals))
  return pageOf(shown, totals, page)
}
