// Where customers rate answers, by the link in the mail that brought it.
//
// No cookie and no account is asked for: the token in the address is the proof, so a form on another site can do nothing
// without it. Following a link changes nothing either: programs that look for viruses in mails do it before people.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { groupOfRatingToken, ratingPath } from '../desk/mail/rating-links.ts'
import { commentOf, MAX_COMMENT } from '../desk/ratings/comment.ts'
import { rateGroup } from '../desk/ratings/rate.ts'
import { type Grade, grades } from '../desk/ratings/ratings.ts'
import { findRatingView, type RatingView } from '../desk/ratings/view.ts'
import { findSession } from '../desk/sessions/sessions.ts'
import { networkOf } from '../http/client-network.ts'
import { toInput } from '../http/input.ts'
import { RateLimit } from '../http/rate-limit.ts'
import { sessionToken } from '../http/session-cookie.ts'
import { Conflict, Invalid, NotFound } from '../lib/errors.ts'
import { document, type Page } from './layout.ts'
import {
  agentPage,
  finalPage,
  formPage,
  gonePage,
  type RatingForm,
  type RatingScene,
  thanksPage,
} from './pages/rating.ts'
import { type RatingWords, ratingWords } from './rating-words.ts'
import { SECRET_HEADERS, siteOf } from './register.ts'

/** In a minute: wrong links and ratings from one network address, ratings by one link. */
const WRONG_LINKS = 60
const PER_ADDRESS = 30
const PER_LINK = 10

export async function ratingRoutes(server: FastifyInstance, app: App): Promise<void> {
  const pages = new RatingPages(app)
  server.get('/rate/:token', (request, reply) => pages.show(request, reply, undefined))
  for (const grade of grades) server.get(`/rate/:token/${grade}`, (request, reply) => pages.show(request, reply, grade))
  server.get('/rate/:token/thanks', (request, reply) => pages.thank(request, reply))
  server.post('/rate/:token', (request, reply) => pages.rate(request, reply))
}

interface Found {
  token: string
  groupSeq: number
  view: RatingView
  words: RatingWords
  scene: RatingScene
}

class RatingPages {
  readonly #app: App
  readonly #wrongLinks = new RateLimit('this address with wrong links')
  readonly #perAddress = new RateLimit('this address')
  readonly #perLink = new RateLimit('all addresses for this link')

  constructor(app: App) {
    this.#app = app
  }

  async show(request: FastifyRequest, reply: FastifyReply, choice: Grade | undefined): Promise<FastifyReply> {
    const found = await this.#find(request)
    if (!found) return this.#sendGone(reply)
    const { given, isOpen } = found.view
    if (given && !isOpen) return this.#send(reply, finalPage(found.words, found.scene, given))
    return this.#sendForm(reply, found, { grade: choice ?? given?.grade, comment: given?.comment ?? '' })
  }

  async thank(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const found = await this.#find(request)
    if (!found) return this.#sendGone(reply)
    const { view, words, scene } = found
    if (!view.given) return reply.headers(SECRET_HEADERS).redirect(scene.path, 303)
    return this.#send(reply, thanksPage(words, view.isOpen ? scene.path : undefined))
  }

  async rate(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    this.#perAddress.take(networkOf(request), PER_ADDRESS)
    const found = await this.#find(request)
    if (!found) return this.#sendGone(reply)
    this.#perLink.take(found.token, PER_LINK)
    const { words, scene, groupSeq } = found
    // Agents see what customers quote and forward: whoever is signed in here must not rate himself by mistake.
    if (await this.#isAgent(request)) return this.#send(reply, agentPage(words), 403)
    const { rating, comment } = toInput(request.body)
    const form: RatingForm = {
      grade: grades.find((grade) => grade === rating),
      comment: typeof comment === 'string' ? comment : '',
    }
    const wrong = faultOf(form, words)
    if (form.grade === undefined || wrong)
      // What is far too long is not sent back: it was no person who wrote it.
      return this.#sendForm(reply, found, { ...form, comment: form.comment.slice(0, MAX_COMMENT), wrong }, 400)
    const draft = { grade: form.grade, comment: form.comment, source: 'link' } as const
    try {
      await this.#app.database.write((tx) => rateGroup(tx, groupSeq, draft, this.#app.settings()))
    } catch (error) {
      // Since it was looked at, it has gone, or has become too old.
      if (error instanceof NotFound) return this.#sendGone(reply)
      if (error instanceof Conflict)
        return this.#send(reply, found.view.given ? finalPage(words, scene, found.view.given) : gonePage(words), 409)
      throw error
    }
    return reply.headers(SECRET_HEADERS).redirect(`${scene.path}/thanks`, 303)
  }

  /** What a link leads to, if it is genuine and not too old. Wrong ones are counted. */
  async #find(request: FastifyRequest): Promise<Found | undefined> {
    this.#wrongLinks.take(networkOf(request), WRONG_LINKS)
    const { installation, database, settings } = this.#app
    const token = tokenIn(request.params)
    const groupSeq = groupOfRatingToken(installation.secret, token)
    const view = groupSeq === undefined ? undefined : await findRatingView(database.reader, groupSeq, settings())
    if (groupSeq === undefined || !view) return undefined
    this.#wrongLinks.giveBack(networkOf(request))
    const { language, timezone } = settings()
    const scene = { path: ratingPath(token), agent: view.agent, doneAt: view.doneAt, zone: timezone, given: view.given }
    return { token, groupSeq, view, words: ratingWords(view.language, language), scene }
  }

  async #isAgent(request: FastifyRequest): Promise<boolean> {
    const token = sessionToken(request, 'agent', this.#app.publicUrl())
    const session = token === undefined ? undefined : await findSession(this.#app.database.reader, token)
    return session?.kind === 'agent'
  }

  #sendForm(reply: FastifyReply, { words, scene }: Found, form: RatingForm, status = 200): FastifyReply {
    return this.#send(reply, formPage(words, scene, form), status)
  }

  #sendGone(reply: FastifyReply): FastifyReply {
    return this.#send(reply, gonePage(ratingWords(null, this.#app.settings().language)), 404)
  }

  #send(reply: FastifyReply, page: Page, status = 200): FastifyReply {
    return reply
      .code(status)
      .headers(SECRET_HEADERS)
      .type('text/html; charset=utf-8')
      .send(document(siteOf(this.#app), page))
  }
}

function faultOf({ grade, comment }: RatingForm, words: RatingWords): RatingForm['wrong'] {
  if (grade === undefined) return { field: 'rating', text: words.nothingChosen }
  try {
    commentOf(comment)
    return undefined
  } catch (error) {
    if (error instanceof Invalid) return { field: 'comment', text: words.badComment(MAX_COMMENT) }
    throw error
  }
}

const tokenIn = (params: unknown): string =>
  typeof params === 'object' && params !== null && 'token' in params && typeof params.token === 'string'
    ? params.token
    : ''
