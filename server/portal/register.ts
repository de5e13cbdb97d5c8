// The public pages: their addresses and headers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { type Input, parsePairs } from '../http/input.ts'
import { PageViews } from '../http/page-views.ts'
import { NotFound } from '../lib/errors.ts'
import { document, type Page, type Site } from './layout.ts'
import { conversationPage } from './pages/conversation.ts'
import { entryPage } from './pages/entry.ts'
import { searchPage } from './pages/search.ts'
import { startPage } from './pages/start.ts'
import { STYLE } from './style.ts'

/** Nothing runs and nothing is loaded from elsewhere. Inline styles are those that sanitised texts may keep. */
const policy = (images: string): string =>
  `default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:${images}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

export const PAGE_HEADERS = Object.freeze({
  'content-security-policy': policy(''),
  'x-frame-options': 'DENY',
  // To ourselves only: with none at all, browsers would send forms from the origin "null", as from another site.
  'referrer-policy': 'same-origin',
})
/** Pictures from elsewhere: in articles their authors chose them. In messages they would tell senders who reads when. */
const ARTICLE_HEADERS = Object.freeze({ 'content-security-policy': policy(' https:') })
export const SECRET_HEADERS = Object.freeze({ ...PAGE_HEADERS, 'x-robots-tag': 'noindex, nofollow, noarchive' })

export const siteOf = (app: App): Site => {
  const { company_name, timezone } = app.settings()
  return { name: company_name, zone: timezone, publicUrl: app.publicUrl() }
}

export async function portalRoutes(server: FastifyInstance, app: App): Promise<void> {
  const db = app.database.reader
  const views = new PageViews(app.database, app.log)
  server.addHook('onClose', () => views.close())

  const send = (
    reply: FastifyReply,
    page: Page,
    headers: Readonly<Record<string, string>> = PAGE_HEADERS,
  ): FastifyReply =>
    reply
      .headers(headers)
      .type('text/html; charset=utf-8')
      .send(document(siteOf(app), page))

  const sendEntry = async (request: FastifyRequest, reply: FastifyReply, urlcode: string): Promise<FastifyReply> => {
    const { entryId, ...page } = await entryPage(db, siteOf(app), urlcode)
    if (request.method === 'GET') views.note(entryId)
    return send(reply, page, ARTICLE_HEADERS)
  }

  server.get('/', async (_request, reply) => send(reply, await startPage(db, siteOf(app))))

  server.get('/search', async (request, reply) =>
    send(reply, await searchPage(db, siteOf(app), textOf(queryOf(request).q)), PAGE_HEADERS),
  )

  server.get('/index.php', async (request, reply) => {
    const query = queryOf(request)
    const type = textOf(query.type)
    if (type === 'my_tickets') {
      const page = await conversationPage(db, siteOf(app), textOf(query.cid), Number(textOf(query.earlier)))
      // Not for good: a merge can be undone.
      if ('elsewhere' in page) return reply.headers(SECRET_HEADERS).redirect(page.elsewhere, 302)
      return send(reply, page, SECRET_HEADERS)
    }
    if (type === 'page') return sendEntry(request, reply, urlcodeOf(textOf(query.urlcode)))
    if (type === '') return reply.redirect('/')
    throw new NotFound('There is no such page.')
  })

  server.get('/:entry(^\\d{6}.*$)', async (request, reply) => sendEntry(request, reply, urlcodeIn(request.params)))

  server.get('/portal.css', async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(STYLE),
  )
}

export function queryOf(request: FastifyRequest): Input {
  const query: unknown = request.query
  return typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string'
    ? parsePairs(query.text)
    : {}
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** `376829-Article-1` → `376829`. Only the code counts: titles change, and old links must lead there still. */
const urlcodeOf = (address: string): string => /^(\d{6})(?:-|$)/.exec(address)?.[1] ?? ''

const urlcodeIn = (params: unknown): string =>
  typeof params === 'object' && params !== null && 'entry' in params ? urlcodeOf(textOf(params.entry)) : ''
