// Registers every call of API v1. Files are found by folder: a new file is a new call, there is no list to keep.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { MISSING } from '../../../contract/v1/params.ts'
import type { App } from '../../app.ts'
import { type Actor, mayWrite } from '../../desk/actor.ts'
import type { Actors } from '../../http/actor.ts'
import { networkOf } from '../../http/client-network.ts'
import { type Input, type InputValue, merge, parsePairs, toInput } from '../../http/input.ts'
import { Invalid, NotAllowed } from '../../lib/errors.ts'
import { sendReport } from '../thread/send-report.ts'
import type { V1Route } from './route.ts'
import { contentTypes, envelope } from './wire/envelope.ts'
import { noKey, wrongKey } from './wire/refusal.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** The route files below a folder. `wire/` and the plumbing beside this file are not calls. */
export function routeFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) =>
        file.endsWith('.ts') &&
        !file.endsWith('.test.ts') &&
        !/^(wire\/|(register|route|authors)\.ts$)/.test(file.replaceAll('\\', '/')),
    )
    .sort()
    .map((file) => join(folder, file))
}

/** Every call, from the files. */
export async function loadV1Routes(): Promise<V1Route[]> {
  const modules: { routes: V1Route[] }[] = await Promise.all(
    routeFiles(HERE).map((file) => import(pathToFileURL(file).href)),
  )
  return modules.flatMap((module) => module.routes)
}

export async function v1Routes(server: FastifyInstance, app: App, actors: Actors): Promise<void> {
  for (const route of await loadV1Routes()) {
    server.route({
      method: route.method,
      url: route.url,
      handler: async (request, reply) => {
        const input = inputOf(request)
        const actor = await actorOf(request, input, actors)
        if (route.method !== 'GET' && !mayWrite(actor)) throw new NotAllowed('This API key may only read')
        const params = parseParams(route.params, withPath(input, request.params))
        const zone = app.settings().timezone
        const format = request.wireFormat
        reply.type(contentTypes[format])
        if (route.report) {
          const asked = { url: route.url, format, actor, params, zone, now: Date.now() }
          return sendReport(reply, await app.reports.answer(asked, reply.raw))
        }
        return reply.send(await envelope(format, await route.handle({ app, actor, params, zone })))
      },
    })
  }
}

/** Query and body of a request as one set of parameters. */
export const inputOf = (request: FastifyRequest): Input =>
  merge(parsePairs(queryText(request.query)), toInput(request.body))

const queryText = (query: unknown): string =>
  typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string' ? query.text : ''

function withPath(input: Input, path: unknown): Input {
  if (typeof path !== 'object' || path === null) return input
  return Object.assign(input, path)
}

/** The key is looked for in query, body and header, in that order: some clients send another system's key in the header. */
async function actorOf(request: FastifyRequest, input: Input, actors: Actors): Promise<Actor> {
  const key = textOf(input.apikey) ?? textOf(request.headers.apikey)
  if (key === undefined) {
    const actor = await actors.ofSession(request)
    if (actor) return actor
    throw noKey()
  }
  const actor = await actors.ofKey(key, networkOf(request))
  if (!actor) throw wrongKey()
  return actor
}

const textOf = (value: InputValue | string[] | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Parses parameters; the first fault is thrown as Invalid with the parameter's name. */
export function parseParams<Schema extends z.ZodType>(schema: Schema, input: Input): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const name = issue?.path.map(String).join('.') || 'request'
  throw new Invalid(name.split('.')[0] ?? name, issue?.message ?? MISSING)
}
