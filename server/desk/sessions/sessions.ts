// Sign-ins: a random token in a cookie, its hash in the database.
import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { newSecret } from '../../lib/ids.ts'
import type { SessionRow } from '../keys/tables.ts'

export type Session = Selectable<SessionRow>
export type SessionKind = 'agent' | 'customer'

const LIFETIME_MS = 14 * 86_400_000

export const hashOfToken = (token: string): string => hash('sha256', token, 'hex')

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

/** When each of these sessions is over, by the hash of its token; those that are over already are left out. */
export async function endsOfSessions(
  db: Reader,
  tokenHashes: readonly string[],
  now = Date.now(),
): Promise<Map<string, number>> {
  if (tokenHashes.length === 0) return new Map()
  const rows = await db
    .selectFrom('sessions')
    .select(['token_hash', 'expires_at'])
    .where('token_hash', 'in', tokenHashes)
    .where('expires_at', '>', now)
    .execute()
  return new Map(rows.map(({ token_hash, expires_at }) => [token_hash, expires_at]))
}

/** Live streams of an agent's session end with it: they hear of it by the event. */
export async function endSession(tx: Tx, token: string): Promise<void> {
  const ended = await tx
    .deleteFrom('sessions')
    .where('token_hash', '=', hashOfToken(token))
    .returning(['kind', 'user_id'])
    .executeTakeFirst()
  if (ended?.kind === 'agent') recordEvent(tx, { type: 'session.ended', data: { userid: ended.user_id } })
}

export async function pruneSessions(tx: Tx, now: number): Promise<void> {
  await tx.deleteFrom('sessions').where('expires_at', '<=', now).execute()
}
