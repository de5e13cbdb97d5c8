// Registers every call of our own API. Files are found by folder, as those of v1.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { App } from '../../app.ts'
import { type Actor, mayWrite, systemActor } from '../../desk/actor.ts'
import { UNKNOWN_TYPE } from '../../desk/files/names.ts'
import type { Actors } from '../../http/actor.ts'
import { dispositionOf } from '../../http/content.ts'
import { parsePairs } from '../../http/input.ts'
import { Invalid, NotAllowed } from '../../lib/errors.ts'
import { NotSignedIn } from './refusal.ts'
import { Download, JSON_TYPE, type V3Route } from './route.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const PLUMBING = new Set(['register.ts', 'route.ts', 'refusal.ts'])

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
        const actor = route.isPublic ? systemActor : await actorOf(request, actors)
        if (route.method !== 'GET' && !mayWrite(actor)) throw new NotAllowed('This API key may only read.')
        const answer = await route.handle({
          app,
          actor,
          path: parse(route.path, request.params),
          query: parse(route.query, queryOf(request)),
          body: route.body ? parse(route.body, request.body ?? {}) : undefined,
          request,
          reply,
          actors,
        })
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

const queryOf = (request: FastifyRequest): unknown => {
  const query: unknown = request.query
  const text =
    typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string' ? query.text : ''
  return parsePairs(text)
}

async function actorOf(request: FastifyRequest, actors: Actors): Promise<Actor> {
  const key = request.headers.apikey
  if (typeof key === 'string' && key !== '') {
    const actor = await actors.ofKey(key, request.ip)
    if (actor) return actor
    throw new NotSignedIn('The API key is not valid.')
  }
  const actor = await actors.ofSession(request)
  if (actor) return actor
  throw new NotSignedIn("Sign in, or send an API key in the header 'apikey'.")
}

function parse(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field =
    issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? 'body') : issue?.path.map(String).join('.') || 'body'
  throw new Invalid(
    field,
    issue?.code === 'unrecognized_keys' ? 'is not a field of this call' : (issue?.message ?? 'is wrong'),
  )
}
