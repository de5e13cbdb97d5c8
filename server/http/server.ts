// The web server: how requests are read, how refusals are said, which headers every answer has. Routes come from api/.
import type { IncomingMessage } from 'node:http'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import { docsRoutes } from '../api/docs.ts'
import { fileRoutes } from '../api/file-download.ts'
import { imageRoutes } from '../api/images.ts'
import { loginRoutes } from '../api/login.ts'
import { v1Routes } from '../api/v1/register.ts'
import { contentTypes, envelope } from '../api/v1/wire/envelope.ts'
import { badBody, bodyTooLarge, refused as refusedV1, WireRefusal } from '../api/v1/wire/refusal.ts'
import { refusedV3 } from '../api/v3/refusal.ts'
import { v3Routes } from '../api/v3/register.ts'
import { widgetRoutes } from '../api/widget/register.ts'
import type { App } from '../app.ts'
import { asRefusal } from '../db/write.ts'
import { NotFound, Refusal } from '../lib/errors.ts'
import { passwordRoutes } from '../portal/passwords.ts'
import { ratingRoutes } from '../portal/ratings.ts'
import { refusedPage } from '../portal/refusal.ts'
import { PAGE_HEADERS, portalRoutes, siteOf } from '../portal/register.ts'
import { Actors } from './actor.ts'
import { type Format, isV1, normalise } from './address.ts'
import { networkOf } from './client-network.ts'
import { finishBeforeClosing } from './closing.ts'
import { parsePairs } from './input.ts'
import { readMultipart } from './multipart.ts'
import { answerUnreadable } from './unreadable.ts'
import { isHandshake, routeUpgrades } from './upgrades.ts'

const SECURITY_HEADERS = Object.freeze({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
})

declare module 'fastify' {
  interface FastifyRequest {
    /** What the address asked for: `.xml` and the like. */
    wireFormat: Format
  }
}

const formats = new WeakMap<object, Format>()

/** Builds the server for an app. Nothing listens yet. */
export async function buildServer(app: App): Promise<FastifyInstance> {
  const { config } = app
  const actors = new Actors(app)
  // Fastify's own notes ("Server listening") are below what an administrator wants to read at 'info'.
  const loggerInstance: FastifyBaseLogger = app.log.child({}, app.log.level === 'info' ? { level: 'warn' } : {})
  const server: FastifyInstance = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // What we log names its request itself: a logger for each would be made for nothing.
    childLoggerFactory: (logger) => logger,
    bodyLimit: config.bodyLimit,
    trustProxy: config.trustProxy ?? false,
    // A client that sends nothing more must not hold a connection for ever.
    requestTimeout: 120_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    // At a stop, once all is answered: see closing.ts. Node alone would wait for those that have not sent a whole request.
    forceCloseConnections: true,
    http: { shouldUpgradeCallback: isHandshake },
    // Zod checks what comes in, and answers are written as text: Fastify's own compilers would only take up memory.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    routerOptions: {
      maxParamLength: 1_000,
      // Parsed where a fault can be answered in the caller's format.
      querystringParser: (text: string) => ({ text }),
    },
    rewriteUrl(request) {
      const { url, format } = normalise(request.url ?? '/')
      formats.set(request, format)
      dropBadType(request)
      return url
    },
    clientErrorHandler: (error, socket) => void answerUnreadable(error, socket),
    frameworkErrors: (error, request, reply) => void answerError(app, error, request, reply),
  })
  server.decorateRequest('wireFormat', 'json')
  server.addHook('onRequest', async (request, reply) => {
    request.wireFormat = formats.get(request.raw) ?? 'json'
    reply.headers(SECURITY_HEADERS)
    actors.admit(networkOf(request))
  })
  // Before anything is waited for: streams do not end by themselves.
  server.addHook('preClose', () => app.live.close())
  finishBeforeClosing(server)
  server.addHook('onClose', () => actors.close())
  server.setErrorHandler((error, request, reply) => answerError(app, error, request, reply))
  server.setNotFoundHandler((request, reply) =>
    answerError(
      app,
      new NotFound(`There is no call ${request.method} ${request.url.split('?', 1)[0]}`),
      request,
      reply,
    ),
  )

  routeUpgrades(server)
  addBodyParsers(server, config.bodyLimit)
  await v1Routes(server, app, actors)
  await v3Routes(server, app, actors)
  await widgetRoutes(server, app)
  await docsRoutes(server, app)
  await loginRoutes(server, app, actors)
  await fileRoutes(server, app, actors)
  await imageRoutes(server, app)
  await portalRoutes(server, app)
  await passwordRoutes(server, app, actors)
  await ratingRoutes(server, app)
  return server
}

const noCompiler = () => () => {
  throw new Error('routes declare no schemas to Fastify: see api/v1/route.ts and api/v3/route.ts')
}

function addBodyParsers(server: FastifyInstance, limit: number): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    /^application\/(.*\+)?json/i,
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => parseJson(body),
  )
  server.addContentTypeParser(/^multipart\/form-data/i, (request: FastifyRequest, payload: IncomingMessage) =>
    readMultipart(request.headers, payload, Math.min(limit, request.routeOptions.bodyLimit)),
  )
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => parsePairs(utf8(body)),
  )
  // Clients send forms and JSON under no type or a wrong one: what it is can be seen.
  server.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => {
    const start = body.subarray(0, 64).toString('latin1').trimStart()
    return start.startsWith('{') || start.startsWith('[') ? parseJson(body) : parsePairs(utf8(body))
  })
}

/** A Content-Type that is none, such as `json`, is as good as not given: what came can be seen. */
function dropBadType({ headers }: IncomingMessage): void {
  if (headers['content-type'] !== undefined && !/^\s*[\w.+-]+\/[\w.+*-]+\s*(;|$)/.test(headers['content-type']))
    delete headers['content-type']
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw badBody('The request body is not valid UTF-8')
  }
}

function parseJson(body: Buffer): unknown {
  const text = utf8(body)
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw badBody('The request body is not valid JSON')
  }
}

/** Without what is secret in it: more people read logs than may open links. */
function loggedAddress({ routeOptions, url }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1)
  return routeOptions.url?.includes('/:token') ? routeOptions.url : path
}

/** Says what went wrong in the words and the format of the surface that was asked. */
async function answerError(
  app: App,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const error = known(thrown)
  if (!(error instanceof Refusal))
    app.log.error({ err: error, request: request.id, url: loggedAddress(request) }, 'a request failed')
  if (!/^\/api([/?]|$)/.test(request.raw.url ?? '')) return answerPage(app, error, request, reply)
  const surface = isV1(request.raw.url ?? '') ? refusedV1(error, request.id) : refusedV3(error, request.id)
  if (surface.retryAfter !== undefined) reply.header('retry-after', surface.retryAfter)
  reply.code(surface.status)
  if ('response' in surface) return reply.type(contentTypes.json).send(JSON.stringify(surface.response))
  // The hook that sets it has not run where the router refused.
  const format = formats.get(request.raw) ?? 'json'
  return reply.type(contentTypes[format]).send(await envelope(format, surface.body))
}

function answerPage(app: App, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, page, retryAfter } = refusedPage(error, request.id, siteOf(app))
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  // A file's own headers may be set already when its contents turn out to be missing.
  reply.removeHeader('content-disposition').removeHeader('content-length').headers(PAGE_HEADERS)
  return reply.code(status).type('text/html; charset=utf-8').send(page)
}

/** An identifier that is not UTF-8, or longer than any that we give out. */
const UNROUTABLE = new Set(['FST_ERR_BAD_URL', 'FST_ERR_MAX_PARAM_LENGTH'])

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

/** A database that is away while something is read, and Fastify's own complaints, as refusals. */
function known(thrown: unknown): unknown {
  const error = asRefusal(thrown)
  if (error instanceof Refusal || !(error instanceof Error)) return error
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (status === 413) return bodyTooLarge()
  // Its own words would repeat the whole address, the key in it included.
  if (UNROUTABLE.has(codeOf(error))) return new NotFound('There is nothing at this address: it cannot be read')
  if (status >= 400 && status < 500) return new WireRefusal(status === 404 ? 404 : 400, 'bad_request', error.message)
  return error
}
