// Knowledge bases: each is a tree of entries of its own.
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import { DEFAULT_KNOWLEDGEBASE } from './ids.ts'
import type { KnowledgebaseRow } from './tables.ts'
import { lockTree } from './tree.ts'

export type Knowledgebase = Selectable<KnowledgebaseRow>

/** Knowledge bases in the order the administrator gave them. There are a handful. */
export const listKnowledgebases = (
  db: Reader,
  { limit, offset }: { limit: number; offset: number },
): Promise<Knowledgebase[]> =>
  db
    .selectFrom('knowledgebases')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute()

export async function getKnowledgebase(db: Reader, id: string): Promise<Knowledgebase> {
  const row = await db
    .selectFrom('knowledgebases')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw new NotFound(`Knowledge base '${id}' not found`)
  return row
}

export interface KnowledgebaseDraft {
  name: string
  /** Smaller comes first. */
  position?: number | undefined
}

export async function addKnowledgebase(tx: Tx, actor: Actor, draft: KnowledgebaseDraft): Promise<Knowledgebase> {
  assertMayAdminister(actor)
  const row: Knowledgebase = {
    id: newId(),
    name: draft.name,
    position: draft.position ?? (await lastPosition(tx)) + 1,
    created_at: Date.now(),
    deleted_at: null,
  }
  await tx.insertInto('knowledgebases').values(row).execute()
  recordEvent(tx, { type: 'knowledgebase.added', data: { kb_id: row.id } })
  return row
}

async function lastPosition(db: Reader): Promise<number> {
  const rows = await db.selectFrom('knowledgebases').select('position').where('deleted_at', 'is', null).execute()
  return Math.max(0, ...rows.map(({ position }) => position))
}

export async function changeKnowledgebase(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: Partial<KnowledgebaseDraft>,
): Promise<Knowledgebase> {
  assertMayAdminister(actor)
  // As a deletion does: what was read before one must not be written back after it.
  await lockTree(tx)
  const before = await getKnowledgebase(tx, id)
  const row = { ...before, name: patch.name ?? before.name, position: patch.position ?? before.position }
  await tx.updateTable('knowledgebases').set(row).where('id', '=', id).execute()
  recordEvent(tx, { type: 'knowledgebase.changed', data: { kb_id: id } })
  return row
}

/** Deletes a knowledge base that holds nothing any more. What was left of deleted contributions goes with it. */
export async function removeKnowledgebase(tx: Tx, actor: Actor, id: string): Promise<void> {
  assertMayAdminister(actor)
  if (id === DEFAULT_KNOWLEDGEBASE) throw new Conflict('The default knowledge base cannot be deleted.')
  await lockTree(tx)
  await getKnowledgebase(tx, id)
  const entry = await tx
    .selectFrom('kb_entries')
    .select('id')
    .where('kb_id', '=', id)
    .where('deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (entry) throw new Conflict('The knowledge base still has entries: move or delete them first.')
  await tx.deleteFrom('kb_entries').where('kb_id', '=', id).execute()
  await tx.updateTable('knowledgebases').set({ deleted_at: Date.now() }).where('id', '=', id).execute()
  recordEvent(tx, { type: 'knowledgebase.removed', data: { kb_id: id } })
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage knowledge bases.')
}
