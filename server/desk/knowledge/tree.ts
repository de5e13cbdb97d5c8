// The tree of entries: where each one lies, and what that means for those below it.
//
// Every entry carries the ids from the root to its parent (`treepath`) and whether anything above it is internal
// (`access_inherited`), so that reading a subtree is one range of an index. Both are settled again on every change.
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { lockUntilCommit } from '../../db/differences.ts'
import type { Tables } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/write.ts'

/** Stands for the knowledge base itself, as parent and at the beginning of each path. */
export const ROOT = 0
const ROOT_PATH = '0'

const TREE_LOCK = 7_305_131

/**
 * Keeps every other change of any tree waiting until the commit. Two moves at the same time could put each entry below
 * the other; an entry added below a category that is being moved would keep the old path.
 */
export const lockTree = (tx: Tx): Promise<void> => lockUntilCommit(tx, TREE_LOCK)

/** The path of what lies directly in an entry; undefined: in the knowledge base. */
export const pathIn = (parent: { id: number; treepath: string } | undefined): string =>
  parent ? `${parent.treepath}|${parent.id}` : ROOT_PATH

export const depthOf = (path: string): number => path.split('|').length

/** A path is indexed, and index entries have a limit. Nobody finds anything in a deeper tree either. */
export const MAX_DEPTH = 32

type Column = 'kb_entries.treepath' | 'treepath'

/** Everything whose path is `path` or goes on from it: all that lies below. The first two bounds let an index be used. */
export const isBelow = (
  where: ExpressionBuilder<Tables, 'kb_entries'>,
  path: string,
  column: Column = 'treepath',
): Expression<SqlBool> =>
  where.and([
    where(column, '>=', path),
    // `}` is the character after `|`.
    where(column, '<', `${path}}`),
    // `0|23` is followed by its sibling `0|231` before its child `0|23|5`.
    where.or([where(column, '=', path), where(column, '>=', `${path}|`)]),
  ])

/** How many levels lie below an entry. */
export async function levelsBelow(db: Reader, entry: { id: number; treepath: string }): Promise<number> {
  const path = pathIn(entry)
  const row = await db
    .selectFrom('kb_entries')
    .select(sql<number | null>`max(length(treepath) - length(replace(treepath, '|', '')))`.as('bars'))
    .where((where) => isBelow(where, path))
    .executeTakeFirst()
  return row?.bars == null ? 0 : row.bars + 2 - depthOf(path)
}

/**
 * Passes an entry's place down to everything below it: knowledge base, path, inherited access. What changes by that
 * gets a new date, so that those who keep a copy learn of it.
 */
export async function settleBelow(tx: Tx, id: number, at: number): Promise<void> {
  await sql`
    with recursive tree (id, kb_id, path, inherited) as (
      select id, kb_id, treepath, access_inherited from kb_entries where id = ${id}
      union all
      select child.id, tree.kb_id, tree.path || '|' || tree.id,
        case when tree.inherited = 'I' then tree.inherited else child.access end
      from kb_entries child join tree on child.parent_id = tree.id)
    update kb_entries set kb_id = tree.kb_id, treepath = tree.path, access_inherited = tree.inherited, changed_at = ${at}
    from tree
    where kb_entries.id = tree.id and (kb_entries.kb_id <> tree.kb_id or kb_entries.treepath <> tree.path
      or kb_entries.access_inherited <> tree.inherited)`.execute(tx)
}

/** Room that is made at the top at once: making it for one entry at a time would move all its siblings every time. */
const GAP = 1_000

/** A number before that of all others in the same place. */
export async function orderAtTop(tx: Tx, kbId: string, parentId: number): Promise<number> {
  const first = await tx
    .selectFrom('kb_entries')
    .select('rorder')
    .where('kb_id', '=', kbId)
    .where('parent_id', '=', parentId)
    .orderBy('rorder')
    .limit(1)
    .executeTakeFirst()
  if (!first) return 0
  if (first.rorder > 0) return first.rorder - 1
  await tx
    .updateTable('kb_entries')
    .set((set) => ({ rorder: set('rorder', '+', GAP) }))
    .where('kb_id', '=', kbId)
    .where('parent_id', '=', parentId)
    .execute()
  return GAP - 1
}
