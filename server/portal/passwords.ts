// Where people choose a password by a link from a mail, and ask for such a link.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { choosePassword, findLinkHolder, sessionKinds } from '../desk/mail/choose-password.ts'
import type { LinkPurpose } from '../desk/mail/one-time-links.ts'
import type { WhoForgot } from '../desk/mail/sending/invitations.ts'
import type { Actors } from '../http/actor.ts'
import { networkOf } from '../http/client-network.ts'
import { toInput } from '../http/input.ts'
import { RateLimit } from '../http/rate-limit.ts'
import { assertSameOrigin } from '../http/same-origin.ts'
import { deviceOf, sessionToken, setSessionCookie } from '../http/session-cookie.ts'
import { enqueue } from '../jobs/queue.ts'
import { emailKey, isEmail } from '../lib/email.ts'
import { hashPassword } from '../lib/password.ts'
import { document, type Page } from './layout.ts'
import { askedPage, askPage, choosePage, donePage, type PasswordPlace, usedUpPage } from './pages/password.ts'
import { queryOf, SECRET_HEADERS, siteOf } from './register.ts'

interface Place extends PasswordPlace {
  purpose: LinkPurpose
  who: WhoForgot
}

const places: readonly Place[] = [
  {
    path: '/register',
    askPath: '/password',
    purpose: 'registration',
    who: 'customer',
    title: 'Choose a password for your account',
  },
  {
    path: '/password',
    askPath: '/password',
    purpose: 'customer-password',
    who: 'customer',
    title: 'Choose a new password',
  },
  {
    path: '/agent/password',
    askPath: '/agent/password',
    purpose: 'agent-password',
    who: 'agent',
    title: 'Choose a new password',
  },
]

/** Links that can be asked for in a minute, from one network address and for one e-mail. The outbox has budgets of its own. */
const PER_ADDRESS = 10
const PER_EMAIL = 3

export async function passwordRoutes(server: FastifyInstance, app: App, actors: Actors): Promise<void> {
  const pages = new PasswordPages(app, actors)
  for (const place of places) {
    server.get(place.path, (request, reply) => pages.show(place, request, reply))
    server.get(`${place.path}/done`, async (_request, reply) => pages.send(reply, donePage()))
    server.post(place.path, async (request, reply) => {
      assertSameOrigin(request, app.publicUrl())
      const { token, email, password } = textsOf(request.body)
      return token === ''
        ? pages.ask(place, email, request, reply)
        : pages.choose(place, token, password, request, reply)
    })
  }
}

class PasswordPages {
  readonly #app: App
  readonly #actors: Actors
  readonly #perAddress = new RateLimit('this address')
  readonly #perEmail = new RateLimit('all addresses for this e-mail')

  constructor(app: App, actors: Actors) {
    this.#app = app
    this.#actors = actors
  }

  send(reply: FastifyReply, page: Page, status = 200): FastifyReply {
    return reply
      .code(status)
      .headers(SECRET_HEADERS)
      .type('text/html; charset=utf-8')
      .send(document(siteOf(this.#app), page))
  }

  /** Following a link changes nothing: programs that look for viruses in mails do it before people. */
  async show(place: Place, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { token } = textsOf(queryOf(request))
    if (token === '') return this.send(reply, askPage(place))
    const giveBack = this.#actors.signIns.takeToken(networkOf(request))
    const holder = await this.#holderOf(place, token)
    if (!holder) return this.send(reply, usedUpPage(place), 404)
    giveBack()
    return this.send(reply, choosePage(place, token, holder.person.email))
  }

  /** Whether somebody has the address is found out later, in a job: neither words nor time tell it. */
  async ask(place: Place, given: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const email = given.trim()
    if (!isEmail(email) || !email.isWellFormed())
      return this.send(reply, askPage(place, 'Please give an e-mail address.'), 400)
    this.#perAddress.take(networkOf(request), PER_ADDRESS)
    this.#perEmail.take(`${place.who} ${emailKey(email)}`, PER_EMAIL)
    await this.#app.database.write((tx) => enqueue(tx, 'send-password-link', { who: place.who, email }))
    return this.send(reply, askedPage())
  }

  async choose(
    place: Place,
    token: string,
    password: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const giveBack = this.#actors.signIns.takeToken(networkOf(request))
    const holder = await this.#holderOf(place, token)
    if (!holder) return this.send(reply, usedUpPage(place), 404)
    const fault = faultOf(password)
    if (fault) {
      giveBack()
      return this.send(reply, choosePage(place, token, holder.person.email, fault), 400)
    }
    const publicUrl = this.#app.publicUrl()
    const kind = sessionKinds[place.purpose]
    const chosen = {
      purpose: place.purpose,
      token,
      passwordHash: await hashPassword(password),
      device: deviceOf(request),
      oldToken: sessionToken(request, kind, publicUrl),
    }
    const session = await this.#app.database.write((tx) => choosePassword(tx, chosen))
    if (!session) return this.send(reply, usedUpPage(place), 404)
    giveBack()
    setSessionCookie(reply, kind, publicUrl, session)
    return reply.redirect(`${place.path}/done`, 303)
  }

  async #holderOf({ purpose }: Place, token: string) {
    return /^[A-Za-z0-9]{43}$/.test(token) ? findLinkHolder(this.#app.database.reader, purpose, token) : undefined
  }
}

/** What API v3 asks of passwords, too. */
function faultOf(password: string): string | undefined {
  if (password.length < 8) return 'The password must have eight characters at least.'
  if (password.length > 1_000) return 'The password is too long.'
  return password.includes('\0') || !password.isWellFormed()
    ? 'The password has characters that cannot be typed.'
    : undefined
}

function textsOf(source: unknown): Record<'token' | 'email' | 'password', string> {
  const { token, email, password } = toInput(source)
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return { token: text(token), email: text(email), password: text(password) }
}
