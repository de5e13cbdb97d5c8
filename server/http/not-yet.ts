// Answers for the server while it opens its database. A migration may take minutes, and a refused connection would look
// to clients as if the desk were gone.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { contentTypes, envelope } from '../api/v1/wire/envelope.ts'
import { refused } from '../api/v1/wire/refusal.ts'
import { refusedV3 } from '../api/v3/refusal.ts'
import { Unavailable } from '../lib/errors.ts'
import { isV1, normalise } from './address.ts'

const RETRY_AFTER_S = 5
/** How long answers that are under way may take when the real server is ready. */
const PATIENCE_MS = 200

export interface Answering {
  /** Stops answering and frees the port. */
  stop(): Promise<void>
}

/**
 * Says 503 on a port from `delayMs` from now on. With the delay a start that takes no time never shows it: whoever waits
 * for the port to open finds the real server behind it.
 */
export function answerNotYet({ host, port }: { host: string; port: number }, delayMs: number): Answering {
  const server = createServer((request, response) => void answer(request, response))
  // Whoever has taken the port meanwhile is noticed when the real server wants it.
  server.on('error', () => {})
  const timer = setTimeout(() => server.listen({ port, host }), delayMs)
  return {
    async stop() {
      clearTimeout(timer)
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const end = setTimeout(() => server.closeAllConnections(), PATIENCE_MS)
      await closed
      clearTimeout(end)
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { type, text } = await bodyFor(request.url ?? '/')
  response.writeHead(503, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'retry-after': String(RETRY_AFTER_S),
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(text)
}

async function bodyFor(asked: string): Promise<{ type: string; text: string }> {
  const error = new Unavailable('Deskhand is starting. Try again in a moment.')
  const { url, format } = normalise(asked)
  if (isV1(url)) return { type: contentTypes[format], text: await envelope(format, refused(error, '').body) }
  if (url.startsWith('/api/')) return { type: contentTypes.json, text: JSON.stringify(refusedV3(error, '').response) }
  return { type: 'text/plain; charset=utf-8', text: `${error.message}\n` }
}
