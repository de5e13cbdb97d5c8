// What came and went through each type of channel.
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { channels } from '../conversations/letters.ts'
import { pageOf, type TotalsOf } from './page.ts'
import type { Page, Range } from './range.ts'
import { totalsBy } from './totals.ts'

const channelTypes = Object.entries(channels)
  .map(([id, name]) => ({ id, name }))
  .sort((a, b) => (a.id < b.id ? -1 : 1))

/** Channel types by letter. */
export const channelReport = async (
  db: Reader,
  actor: Actor,
  range: Range,
  page: Page,
): Promise<TotalsOf<(typeof channelTypes)[number]>[]> =>
  pageOf(channelTypes, await totalsBy(db, actor, 'channel', range), page)
