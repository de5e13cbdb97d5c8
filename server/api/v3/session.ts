// /api/v3/session
import { agentSchema } from '../../../contract/v3/agents.ts'
import { signInSchema } from '../../../contract/v3/session.ts'
import { getAgent, listDepartmentsOf } from '../../desk/agents/agents.ts'
import { endSession } from '../../desk/sessions/sessions.ts'
import { checkPassword, signInAgent } from '../../desk/sessions/sign-in.ts'
import { networkOf } from '../../http/client-network.ts'
import { assertSameOrigin } from '../../http/same-origin.ts'
import { clearSessionCookie, deviceOf, sessionToken, setSessionCookie } from '../../http/session-cookie.ts'
import { emailKey } from '../../lib/email.ts'
import { NotSignedIn } from './refusal.ts'
import { DONE, deletedSchema, v3 } from './route.ts'
import { agentView } from './wire/agent.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/session',
    summary: 'Signs an agent in: sets the session cookie and answers the agent.',
    isPublic: true,
    body: signInSchema,
    answer: agentSchema,
    handle: async ({ app, body, request, reply, actors }) => {
      const publicUrl = app.publicUrl()
      assertSameOrigin(request, publicUrl)
      const giveBack = actors.signIns.take(networkOf(request), emailKey(body.email))
      const agent = await checkPassword(app.database.reader, body.email, body.password)
      const oldToken = sessionToken(request, 'agent', publicUrl)
      const session = agent && (await app.database.write((tx) => signInAgent(tx, agent, deviceOf(request), oldToken)))
      if (!session) throw new NotSignedIn('The e-mail or the password is wrong.')
      giveBack()
      setSessionCookie(reply, 'agent', publicUrl, session)
      return agentView(agent, await listDepartmentsOf(app.database.reader, agent.id))
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/session',
    summary: 'The agent who is signed in.',
    answer: agentSchema,
    handle: async ({ app, actor }) => {
      if (actor.kind !== 'agent') throw new NotSignedIn('An API key is nobody: sign in to see who you are.')
      const db = app.database.reader
      return agentView(await getAgent(db, actor.agentId), await listDepartmentsOf(db, actor.agentId))
    },
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/session',
    summary: 'Signs out: ends the session and removes the cookie.',
    // Whoever is signed out already wanted just that.
    isPublic: true,
    answer: deletedSchema,
    handle: async ({ app, request, reply }) => {
      const publicUrl = app.publicUrl()
      assertSameOrigin(request, publicUrl)
      const token = sessionToken(request, 'agent', publicUrl)
      if (token !== undefined) await app.database.write((tx) => endSession(tx, token))
      clearSessionCookie(reply, 'agent', publicUrl)
      return DONE
    },
  }),
]
