// OAuth 2: access tokens for mail servers, got with the refresh token of a mailbox, kept until they expire.
import { getCACertificates } from 'node:tls'
import { z } from 'zod'
import { lockForChange } from '../../db/differences.ts'
import type { Database } from '../../db/open.ts'
import { Refusal } from '../../lib/errors.ts'
import { fetchGuarded } from '../../lib/fetch-guard.ts'
import type { Installation } from '../settings/settings.ts'
import {
  type IncomingSettings,
  incomingOf,
  type MailCredentials,
  type OutgoingSettings,
  outgoingOf,
  type Side,
  sealSecrets,
  secretsOf,
} from './mailbox.ts'

/** What getting tokens needs of the application. */
export interface TokenDesk {
  database: Database
  installation: Installation
  config: { fetchAllow: readonly string[] }
}

/** There is no access token, and an administrator has to do something: the message says what. */
export class TokenRefused extends Error {}

const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 100_000
/** Renewed that long before its end, so that it does not end on the way. */
const EARLY_MS = 60_000
const DEFAULT_LIFE_S = 3_600

interface AccessToken {
  token: string
  expiresAt: number
  /** The one to ask with next time. */
  refreshToken: string
}

// In memory only, and apart for each database: tests have several. The key is everything that a token is asked with, so
// that changed settings find nothing; who asks while somebody else is asking gets the same answer, for many servers take
// a refresh token that comes twice as stolen.
const caches = new WeakMap<Database, Map<string, Promise<AccessToken>>>()
const cacheOf = ({ database }: TokenDesk): Map<string, Promise<AccessToken>> => {
  let cache = caches.get(database)
  if (!cache) {
    cache = new Map()
    caches.set(database, cache)
  }
  return cache
}

/** An access token for one of the servers of a stored mailbox. A refresh token that came with it replaces the stored one. */
export async function accessToken(desk: TokenDesk, mailboxId: string, side: Side): Promise<string> {
  const asked = await currentGrant(desk, mailboxId, side)
  try {
    return await tokenFor(desk, mailboxId, asked)
  } catch (error) {
    // Another process may have exchanged the refresh token for the next one a moment ago.
    const now = await currentGrant(desk, mailboxId, side)
    if (now.key === asked.key) throw error
    return tokenFor(desk, mailboxId, now)
  }
}

/** A server refused the token: the next one is asked for anew. */
export async function forgetToken(desk: TokenDesk, mailboxId: string, side: Side): Promise<void> {
  cacheOf(desk).delete((await currentGrant(desk, mailboxId, side)).key)
}

interface Grant {
  settings: IncomingSettings | OutgoingSettings
  credentials: MailCredentials
  key: string
}

async function currentGrant({ database, installation }: TokenDesk, mailboxId: string, side: Side): Promise<Grant> {
  const mailbox = await database.reader
    .selectFrom('mailboxes')
    .selectAll()
    .where('id', '=', mailboxId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  const settings = mailbox && (side === 'incoming' ? incomingOf(mailbox) : outgoingOf(mailbox))
  const credentials = mailbox && secretsOf(installation.secret, mailbox)[side]
  if (!settings || !credentials?.refreshToken) throw new TokenRefused('There is no refresh token: sign in anew.')
  const { clientId, clientSecret, refreshToken } = credentials
  return { settings, credentials, key: JSON.stringify([settings.tokenUrl, clientId, clientSecret, refreshToken]) }
}

async function tokenFor(desk: TokenDesk, mailboxId: string, { settings, credentials, key }: Grant): Promise<string> {
  const cache = cacheOf(desk)
  const known = await cache.get(key)
  if (known && known.expiresAt - EARLY_MS > Date.now()) return known.token
  const asking = cache.get(key + ASKING) ?? renew(desk, mailboxId, settings, credentials)
  cache.set(key + ASKING, asking)
  try {
    const got = await asking
    const { clientId, clientSecret } = credentials
    cache.delete(key)
    cache.set(JSON.stringify([settings.tokenUrl, clientId, clientSecret, got.refreshToken]), asking)
    return got.token
  } finally {
    cache.delete(key + ASKING)
  }
}

const ASKING = ' asking'

async function renew(
  desk: TokenDesk,
  mailboxId: string,
  settings: IncomingSettings | OutgoingSettings,
  credentials: MailCredentials,
): Promise<AccessToken> {
  const got = await requestToken(desk, settings, credentials)
  if (credentials.refreshToken !== undefined && got.refreshToken !== credentials.refreshToken)
    await storeRefreshToken(desk, mailboxId, credentials.refreshToken, got.refreshToken)
  return got
}

const answerSchema = z.object({
  access_token: z.string().min(1).max(20_000),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).max(10_000).optional(),
})
const refusalSchema = z.object({ error: z.string(), error_description: z.string().optional() })

/** Asks the token server. Throws TokenRefused with what to do. */
export async function requestToken(
  desk: Pick<TokenDesk, 'config'>,
  { tokenUrl, authorities }: Pick<IncomingSettings | OutgoingSettings, 'tokenUrl' | 'authorities'>,
  { clientId, clientSecret, refreshToken }: MailCredentials,
): Promise<AccessToken> {
  if (tokenUrl === undefined || refreshToken === undefined)
    throw new TokenRefused('OAuth 2 needs the address of the token server and a refresh token.')
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
  if (clientId !== undefined) form.set('client_id', clientId)
  if (clientSecret !== undefined) form.set('client_secret', clientSecret)
  const { status, text } = await ask(desk, tokenUrl, form, authorities)
  const json = parseJson(text)
  const answer = answerSchema.safeParse(json)
  if (status !== 200 || !answer.success) throw new TokenRefused(refusalWords(status, json, tokenUrl))
  const { access_token, expires_in = DEFAULT_LIFE_S, refresh_token = refreshToken } = answer.data
  return { token: access_token, expiresAt: Date.now() + expires_in * 1_000, refreshToken: refresh_token }
}

async function ask(
  { config }: Pick<TokenDesk, 'config'>,
  tokenUrl: string,
  form: URLSearchParams,
  authorities: string | undefined,
): Promise<{ status: number; text: string }> {
  try {
    const { status, contents } = await fetchGuarded(tokenUrl, {
      field: 'token_url',
      allow: config.fetchAllow,
      maxBytes: MAX_ANSWER_BYTES,
      userAgent: 'Deskhand',
      timeoutMs: TIMEOUT_MS,
      post: { type: 'application/x-www-form-urlencoded', body: form.toString() },
      ...(authorities !== undefined && { authorities: [...getCACertificates('default'), authorities].join('\n') }),
    })
    return { status, text: contents.toString('utf8') }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new TokenRefused(`The token server ${hostOf(tokenUrl)} was not reached: ${error.message}.`)
  }
}

/** RFC 6749, 5.2. */
function refusalWords(status: number, json: unknown, tokenUrl: string): string {
  const refused = refusalSchema.safeParse(json)
  const host = hostOf(tokenUrl)
  if (!refused.success) return `The token server ${host} answered ${status} without a token. Check its address.`
  const { error, error_description } = refused.data
  const words = (error_description ?? error).replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 300)
  if (error === 'invalid_grant')
    return `The refresh token has expired or was revoked: sign in anew and store the new one. ${host} says: ${words}`
  if (error === 'invalid_client' || error === 'unauthorized_client')
    return `The token server ${host} does not accept the client id and secret. It says: ${words}`
  return `The token server ${host} gives no token. It says: ${words}`
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'of this address')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Unless somebody has stored another one meanwhile. */
async function storeRefreshToken(
  { database, installation }: TokenDesk,
  id: string,
  old: string,
  fresh: string,
): Promise<void> {
  await database.write(async (tx) => {
    const query = tx.selectFrom('mailboxes').selectAll().where('id', '=', id).where('deleted_at', 'is', null)
    const mailbox = await lockForChange(tx, query).executeTakeFirst()
    if (!mailbox) return
    const secrets = secretsOf(installation.secret, mailbox)
    // One token often serves both servers.
    for (const side of ['incoming', 'outgoing'] as const) {
      const credentials = secrets[side]
      if (credentials?.refreshToken === old) secrets[side] = { ...credentials, refreshToken: fresh }
    }
    await tx
      .updateTable('mailboxes')
      .set({ secrets: sealSecrets(installation.secret, id, secrets) })
      .where('id', '=', id)
      .execute()
  })
}
