// Agents as those who ask: what each may do and see now.
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../actor.ts'

/** By userid; whoever was deleted is left out. */
export async function actorsOf(db: Reader, agentIds: readonly string[]): Promise<Map<string, Actor>> {
  if (agentIds.length === 0) return new Map()
  const agents = await db
    .selectFrom('agents')
    .select(['id', 'role'])
    .where('id', 'in', agentIds)
    .where('deleted_at', 'is', null)
    .execute()
  const rows = await db
    .selectFrom('department_agents')
    .select(['agent_id', 'department_id'])
    .where('agent_id', 'in', agentIds)
    .orderBy('department_id')
    .execute()
  const departments = new Map<string, string[]>(agents.map(({ id }) => [id, []]))
  for (const { agent_id, department_id } of rows) departments.get(agent_id)?.push(department_id)
  return new Map(
    agents.map(({ id, role }) => [id, { kind: 'agent', agentId: id, role, departmentIds: departments.get(id) ?? [] }]),
  )
}
