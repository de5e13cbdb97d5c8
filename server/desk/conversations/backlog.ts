// How much waits where, from the counts that every write keeps: the cost does not grow with the conversations.
import type { Reader } from '../../db/write.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { countsByDepartment } from '../departments/counts.ts'
import { type Department, listDepartments } from '../departments/departments.ts'
import { type Status, statusLetters } from './letters.ts'

export interface Load {
  department: Department
  /** Running chats. */
  chats: number
  isNew: number
  /** Where the customer wrote last. */
  open: number
  /** All but deleted ones and spam. */
  total: number
}

const UNCOUNTED: readonly Status[] = ['X', 'B']

/** The load of each department that the actor may see, in the departments' order. */
export async function listLoads(db: Reader, actor: Actor): Promise<Load[]> {
  const visible = visibleDepartments(actor)
  const counts = await countsByDepartment(db, visible)
  const departments = await listDepartments(db)
  return departments
    .filter(({ id }) => !visible || visible.includes(id))
    .map((department) => {
      const of = (status: Status): number => counts.get(department.id)?.get(status) ?? 0
      return {
        department,
        chats: of('T'),
        isNew: of('N'),
        open: of('C'),
        total: statusLetters.reduce((sum, status) => sum + (UNCOUNTED.includes(status) ? 0 : of(status)), 0),
      }
    })
}
