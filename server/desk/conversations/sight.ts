// Which conversations somebody may still see: what happened in his departments counts for him in reports and lists, wherever
// the conversation has gone since; one that has left them does not exist for him.
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'

/** Those of these conversations that the actor may see, by id. */
export async function conversationsInSight(
  db: Reader,
  actor: Actor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { id: string; code: string; subject: string }>> {
  if (ids.length === 0) return new Map()
  const visible = visibleDepartments(actor)
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'code', 'subject', 'department_id'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(
    rows
      .filter(({ department_id }) => visible?.includes(department_id) ?? true)
      .map(({ id, code, subject }) => [id, { id, code, subject }]),
  )
}

/** Rows without the conversations that are out of the actor's sight: where these stood is null. */
export async function withoutUnseen<Row extends { conversation_id: string }>(
  db: Reader,
  actor: Actor,
  rows: readonly Row[],
): Promise<(Omit<Row, 'conversation_id'> & { conversation_id: string | null })[]> {
  // Who sees every department sees them all.
  if (visibleDepartments(actor) === undefined) return [...rows]
  const seen = await conversationsInSight(
    db,
    actor,
    rows.map(({ conversation_id }) => conversation_id),
  )
  return rows.map((row) => ({ ...row, conversation_id: seen.has(row.conversation_id) ? row.conversation_id : null }))
}
