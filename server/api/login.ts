// POST /agent/ · POST /login: a plug-in signs its user in with the auth token that API v1 gave it.
//
// The form comes from the plug-in's own site, so its origin is foreign on purpose; the token is what proves it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import type { Reader } from '../db/write.ts'
import { findAgent } from '../desk/agents/agents.ts'
import { findCustomer } from '../desk/customers/customers.ts'
import { holderOfToken, signIn, type TokenHolder } from '../desk/sessions/sign-in.ts'
import type { Actors } from '../http/actor.ts'
import { networkOf } from '../http/client-network.ts'
import { toInput } from '../http/input.ts'
import { deviceOf, sessionToken, setSessionCookie } from '../http/session-cookie.ts'
import { TooMany } from '../lib/errors.ts'

export async function loginRoutes(server: FastifyInstance, app: App, actors: Actors): Promise<void> {
  await server.register(async (scope) => {
    // Whoever gets here looks at a browser, not at JSON.
    scope.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof TooMany)) throw error
      return reply
        .header('retry-after', error.retryAfter)
        .code(429)
        .type('text/plain; charset=utf-8')
        .send(error.message)
    })
    for (const url of ['/agent', '/agent/', '/login', '/login/'])
      scope.post(url, async (request, reply) => login(app, actors, request, reply))
  })
}

async function login(app: App, actors: Actors, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const giveBack = actors.signIns.takeToken(networkOf(request))
  const { AuthToken: token } = toInput(request.body)
  const session = typeof token === 'string' ? await sessionFor(app, request, token) : undefined
  if (!session) {
    return reply
      .code(401)
      .type('text/plain; charset=utf-8')
      .send('This sign-in is not valid, or no longer. Go back and try again.')
  }
  giveBack()
  setSessionCookie(reply, session.kind, app.publicUrl(), session)
  return reply.redirect(`${app.publicUrl()}/`, 302)
}

async function sessionFor(app: App, request: FastifyRequest, token: string) {
  const find = (db: Reader) => holderOfToken(app.installation.secret, token, (userId) => holderById(db, userId))
  if (!(await find(app.database.reader))) return undefined
  return app.database.write(async (tx) => {
    // Once more: the password may have been changed, or the user deleted, a moment ago.
    const holder = await find(tx)
    if (!holder) return undefined
    const session = await signIn(
      tx,
      { ...holder, ...deviceOf(request) },
      sessionToken(request, holder.kind, app.publicUrl()),
    )
    return { ...session, kind: holder.kind }
  })
}

async function holderById(db: Reader, userId: string): Promise<TokenHolder | undefined> {
  const agent = await findAgent(db, userId)
  if (agent) return { kind: 'agent', userId: agent.id, epoch: agent.auth_epoch }
  const customer = await findCustomer(db, userId)
  return customer && { kind: 'customer', userId: customer.user_id, epoch: customer.auth_epoch }
}
