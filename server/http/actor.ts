// Who asks: an API key, or the session of a signed-in agent.
import type { FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import type { Actor } from '../desk/actor.ts'
import { findAgent, listDepartmentsOf } from '../desk/agents/agents.ts'
import { type Customer, findCustomer } from '../desk/customers/customers.ts'
import { findApiKey, rightsOf } from '../desk/keys/keys.ts'
import { findSession, type Session } from '../desk/sessions/sessions.ts'
import { NotAllowed } from '../lib/errors.ts'
import { KeyUse } from './key-use.ts'
import { RateLimit } from './rate-limit.ts'
import { assertSameOrigin } from './same-origin.ts'
import { sessionToken } from './session-cookie.ts'
import { SignInLimits } from './sign-in-limits.ts'

/** Wrong keys and passwords from one address in a minute, before it has to wait. */
const FAILURES_A_MINUTE = 1_000

export class Actors {
  readonly #app: App
  readonly #keyUse: KeyUse
  readonly #perKey = new RateLimit('this API key')
  readonly #perAddress = new RateLimit('this address')
  readonly signIns = new SignInLimits()
  readonly #failures = new RateLimit('this address with a wrong key')

  constructor(app: App) {
    this.#app = app
    this.#keyUse = new KeyUse(app.database, app.log)
  }

  close(): Promise<void> {
    return this.#keyUse.close()
  }

  /** Counts a request against its address, before anything else is done for it. */
  admit(address: string): void {
    this.#perAddress.take(address, this.#app.config.rateLimit)
  }

  /** The actor behind an API key, which may be about more than calls; undefined if the key is unknown or revoked. */
  async ofKey(key: string, address: string): Promise<Actor | undefined> {
    const actor = await this.ofKeyForCalls(key, address)
    if (actor?.rights === 'telephony') throw new NotAllowed('This API key is for telephone calls only.')
    return actor
  }

  /** The same where a key for telephone calls will do. */
  async ofKeyForCalls(key: string, address: string): Promise<Extract<Actor, { kind: 'key' }> | undefined> {
    const row = await findApiKey(this.#app.database.reader, key)
    if (!row) {
      this.#failures.take(address, FAILURES_A_MINUTE)
      return undefined
    }
    this.#perKey.take(row.id, row.rate_limit ?? this.#app.config.rateLimit)
    this.#keyUse.note(row.id)
    return { kind: 'key', keyId: row.id, rights: rightsOf(row) }
  }

  /** The agent whose session cookie a request carries; undefined without one. */
  async ofSession(request: FastifyRequest): Promise<Actor | undefined> {
    const token = sessionToken(request, 'agent', this.#app.publicUrl())
    if (token === undefined) return undefined
    const session = await findSession(this.#app.database.reader, token)
    if (session?.kind !== 'agent') return undefined
    assertSameOrigin(request, this.#app.publicUrl())
    return this.#ofAgentSession(session)
  }

  /** The customer whose session cookie a request carries; undefined without one. */
  async customerOfSession(request: FastifyRequest): Promise<Customer | undefined> {
    const token = sessionToken(request, 'customer', this.#app.publicUrl())
    if (token === undefined) return undefined
    const db = this.#app.database.reader
    const session = await findSession(db, token)
    return session?.kind === 'customer' ? findCustomer(db, session.user_id) : undefined
  }

  async #ofAgentSession(session: Session): Promise<Actor | undefined> {
    const db = this.#app.database.reader
    const agent = await findAgent(db, session.user_id)
    if (!agent) return undefined
    return { kind: 'agent', agentId: agent.id, role: agent.role, departmentIds: await listDepartmentsOf(db, agent.id) }
  }
}
