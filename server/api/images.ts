// GET /api/v3/images?address=…|file=…&until=…&signature=…: a picture in a message, for the box that the message is shown
// in. Addresses are signed (http/image-address.ts); they come from GET /api/v3/conversations/{id}/messages/{messageid}/html.
import { buffer } from 'node:stream/consumers'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { getFile } from '../desk/files/files.ts'
import { type Picture, signedPicture } from '../http/image-address.ts'
import { parsePairs } from '../http/input.ts'
import { Invalid, NotFound, Unavailable } from '../lib/errors.ts'
import { type FetchOptions, fetchGuarded } from '../lib/fetch-guard.ts'
import { pixelType } from '../lib/pixels.ts'

/** No more than a photograph, and not for longer than a reader waits. */
const MAX_BYTES = 10_000_000
const TIMEOUT_MS = 10_000
/** At the same time, for all readers together: a mail with thousands of pictures must not use up memory. */
const MAX_FETCHES = 16

const HEADERS = Object.freeze({
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'cache-control': 'private, max-age=86400',
  'content-disposition': 'inline',
})

export async function imageRoutes(server: FastifyInstance, app: App): Promise<void> {
  let fetches = 0
  server.get('/api/v3/images', async (request, reply) => {
    const picture = signedPicture(app.installation.secret, questionOf(request))
    if (!picture) throw new NotFound('There is no picture at this address, or not any more')
    if (fetches >= MAX_FETCHES) throw new Unavailable('Too many pictures are being loaded. Try again in a moment.')
    fetches++
    try {
      const contents =
        picture.kind === 'file' ? await storedPicture(app, picture.name) : await fetchPicture(picture.name)
      const type = pixelType(contents)
      if (type === undefined) throw new NotFound('There is no picture at this address')
      return reply.headers(HEADERS).type(type).send(contents)
    } finally {
      fetches--
    }
  })
}

/** Whether it is a picture can be seen once it is read: larger ones than any from elsewhere are attachments. */
async function storedPicture(app: App, id: string): Promise<Buffer> {
  const file = await getFile(app.database.reader, id)
  if (file.size > MAX_BYTES) throw new NotFound('The picture is too large to be shown')
  return buffer(await app.files.read(id))
}

/**
 * A picture from elsewhere: without cookies and referrer, and never from a network that is not public, whatever other
 * downloads may reach. What goes wrong there is nobody's business here.
 */
export async function fetchPicture(
  address: string,
  options: Pick<FetchOptions, 'resolve'> & Partial<Pick<FetchOptions, 'allow'>> = {},
): Promise<Buffer> {
  try {
    const { contents } = await fetchGuarded(address, {
      allow: [],
      ...options,
      field: 'address',
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
      // Nothing that tells which help desk reads.
      userAgent: 'Mozilla/5.0',
    })
    return contents
  } catch (error) {
    if (error instanceof Invalid) throw new NotFound('The picture cannot be loaded')
    throw error
  }
}

function questionOf(request: FastifyRequest): Picture & { until: string; signature: string } {
  const query: unknown = request.query
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : ''
  const { address, file, until, signature } = parsePairs(typeof text === 'string' ? text : '')
  const kind = typeof address === 'string' ? 'address' : 'file'
  return { kind, name: textOf(address ?? file), until: textOf(until), signature: textOf(signature) }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
