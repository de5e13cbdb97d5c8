// GET /api/agents · GET /api/agents/:agentidentifier
import { z } from 'zod'
import { needed, text } from '../../../contract/v1/params.ts'
import { type Agent, getAgent, listAgents } from '../../desk/agents/agents.ts'
import { authToken, mayReadAgentToken } from '../../desk/sessions/auth-tokens.ts'
import { v1 } from './route.ts'

const agentRow = (agent: Agent) => ({
  contactid: agent.contact_id,
  userid: agent.id,
  email: agent.email,
  firstname: agent.firstname,
  lastname: agent.lastname,
  systemname: agent.system_name,
  gender: agent.gender,
  role: agent.role,
})

export const routes = [
  // In neither document. Without tokens: whoever lists everybody wants to sign in as nobody.
  v1('GET', '/api/agents', z.object({ search: text() }), async ({ app, params }) => ({
    agents: (await listAgents(app.database.reader, params.search)).map(agentRow),
  })),

  v1('GET', '/api/agents/:agentidentifier', z.object({ agentidentifier: needed() }), async ({ app, actor, params }) => {
    const agent = await getAgent(app.database.reader, params.agentidentifier)
    return {
      ...agentRow(agent),
      authtoken: mayReadAgentToken(actor, agent)
        ? authToken(app.installation.secret, agent.id, agent.auth_epoch)
        : null,
      browsercookiename: 'A_auth',
    }
  }),
]
