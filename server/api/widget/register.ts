// Registers the calls for visitors. They come from any web site: every origin may call, and nothing is taken from cookies.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { App } from '../../app.ts'
import { findVisitor, isNewSign, seeVisitor, type Visitor } from '../../desk/chats/visitors.ts'
import { networkOf } from '../../http/client-network.ts'
import { RateLimit } from '../../http/rate-limit.ts'
import { parse, queryOf } from '../v3/parse.ts'
import { NotSignedIn } from '../v3/refusal.ts'
import { JSON_TYPE } from '../v3/route.ts'
import { SENT, type WidgetRoute } from './route.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const PLUMBING = new Set(['register.ts', 'route.ts'])
const PREFIX = '/api/widget/'

/** Calls of one visitor in a minute, whatever they are. */
const CALLS_A_MINUTE = 300

const CORS_HEADERS = Object.freeze({
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, content-disposition',
  'cross-origin-resource-policy': 'cross-origin',
})
const PREFLIGHT_HEADERS = Object.freeze({
  'access-control-allow-methods': 'GET, POST, PATCH',
  'access-control-allow-headers': 'authorization, content-type, last-event-id',
  'access-control-max-age': '86400',
})

/** Every call, from the files. */
export async function loadWidgetRoutes(): Promise<WidgetRoute[]> {
  const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !PLUMBING.has(file) && !file.startsWith('wire'),
  )
  const modules: { routes: WidgetRoute[] }[] = await Promise.all(
    files.sort().map((file) => import(pathToFileURL(join(HERE, file)).href)),
  )
  return modules.flatMap((module) => module.routes)
}

export async function widgetRoutes(server: FastifyInstance, app: App): Promise<void> {
  server.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith(PREFIX)) reply.headers(CORS_HEADERS)
  })
  server.options(`${PREFIX}*`, (_request, reply) => reply.headers(PREFLIGHT_HEADERS).code(204).send())
  const perVisitor = new RateLimit('this visitor')
  for (const route of await loadWidgetRoutes()) {
    const own = new RateLimit('this visitor')
    const address = new RateLimit('this address')
    // Before a body is read: nobody else's takes up memory.
    const visitors = new WeakMap<FastifyRequest, Visitor>()
    server.route({
      method: route.method,
      url: route.url,
      bodyLimit: Math.min(route.bodyLimit, app.config.bodyLimit),
      onRequest: async (request) => {
        const visitor = route.isOpen ? undefined : await visitorOf(app, request)
        if (visitor) {
          visitors.set(request, visitor)
          perVisitor.take(visitor.id, CALLS_A_MINUTE)
          if (route.limit.perVisitor) own.take(visitor.id, route.limit.perVisitor)
        }
        if (route.limit.perAddress) address.take(networkOf(request), route.limit.perAddress)
      },
      handler: async (request, reply) => {
        const visitor = visitors.get(request)
        const answer = await route.handle({
          app,
          visitor,
          path: parse(route.path, request.params),
          query: parse(route.query, queryOf(request)),
          body: route.body ? parse(route.body, request.body ?? {}) : undefined,
          request,
          reply,
        })
        if (answer === SENT) return reply
        return reply.type(JSON_TYPE).send(JSON.stringify(answer))
      },
    })
  }
}

/** The visitor whose token a request carries. Whatever he does is a sign of life. */
async function visitorOf(app: App, request: FastifyRequest): Promise<Visitor> {
  const token = /^Bearer ([A-Za-z0-9]{43})$/i.exec(request.headers.authorization ?? '')?.[1]
  const visitor = token && (await findVisitor(app.database.reader, token))
  if (!visitor) throw new NotSignedIn('This visitor is not known, or not any more. Make a new one.')
  if (isNewSign(visitor, undefined)) await app.database.write((tx) => seeVisitor(tx, visitor.id))
  return visitor
}
