// Registers every call of our own API. Files are found by folder, as those of v1.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../../app.ts'
import { type Actor, mayWrite, systemActor } from '../../desk/actor.ts'
import { UNKNOWN_TYPE } from '../../desk/files/names.ts'
import type { Actors } from '../../http/actor.ts'
import { networkOf } from '../../http/client-network.ts'
import { dispositionOf } from '../../http/content.ts'
import { NotAllowed } from '../../lib/errors.ts'
import { sendReport } from '../thread/send-report.ts'
import { parse, queryOf } from './parse.ts'
import { NotSignedIn } from './refusal.ts'
import { Download, JSON_TYPE, type V3Route } from './route.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const PLUMBING = new Set(['register.ts', 'route.ts', 'refusal.ts', 'parse.ts'])

/** Every call, from the files. */
export async function loadV3Routes(): Promise<V3Route[]> {
  const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !PLUMBING.has(file) && !file.startsWith('wire'),
  )
  const modules: { routes: V3Route[] }[] = await Promise.all(
    files.sort().map((file) => import(pathToFileURL(join(HERE, file)).href)),
  )
  return modules.flatMap((module) => module.routes)
}

export async function v3Routes(server: FastifyInstance, app: App, actors: Actors): Promise<void> {
  for (const route of await loadV3Routes()) {
    server.route({
      method: route.method,
      url: route.url,
      handler: async (request, reply) => {
        const actor = route.isPublic || route.findsActor ? systemActor : await actorOf(request, actors, route)
        if (route.method !== 'GET' && !mayWrite(actor)) throw new NotAllowed('This API key may only read.')
        const [path, query] = [parse(route.path, request.params), parse(route.query, queryOf(request))]
        if (route.report) {
          const asked = { url: route.url, format: 'json' as const, actor, params: { path, query } }
          const zone = app.settings().timezone
          const report = await app.reports.answer({ ...asked, zone, now: Date.now() }, reply.raw)
          return sendReport(reply.type(JSON_TYPE), report)
        }
        const answer = await route.handle({
          app,
          actor,
          path,
          query,
          body: route.body ? parse(route.body, request.body ?? {}) : undefined,
          request,
          reply,
          actors,
        })
        // It has become a stream.
        if (reply.sent) return reply
        if (answer instanceof Download) return sendFile(reply, answer)
        // Strings are sent as they are: without this, an answer that is one would go out unquoted.
        if (route.answerType === JSON_TYPE) return reply.type(JSON_TYPE).send(JSON.stringify(answer))
        if (!reply.hasHeader('content-type')) reply.type(route.answerType)
        return reply.send(answer)
      },
    })
  }
}

/** As plain bytes in a box without anything: a mail can hold pages and scripts. */
const sendFile = (reply: FastifyReply, { name, contents }: Download): FastifyReply =>
  reply
    .header('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'")
    .header('content-disposition', dispositionOf(name, false))
    .type(UNKNOWN_TYPE)
    .send(Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength))

/** What a key for telephone calls opens. */
const isAboutCalls = ({ url }: V3Route): boolean => /^\/api\/v3\/calls(\/|$)/.test(url)

async function actorOf(request: FastifyRequest, actors: Actors, route: V3Route): Promise<Actor> {
  const key = request.headers.apikey
  if (typeof key === 'string' && key !== '') {
    const address = networkOf(request)
    const actor = await (isAboutCalls(route) ? actors.ofKeyForCalls(key, address) : actors.ofKey(key, address))
    if (actor) return actor
    throw new NotSignedIn('The API key is not valid.')
  }
  const actor = await actors.ofSession(request)
  if (actor) return actor
  throw new NotSignedIn("Sign in, or send an API key in the header 'apikey'.")
}
