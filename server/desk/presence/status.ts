// Who is online now, and for what. Asked of connections and presets, so that it is true also before a sweep has come by.
import type { Reader } from '../../db/write.ts'
import { LEASE_MS } from './alive.ts'
import { type OnlineService, presetText } from './services.ts'

export interface Statuses {
  /** Letters of `MPRT`, or `F`, by userid: in any of his departments. */
  byAgent: ReadonlyMap<string, string>
  /** By department id: of anybody there. */
  byDepartment: ReadonlyMap<string, string>
}

/** All presets. One row for each agent in each department: hundreds on a large desk. */
export const readPresets = async (db: Reader): Promise<Statuses> => gather(await presets(db).execute())

/** What everybody is online for now. */
export const readStatuses = async (db: Reader, now = Date.now()): Promise<Statuses> =>
  gather(await online(db, now).execute())

/** What the agents of a department are online for there, by userid. Who is not there is offline. */
export async function statusesIn(db: Reader, departmentId: string, now = Date.now()): Promise<Map<string, string>> {
  const rows = await online(db, now).where('department_agents.department_id', '=', departmentId).execute()
  return new Map(rows.map((row) => [row.agent_id, presetText(row.preset_status)]))
}

/** What an agent is online for in any of his departments: letters of `MPRT`, or `F`. */
export async function currentStatus(db: Reader, agentId: string, now = Date.now()): Promise<string> {
  const rows = await online(db, now).where('department_agents.agent_id', '=', agentId).execute()
  return presetText(rows.map(({ preset_status }) => preset_status).join(''))
}

/** Whether anybody is online for a service, in a department or in any. */
export async function isOnline(
  db: Reader,
  service: OnlineService,
  departmentId?: string,
  now = Date.now(),
): Promise<boolean> {
  const somebody = onlineFor(db, service, now)
  const query =
    departmentId === undefined ? somebody : somebody.where('department_agents.department_id', '=', departmentId)
  return (await query.limit(1).executeTakeFirst()) !== undefined
}

/** Ids of the agents who are online for a service in a department. */
export async function onlineAgents(
  db: Reader,
  departmentId: string,
  service: OnlineService,
  now = Date.now(),
): Promise<string[]> {
  const rows = await onlineFor(db, service, now)
    .where('department_agents.department_id', '=', departmentId)
    .orderBy('department_agents.agent_id')
    .execute()
  return rows.map(({ agent_id }) => agent_id)
}

/** How many agents are online for a service in any of these departments; undefined: of all. */
export async function countOnline(
  db: Reader,
  service: OnlineService,
  departmentIds: readonly string[] | undefined,
  now = Date.now(),
): Promise<number> {
  const rows = await onlineFor(db, service, now).execute()
  const there = rows.filter(({ department_id }) => departmentIds?.includes(department_id) ?? true)
  return new Set(there.map(({ agent_id }) => agent_id)).size
}

const presets = (db: Reader) =>
  db
    .selectFrom('department_agents')
    .innerJoin('agents', 'agents.id', 'department_agents.agent_id')
    .select(['department_agents.department_id', 'department_agents.agent_id', 'department_agents.preset_status'])
    .where('agents.deleted_at', 'is', null)

/** The presets of those who are connected: `isAlive` in SQL. */
const online = (db: Reader, now: number) =>
  presets(db).where((eb) =>
    eb.exists(
      eb
        .selectFrom('presence_connections')
        .select('presence_connections.id')
        .whereRef('presence_connections.agent_id', '=', 'department_agents.agent_id')
        .where('presence_connections.expires_at', '>', now)
        .where('presence_connections.seen_at', '<=', now + LEASE_MS),
    ),
  )

/** The query behind those who are online for a service. */
export const onlineFor = (db: Reader, service: OnlineService, now: number) =>
  online(db, now).where('department_agents.preset_status', 'like', `%${service}%`)

function gather(rows: readonly { department_id: string; agent_id: string; preset_status: string }[]): Statuses {
  const byAgent = new Map<string, string>()
  const byDepartment = new Map<string, string>()
  for (const { agent_id, department_id, preset_status } of rows) {
    byAgent.set(agent_id, together(byAgent.get(agent_id), preset_status))
    byDepartment.set(department_id, together(byDepartment.get(department_id), preset_status))
  }
  return { byAgent, byDepartment }
}

/** The services in either of two presets. */
const together = (one = '', other: string): string => presetText(one + other)
