// To which department and which agent a report is narrowed.
import type { Reader } from '../../db/write.ts'
import { NotFound } from '../../lib/errors.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { getAgent } from '../agents/agents.ts'
import { getDepartment } from '../departments/departments.ts'

export interface Scope {
  /** Undefined: all. */
  departmentIds: readonly string[] | undefined
  agentId: string | undefined
}

/** An agent by email, userid or contactid. Throws NotFound for what is not there or not for the actor's eyes. */
export async function getScope(
  db: Reader,
  actor: Actor,
  { departmentId, agent }: { departmentId?: string | undefined; agent?: string | undefined },
): Promise<Scope> {
  const visible = visibleDepartments(actor)
  if (departmentId !== undefined) {
    await getDepartment(db, departmentId)
    if (visible && !visible.includes(departmentId)) throw new NotFound(`Department '${departmentId}' not found`)
  }
  return {
    departmentIds: departmentId === undefined ? visible : [departmentId],
    agentId: agent === undefined ? undefined : (await getAgent(db, agent)).id,
  }
}

/** An SLA level, in use or deleted: its closed clocks still name it. Undefined: all of them. */
export async function levelIdOf(db: Reader, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined
  const row = await db.selectFrom('sla_levels').select('id').where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound(`SLA level '${id}' not found`)
  return row.id
}
