// Whether a request that changes something comes from our own pages.
import type { FastifyRequest } from 'fastify'
import { NotAllowed } from '../lib/errors.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser sends the cookie along with requests that another site made (CSRF), and lets another site sign its visitors
 * in here under the wrong name. It also says where a request comes from: what changes something must come from our own
 * pages. Requests without a browser carry no Origin, and no cookie by accident.
 */
export function assertSameOrigin(request: FastifyRequest, publicUrl: string): void {
  if (!SAFE.has(request.method)) assertOurPage(request, publicUrl)
}

/** The same whatever the method: a WebSocket is opened by a GET, is not kept from other sites by CORS, and reads on and on. */
export function assertOurPage(request: FastifyRequest, publicUrl: string): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin === undefined && (site === undefined || site === 'same-origin' || site === 'none')) return
  if (origin === undefined || !isOurs(origin, host, new URL(publicUrl)))
    throw new NotAllowed('This request comes from another site. Sign in here, or use an API key.')
}

/** Our public origin; or the host that was asked, which may have more names than one. Never plain HTTP where TLS is used. */
function isOurs(origin: string, host: string | undefined, publicUrl: URL): boolean {
  if (origin === publicUrl.origin) return true
  const url = URL.parse(origin)
  return url !== null && url.host === host && (publicUrl.protocol !== 'https:' || url.protocol === 'https:')
}
