// Departments: where conversations wait, and what a plain agent may see.

import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Conflict, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import { followPresence } from '../presence/stretches.ts'
import { countsByDepartment } from './counts.ts'
import type { DepartmentRow } from './tables.ts'

export type Department = Selectable<DepartmentRow>

/** The department that always exists: conversations of a deleted one go here. */
export const DEFAULT_DEPARTMENT = 'default'

/** Departments in the order the administrator gave them; without the deleted ones. */
export const listDepartments = (db: Reader): Promise<Department[]> =>
  db.selectFrom('departments').selectAll().where('deleted_at', 'is', null).orderBy('position').orderBy('id').execute()

/** A department that is in use. */
export async function getDepartment(db: Reader, id: string): Promise<Department> {
  const row = await getDepartmentEvenDeleted(db, id)
  if (row.deleted_at !== null) throw unknown(id)
  return row
}

/** A department, in use or deleted: old conversations still name theirs. */
export async function getDepartmentEvenDeleted(db: Reader, id: string): Promise<Department> {
  const [row] = await byId(db, id)
  if (!row) throw unknown(id)
  return row
}

/** Nobody else changes or deletes it before this transaction ends, nor puts a conversation into it. */
async function getDepartmentForChange(tx: Tx, id: string): Promise<Department> {
  const query = tx.selectFrom('departments').selectAll().where('id', '=', id).where('deleted_at', 'is', null)
  const row = await lockForChange(tx, query).executeTakeFirst()
  if (!row) throw unknown(id)
  return row
}

const byId = prepared((db, id: string) => db.selectFrom('departments').selectAll().where('id', '=', id))

const unknown = (id: string): NotFound => new NotFound(`Department '${id}' not found`)

export interface DepartmentDraft {
  /** Only the first start names its own. */
  id?: string
  name: string
  description?: string | undefined
  position?: number | undefined
}

export async function addDepartment(tx: Tx, actor: Actor, draft: DepartmentDraft): Promise<Department> {
  assertMayAdminister(actor)
  const row: Department = {
    id: draft.id ?? newId(),
    name: draft.name,
    description: draft.description ?? '',
    position: draft.position ?? (await nextPosition(tx)),
    created_at: Date.now(),
    deleted_at: null,
  }
  await tx.insertInto('departments').values(row).execute()
  recordEvent(tx, { type: 'department.added', data: { departmentid: row.id } })
  return row
}

/** After the last one: a new department must not push itself between others. */
async function nextPosition(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('departments')
    .select(({ fn }) => fn.max('position').as('last'))
    .executeTakeFirst()
  return row?.last === null || row?.last === undefined ? 0 : Number(row.last) + 1
}

export async function changeDepartment(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: { name?: string | undefined; description?: string | undefined; position?: number | undefined },
): Promise<Department> {
  assertMayAdminister(actor)
  const before = await getDepartmentForChange(tx, id)
  const row = {
    ...before,
    name: patch.name ?? before.name,
    description: patch.description ?? before.description,
    position: patch.position ?? before.position,
  }
  await tx.updateTable('departments').set(row).where('id', '=', id).execute()
  recordEvent(tx, { type: 'department.changed', data: { departmentid: id } })
  return row
}

const UNRESOLVED = ['N', 'C', 'A', 'W', 'T', 'P', 'I']

/** Deletes a department that no conversation waits in. Its row stays, so that history can name it. */
export async function removeDepartment(tx: Tx, actor: Actor, id: string): Promise<void> {
  assertMayAdminister(actor)
  if (id === DEFAULT_DEPARTMENT) throw new Conflict('The default department cannot be deleted.')
  await getDepartmentForChange(tx, id)
  const counts = (await countsByDepartment(tx, [id])).get(id)
  if (UNRESOLVED.some((status) => (counts?.get(status) ?? 0) > 0))
    throw new Conflict('The department still has conversations that are not resolved: transfer them first.')
  await tx.updateTable('departments').set({ deleted_at: Date.now() }).where('id', '=', id).execute()
  const gone = await tx.deleteFrom('department_agents').where('department_id', '=', id).returning('agent_id').execute()
  await followPresence(
    tx,
    gone.map(({ agent_id }) => agent_id),
  )
  await enqueue(tx, 'rehome-mailboxes', { departmentId: id })
  recordEvent(tx, { type: 'department.removed', data: { departmentid: id } })
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage departments.')
}
