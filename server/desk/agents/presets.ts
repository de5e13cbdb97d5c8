// What agents take in each of their departments while they are online.
import type { Reader, Tx } from '../../db/write.ts'
import { Invalid, NotAllowed } from '../../lib/errors.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import { servicesIn } from '../presence/services.ts'
import { followPresence } from '../presence/stretches.ts'
import { type Agent, getAgent } from './agents.ts'

export interface Preset {
  departmentId: string
  /** Letters of `MPRT`; empty: nothing. */
  services: string
}

/** What an agent takes in each of his departments. */
export async function listPresets(db: Reader, agentId: string): Promise<Preset[]> {
  const rows = await db
    .selectFrom('department_agents')
    .select(['department_id', 'preset_status'])
    .where('agent_id', '=', agentId)
    .orderBy('department_id')
    .execute()
  return rows.map(({ department_id, preset_status }) => ({ departmentId: department_id, services: preset_status }))
}

/** Sets what an agent takes: nothing in departments that are not named. Agents set their own; administrators anybody's. */
export async function setPresets(
  tx: Tx,
  actor: Actor,
  identifier: string,
  presets: readonly Preset[],
): Promise<string> {
  const { id } = await getAgent(tx, identifier)
  if (!mayActFor(actor, id)) throw new NotAllowed('Only administrators may set what another agent takes.')
  const before = await listPresets(tx, id)
  const stranger = presets.find((one) => !before.some(({ departmentId }) => departmentId === one.departmentId))
  if (stranger) throw new Invalid('presets', `names a department that the agent is not in: '${stranger.departmentId}'`)
  const services = new Map(presets.map((one) => [one.departmentId, servicesIn(one.services).join('')]))
  for (const { departmentId } of before)
    await tx
      .updateTable('department_agents')
      .set({ preset_status: services.get(departmentId) ?? '' })
      .where('department_id', '=', departmentId)
      .where('agent_id', '=', id)
      .execute()
  await followPresence(tx, [id])
  return id
}

/** The agent whose presence a call is about: oneself, or for administrators and programs the one that is named. */
export async function getPresentAgent(db: Reader, actor: Actor, identifier: string | undefined): Promise<Agent> {
  if (identifier === undefined) {
    if (actor.kind !== 'agent') throw new Invalid('agent', 'must name the agent: an API key is nobody')
    return getAgent(db, actor.agentId)
  }
  const agent = await getAgent(db, identifier)
  if (!mayActFor(actor, agent.id)) throw new NotAllowed('Only administrators may say that another agent is online.')
  return agent
}

const mayActFor = (actor: Actor, agentId: string): boolean =>
  mayAdminister(actor) || (actor.kind === 'agent' && actor.agentId === agentId)
