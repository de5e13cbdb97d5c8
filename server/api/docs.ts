// GET /api/v3/openapi.json · GET /api/docs
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { cookieName } from '../http/session-cookie.ts'

/** Both are public: they say what every installation can do, and nothing about this one. Made on first use, and kept. */
export async function docsRoutes(server: FastifyInstance, app: App): Promise<void> {
  // The address is known once the server listens; tests and proxies may change it.
  const made = new Map<string, Promise<{ json: string; page: string; policy: string }>>()
  const describe = () => {
    const publicUrl = app.publicUrl()
    const known = made.get(publicUrl) ?? make(publicUrl)
    made.set(publicUrl, known)
    return known
  }

  server.get('/api/v3/openapi.json', async (_request, reply) => {
    const { json } = await describe()
    return reply.type('application/json; charset=utf-8').send(json)
  })

  for (const url of ['/api/docs', '/api/docs/'])
    server.get(url, async (_request, reply) => {
      const { page, policy } = await describe()
      return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page)
    })
}

/** Loaded when somebody asks: most processes never describe themselves. */
async function make(publicUrl: string): Promise<{ json: string; page: string; policy: string }> {
  const [{ describeApis }, { referencePage }, { POLICY }] = await Promise.all([
    import('./docs/openapi.ts'),
    import('./docs/page.ts'),
    import('./docs/style.ts'),
  ])
  const api = await describeApis({ publicUrl, cookieName: cookieName('agent', publicUrl) })
  return { json: JSON.stringify(api), page: referencePage(api), policy: POLICY }
}
