// Signing in: with a password, or with an auth token.
import type { Reader, Tx } from '../../db/write.ts'
import { verifyPassword } from '../../lib/password.ts'
import { type Agent, findAgent } from '../agents/agents.ts'
import { isGenuine, userOfToken } from './auth-tokens.ts'
import { type BegunSession, beginSession, endSession, type SignIn } from './sessions.ts'

/** The agent whom e-mail and password name; undefined if either is wrong, after the same time. */
export async function checkPassword(db: Reader, email: string, password: string): Promise<Agent | undefined> {
  const agent = email.includes('@') ? await findAgent(db, email) : undefined
  return (await verifyPassword(agent?.password_hash, password)) ? agent : undefined
}

/**
 * Begins the session of an agent whose password was checked. Undefined if he was deleted or has changed his password
 * since: his other sessions ended with that, and this one would have escaped.
 */
export async function signInAgent(
  tx: Tx,
  agent: Pick<Agent, 'id' | 'auth_epoch'>,
  device: Pick<SignIn, 'address' | 'userAgent'>,
  oldToken: string | undefined,
): Promise<BegunSession | undefined> {
  const now = await findAgent(tx, agent.id)
  if (now?.auth_epoch !== agent.auth_epoch) return undefined
  return signIn(tx, { kind: 'agent', userId: agent.id, ...device }, oldToken)
}

/**
 * Begins a session, always with a fresh token: one that somebody else knows or has planted is worth nothing. `oldToken`
 * is that of the session which the browser has so far; it ends.
 */
export async function signIn(tx: Tx, draft: SignIn, oldToken: string | undefined): Promise<BegunSession> {
  if (oldToken !== undefined) await endSession(tx, oldToken)
  return beginSession(tx, draft)
}

/** Whoever a token names, among agents or customers: what a genuine one is checked against. */
export interface TokenHolder {
  kind: SignIn['kind']
  userId: string
  epoch: number
}

/** The holder of a genuine token; `find` looks up whom it names. */
export async function holderOfToken(
  secret: string,
  token: string,
  find: (userId: string) => Promise<TokenHolder | undefined>,
): Promise<TokenHolder | undefined> {
  const userId = userOfToken(token)
  if (userId === undefined) return undefined
  const holder = await find(userId)
  return holder && isGenuine(secret, token, userId, holder.epoch) ? holder : undefined
}
