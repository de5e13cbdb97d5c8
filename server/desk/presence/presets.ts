// What agents have set themselves available for, department by department.
import type { Reader } from '../../db/write.ts'

/** Services in the order in which they are written: messages, phone, read, chat. */
const SERVICES = ['M', 'P', 'R', 'T'] as const

/** No service at all. */
export const OFFLINE = 'F'

export interface Presets {
  /** Letters of `MPRT`, or `F`, by userid: what the agent offers in any of his departments. */
  byAgent: ReadonlyMap<string, string>
  /** By department id: what anybody offers there. */
  byDepartment: ReadonlyMap<string, string>
}

/** All presets. One row for each agent in each department: hundreds on a large desk. */
export async function readPresets(db: Reader): Promise<Presets> {
  const rows = await db
    .selectFrom('department_agents')
    .innerJoin('agents', 'agents.id', 'department_agents.agent_id')
    .select(['department_id', 'agent_id', 'preset_status'])
    .where('agents.deleted_at', 'is', null)
    .execute()
  const byAgent = new Map<string, string>()
  const byDepartment = new Map<string, string>()
  for (const { agent_id, department_id, preset_status } of rows) {
    byAgent.set(agent_id, together(byAgent.get(agent_id), preset_status))
    byDepartment.set(department_id, together(byDepartment.get(department_id), preset_status))
  }
  return { byAgent, byDepartment }
}

/** The services in either of two presets. */
function together(one = '', other: string): string {
  return presetText(one + other)
}

/** A stored preset as it is shown: its letters in order, each once, or `F`. */
export const presetText = (letters: string): string =>
  SERVICES.filter((letter) => letters.includes(letter)).join('') || OFFLINE
