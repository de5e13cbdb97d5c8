// Lists of entries. Each order is that of an index, so that a page costs the same however many entries there are.
import type { SelectQueryBuilder } from 'kysely'
import type { Tables } from '../../db/schema.ts'
import type { Reader } from '../../db/write.ts'
import type { Entry } from './entries.ts'
import { isBelow } from './tree.ts'

export interface EntryFilter {
  id?: number | undefined
  kbId?: string | undefined
  /** 0: directly under a knowledge base. */
  parentId?: number | undefined
  /** A path without a final bar: everything that lies below it. */
  path?: string | undefined
  type?: string | undefined
  status?: string | undefined
  conversationId?: string | undefined
  /** An instant, inclusive. */
  changedFrom?: number | undefined
  /** Only what is there, or only what is left of deleted contributions. Undefined: both. */
  isDeleted?: boolean | undefined
  limit: number
  offset: number
}

/**
 * Entries with these qualities. What lies in one place comes in its own order, a subtree place by place, changes oldest
 * first, everything else as it was added.
 */
export const listEntries = (db: Reader, filter: EntryFilter): Promise<Entry[]> => entriesQuery(db, filter).execute()

export const entriesQuery = (db: Reader, filter: EntryFilter) =>
  inOrder(narrowed(db.selectFrom('kb_entries').selectAll(), filter), filter)
    .orderBy('id')
    .limit(filter.limit)
    .offset(filter.offset)

type Query = SelectQueryBuilder<Tables, 'kb_entries', Entry>

function narrowed(all: Query, filter: EntryFilter): Query {
  let query = all
  const { path } = filter
  const equalities = {
    id: filter.id,
    kb_id: filter.kbId,
    parent_id: filter.parentId,
    rtype: filter.type,
    rstatus: filter.status,
    conversation_id: filter.conversationId,
  }
  for (const [column, value] of Object.entries(equalities))
    if (value !== undefined) query = query.where(column as keyof typeof equalities, '=', value)
  if (path !== undefined) query = query.where((where) => isBelow(where, path))
  if (filter.changedFrom !== undefined) query = query.where('changed_at', '>=', filter.changedFrom)
  if (filter.isDeleted !== undefined) query = query.where('deleted_at', filter.isDeleted ? 'is not' : 'is', null)
  return query
}

function inOrder(query: Query, { parentId, path, changedFrom }: EntryFilter): Query {
  if (parentId !== undefined) return query.orderBy('rorder')
  if (path !== undefined) return query.orderBy('treepath').orderBy('rorder')
  return changedFrom === undefined ? query : query.orderBy('changed_at')
}
