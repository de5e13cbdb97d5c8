// What happened in the conversations that carry each tag now.
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { pageOf, type TotalsOf } from './page.ts'
import type { Page, Range } from './range.ts'
import { totalsBy } from './totals.ts'

/** Tags by id, archived ones too. */
export async function tagReport(
  db: Reader,
  actor: Actor,
  range: Range,
  page: Page,
): Promise<TotalsOf<{ id: string; name: string }>[]> {
  const tags = await db.selectFrom('tags').select(['id', 'name']).orderBy('id').execute()
  return pageOf(tags, await totalsBy(db, actor, 'tag', range), page)
}
