// Departments: where conversations wait, and what a plain agent may see.
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import type { DepartmentRow } from './tables.ts'

export type Department = Selectable<DepartmentRow>

/** The department that always exists: conversations of a deleted one go here. */
export const DEFAULT_DEPARTMENT = 'default'

/** Departments in the order the administrator gave them; without the deleted ones. */
export const listDepartments = (db: Reader): Promise<Department[]> =>
  db.selectFrom('departments').selectAll().where('deleted_at', 'is', null).orderBy('position').orderBy('id').execute()

export async function getDepartment(db: Reader, id: string): Promise<Department> {
  const row = await db
    .selectFrom('departments')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw new NotFound(`Department '${id}' not found`)
  return row
}

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
    position: draft.position ?? 0,
    created_at: Date.now(),
    deleted_at: null,
  }
  await tx.insertInto('departments').values(row).execute()
  recordEvent(tx, { type: 'department.added', data: { departmentid: row.id } })
  return row
}

export async function changeDepartment(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: { name?: string | undefined; description?: string | undefined; position?: number | undefined },
): Promise<Department> {
  assertMayAdminister(actor)
  const before = await getDepartment(tx, id)
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

/** Deletes a department that no conversation waits in. Its row stays, so that history can name it. */
export async function removeDepartment(tx: Tx, actor: Actor, id: string): Promise<void> {
  assertMayAdminister(actor)
  if (id === DEFAULT_DEPARTMENT) throw new Conflict('The default department cannot be deleted.')
  await getDepartment(tx, id)
  const open = await tx
    .selectFrom('conversations')
    .select('id')
    .where('department_id', '=', id)
    .where('status', 'in', ['N', 'C', 'A', 'W', 'T', 'P', 'I'])
    .limit(1)
    .executeTakeFirst()
  if (open) throw new Conflict('The department still has conversations that are not resolved: transfer them first.')
  await tx.updateTable('departments').set({ deleted_at: Date.now() }).where('id', '=', id).execute()
  await tx.deleteFrom('department_agents').where('department_id', '=', id).execute()
  recordEvent(tx, { type: 'department.removed', data: { departmentid: id } })
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage departments.')
}
