// /api/v3/agents
import { z } from 'zod'
import { agentDraftSchema, agentPatchSchema, agentSchema } from '../../../contract/v3/agents.ts'
import type { Reader } from '../../db/write.ts'
import {
  addAgent,
  changeAgent,
  getAgent,
  listAgents,
  listDepartmentsOf,
  removeAgent,
} from '../../desk/agents/agents.ts'
import { departmentsByAgent } from '../../desk/agents/membership.ts'
import { signInAgent } from '../../desk/sessions/sign-in.ts'
import { deviceOf, sessionToken, setSessionCookie } from '../../http/session-cookie.ts'
import { hashPassword } from '../../lib/password.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'
import { agentView } from './wire/agent.ts'

const viewOf = async (db: Reader, identifier: string) => {
  const agent = await getAgent(db, identifier)
  return agentView(agent, await listDepartmentsOf(db, agent.id))
}

/** What a body calls otherwise than the desk, and the password as it is stored. Hashing is too slow for a transaction. */
async function draftOf(body: z.output<typeof agentPatchSchema>) {
  const { password, avatar_url, departments, ...others } = body
  return {
    ...others,
    avatarUrl: avatar_url,
    departmentIds: departments,
    passwordHash: password === undefined ? undefined : await hashPassword(password),
  }
}

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/agents',
    summary: 'All agents, or those whose name or e-mail contains a text.',
    query: z.strictObject({ search: z.string().max(255).optional() }),
    answer: z.object({ agents: z.array(agentSchema) }),
    handle: async ({ app, query }) => {
      const db = app.database.reader
      const departments = await departmentsByAgent(db)
      const agents = await listAgents(db, query.search)
      return { agents: agents.map((agent) => agentView(agent, departments.get(agent.id) ?? [])) }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/agents',
    summary: 'Creates an agent. For administrators; only owners appoint owners.',
    body: agentDraftSchema,
    answer: agentSchema,
    handle: async ({ app, actor, body }) => {
      const { firstname = '', lastname = '', role = 'A', ...draft } = await draftOf(body)
      return app.database.write(async (tx) => {
        const agent = await addAgent(tx, actor, { ...draft, email: body.email, firstname, lastname, role })
        return viewOf(tx, agent.id)
      })
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/agents/:id',
    summary: 'One agent by userid, contactid or e-mail.',
    path: byId,
    answer: agentSchema,
    handle: async ({ app, path }) => viewOf(app.database.reader, path.id),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/agents/:id',
    summary: 'Changes an agent. Agents change their own name, picture, gender and password; administrators the rest.',
    path: byId,
    body: agentPatchSchema,
    answer: agentSchema,
    handle: async ({ app, actor, path, body, request, reply }) => {
      const patch = await draftOf(body)
      const { view, session } = await app.database.write(async (tx) => {
        const agent = await changeAgent(tx, actor, path.id, patch)
        // A new password has ended every session: whoever set his own stays signed in, with a new one.
        const isOwnPassword = actor.kind === 'agent' && actor.agentId === agent.id && patch.passwordHash !== undefined
        const oldToken = sessionToken(request, 'agent', app.publicUrl())
        return {
          view: await viewOf(tx, agent.id),
          session: isOwnPassword ? await signInAgent(tx, agent, deviceOf(request), oldToken) : undefined,
        }
      })
      if (session) setSessionCookie(reply, 'agent', app.publicUrl(), session)
      return view
    },
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/agents/:id',
    summary: 'Deletes an agent: he cannot sign in any more, and his open conversations wait for anybody.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeAgent(tx, actor, path.id))
      return DONE
    },
  }),
]
