// Agents as our own API shows them.
import { z } from 'zod'
import { agentSchema } from '../../../../contract/v3/agents.ts'
import { instantText } from '../../../../contract/v3/kinds.ts'
import type { Agent } from '../../../desk/agents/agents.ts'

const letters = z.object({ role: agentSchema.shape.role, gender: agentSchema.shape.gender })

export const agentView = (agent: Agent, departments: readonly string[]): z.input<typeof agentSchema> => ({
  userid: agent.id,
  contactid: agent.contact_id,
  email: agent.email,
  firstname: agent.firstname,
  lastname: agent.lastname,
  systemname: agent.system_name,
  ...letters.parse(agent),
  avatar_url: agent.avatar_url,
  departments: [...departments],
  datecreated: instantText(agent.created_at),
  datechanged: instantText(agent.changed_at),
})
