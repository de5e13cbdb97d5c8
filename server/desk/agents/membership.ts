// Who works in which department, changed from either side.
import type { Reader, Tx } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { followPresence } from '../presence/stretches.ts'

/** Agent ids of each department that has any. */
export async function membersByDepartment(db: Reader): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('department_agents')
    .select(['department_id', 'agent_id'])
    .orderBy('department_id')
    .orderBy('agent_id')
    .execute()
  return groupBy(rows.map(({ department_id, agent_id }) => [department_id, agent_id]))
}

/** Department ids of each agent who has any. */
export async function departmentsByAgent(db: Reader): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('department_agents')
    .select(['department_id', 'agent_id'])
    .orderBy('department_id')
    .execute()
  return groupBy(rows.map(({ department_id, agent_id }) => [agent_id, department_id]))
}

function groupBy(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}

/** Makes these the departments of an agent. What he set in a department that he stays in is kept. */
export async function setDepartmentsOf(tx: Tx, agentId: string, departmentIds: readonly string[]): Promise<void> {
  const live = tx.selectFrom('departments').select('id').where('deleted_at', 'is', null)
  await assertKnown('departments', departmentIds, async (ids) => live.where('id', 'in', ids).execute())
  const before = tx.selectFrom('department_agents').select('department_id as id').where('agent_id', '=', agentId)
  const { gone, added } = difference(await before.execute(), departmentIds)
  const rows = tx.deleteFrom('department_agents').where('agent_id', '=', agentId)
  if (gone.length > 0) await rows.where('department_id', 'in', gone).execute()
  await join(
    tx,
    added.map((department_id) => ({ department_id, agent_id: agentId })),
  )
  if (gone.length > 0) await followPresence(tx, [agentId])
}

/** Makes these the agents of a department. */
export async function setAgentsOf(tx: Tx, departmentId: string, agentIds: readonly string[]): Promise<void> {
  const live = tx.selectFrom('agents').select('id').where('deleted_at', 'is', null)
  await assertKnown('agents', agentIds, async (ids) => live.where('id', 'in', ids).execute())
  const before = tx.selectFrom('department_agents').select('agent_id as id').where('department_id', '=', departmentId)
  const { gone, added } = difference(await before.execute(), agentIds)
  const rows = tx.deleteFrom('department_agents').where('department_id', '=', departmentId)
  if (gone.length > 0) await rows.where('agent_id', 'in', gone).execute()
  await join(
    tx,
    added.map((agent_id) => ({ department_id: departmentId, agent_id })),
  )
  await followPresence(tx, gone)
}

async function join(tx: Tx, rows: readonly { department_id: string; agent_id: string }[]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('department_agents')
    .values(rows.map((row) => ({ ...row, preset_status: '' })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function assertKnown(
  field: string,
  ids: readonly string[],
  find: (ids: readonly string[]) => Promise<readonly { id: string }[]>,
): Promise<void> {
  if (ids.length === 0) return
  const known = new Set((await find(ids)).map(({ id }) => id))
  const unknown = ids.find((id) => !known.has(id))
  if (unknown !== undefined) throw new Invalid(field, `names one that does not exist: '${unknown}'`)
}

function difference(before: readonly { id: string }[], wanted: readonly string[]): { gone: string[]; added: string[] } {
  const had = new Set(before.map(({ id }) => id))
  const wants = new Set(wanted)
  return { gone: [...had].filter((id) => !wants.has(id)), added: [...wants].filter((id) => !had.has(id)) }
}
