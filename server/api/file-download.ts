// GET, HEAD, POST /scripts/file.php?view=Y&file={id}: the contents of a file, for those who may have it.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { getCustomersFile, getPublicFile, getVisibleFile } from '../desk/conversations/attachments.ts'
import { countDownload, type File, unknownFile } from '../desk/files/files.ts'
import type { Actors } from '../http/actor.ts'
import { networkOf } from '../http/client-network.ts'
import { dispositionOf, isHarmless, typeToServe } from '../http/content.ts'
import type { Input } from '../http/input.ts'
import { NotFound } from '../lib/errors.ts'
import { inputOf } from './v1/register.ts'

/** A file that runs in a browser would run in our name, next to agents' sessions: it gets a box without anything. */
const FILE_HEADERS = Object.freeze({
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'referrer-policy': 'no-referrer',
})

export async function fileRoutes(server: FastifyInstance, app: App, actors: Actors): Promise<void> {
  server.route({
    method: ['GET', 'HEAD', 'POST'],
    url: '/scripts/file.php',
    handler: async (request, reply) => {
      const input = inputOf(request)
      const file = await fileFor(app, actors, request, input)
      const inline = input.view === 'Y' && isHarmless(file.type)
      reply
        .headers(FILE_HEADERS)
        .type(typeToServe(file.type))
        .header('content-disposition', dispositionOf(file.name, inline))
        .header('content-length', file.size)
      if (request.method === 'HEAD') return reply.send()
      const contents = await app.files.read(file.id)
      await count(app, file)
      return reply.send(contents)
    },
  })
}

/**
 * The file, if anything that the request brings opens it: an API key, an agent's session, the conversation's public code,
 * a customer's session.
 * One answer to everything else, so that nobody learns which files exist.
 */
async function fileFor(app: App, actors: Actors, request: FastifyRequest, input: Input): Promise<File> {
  const db = app.database.reader
  const id = textOf(input.file)
  if (id === undefined) throw unknownFile('')
  const key = textOf(input.apikey) ?? textOf(request.headers.apikey)
  const actor = (key && (await actors.ofKey(key, networkOf(request)))) || (await actors.ofSession(request))
  const code = textOf(input.cid)
  const customer = await actors.customerOfSession(request)
  const ways = [
    actor && (() => getVisibleFile(db, actor, id)),
    code !== undefined && (() => getPublicFile(db, code, id)),
    customer && (() => getCustomersFile(db, customer.id, id)),
  ]
  for (const way of ways) {
    const file = way && (await unlessNotFound(way))
    if (file) return file
  }
  throw unknownFile(id)
}

async function unlessNotFound(way: () => Promise<File>): Promise<File | undefined> {
  try {
    return await way()
  } catch (error) {
    if (error instanceof NotFound) return undefined
    throw error
  }
}

/** Without NUL, which PostgreSQL does not take: nothing of ours has one in its name. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined

/** A full disk keeps the count from going up, not the file from being read. */
async function count(app: App, file: File): Promise<void> {
  try {
    await app.database.write((tx) => countDownload(tx, file.id))
  } catch (error) {
    app.log.warn({ err: error }, 'a download could not be counted')
  }
}
