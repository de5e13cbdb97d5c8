// Sign-ins: a random token in a cookie, its hash in the database.
import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { newSecret } from '../../lib/ids.ts'
import type { SessionRow } from '../keys/tables.ts'

export type Session = Selectable<SessionRow>
export type SessionKind = 'agent' | 'customer'

const LIFETIME_MS = 14 * 86_400_000

const hashOfToken = (token: string): string => hash('sha256', token, 'hex')

export interface SignIn {
  kind: SessionKind
  userId: string
  address: string
  userAgent: string
}

/** What goes into the cookie: the only time that the token can be seen. */
export interface BegunSession {
  token: string
  expiresAt: number
}

export async function beginSession(tx: Tx, signIn: SignIn): Promise<BegunSession> {
  const token = newSecret()
  const now = Date.now()
  const expiresAt = now + LIFETIME_MS
  await tx
    .insertInto('sessions')
    .values({
      token_hash: hashOfToken(token),
      kind: signIn.kind,
      user_id: signIn.userId,
      created_at: now,
      expires_at: expiresAt,
      seen_at: now,
      address: signIn.address,
      user_agent: signIn.userAgent.slice(0, 500),
    })
    .execute()
  return { token, expiresAt }
}

/** The session that a token stands for, unless it is over. */
export const findSession = (db: Reader, token: string, now = Date.now()): Promise<Session | undefined> =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', hashOfToken(token))
    .where('expires_at', '>', now)
    .executeTakeFirst()

export async function endSession(tx: Tx, token: string): Promise<void> {
  await tx.deleteFrom('sessions').where('token_hash', '=', hashOfToken(token)).execute()
}

export async function pruneSessions(tx: Tx, now: number): Promise<void> {
  await tx.deleteFrom('sessions').where('expires_at', '<=', now).execute()
}
