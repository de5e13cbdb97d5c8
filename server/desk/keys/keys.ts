// API keys: several, named, stored hashed, revocable.

import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId, newSecret } from '../../lib/ids.ts'
import { type Actor, type KeyRights, mayAdminister } from '../actor.ts'
import type { ApiKeyRow } from './tables.ts'

export type ApiKey = Omit<Selectable<ApiKeyRow>, 'key_hash'>

/** What a text of a row grants. One that is not known grants little. */
export const rightsOf = ({ rights }: Pick<ApiKey, 'rights'>): KeyRights =>
  rights === 'full' || rights === 'telephony' ? rights : 'read'

const COLUMNS = ['id', 'name', 'rights', 'rate_limit', 'created_at', 'last_used_at', 'revoked_at'] as const

// A plain hash is right here: keys are 256 random bits, so there is nothing to guess, and every request pays for it.
export const hashOfKey = (key: string): string => hash('sha256', key, 'hex')

export interface ApiKeyDraft {
  name: string
  rights: KeyRights
  /** Requests a minute; null: the server's default. */
  rateLimit?: number | null
  /** Only for the first start, where the administrator brings his own. */
  key?: string
}

/** Stores a key and returns it together with its row: the only time that it can be seen. */
export async function addApiKey(tx: Tx, actor: Actor, draft: ApiKeyDraft): Promise<ApiKey & { key: string }> {
  assertMayAdminister(actor)
  if (draft.rights === 'full') assertMayGrantFullRights(actor)
  const key = draft.key ?? newSecret()
  const row = {
    id: newId(),
    name: draft.name,
    rights: draft.rights,
    rate_limit: draft.rateLimit ?? null,
    created_at: Date.now(),
    last_used_at: null,
    revoked_at: null,
  }
  await tx
    .insertInto('api_keys')
    .values({ ...row, key_hash: hashOfKey(key) })
    .execute()
  recordEvent(tx, { type: 'apikey.added', data: { id: row.id, name: row.name } })
  return { ...row, key }
}

const liveKeys = prepared((db, keyHash: string) =>
  db.selectFrom('api_keys').select(COLUMNS).where('key_hash', '=', keyHash).where('revoked_at', 'is', null),
)

/** The key that a caller presented, if it is valid and not revoked. */
export async function findApiKey(db: Reader, key: string): Promise<ApiKey | undefined> {
  const [row] = await liveKeys(db, hashOfKey(key))
  return row
}

/** The rights of each of these keys; revoked ones are left out. */
export async function rightsOfKeys(db: Reader, ids: readonly string[]): Promise<Map<string, KeyRights>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'rights'])
    .where('id', 'in', ids)
    .where('revoked_at', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.id, rightsOf(row)]))
}

export function listApiKeys(db: Reader, actor: Actor): Promise<ApiKey[]> {
  assertMayAdminister(actor)
  return db.selectFrom('api_keys').select(COLUMNS).orderBy('created_at').orderBy('id').execute()
}

export async function getApiKey(db: Reader, actor: Actor, id: string): Promise<ApiKey> {
  assertMayAdminister(actor)
  const row = await db.selectFrom('api_keys').select(COLUMNS).where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound(`API key '${id}' not found`)
  return row
}

/** Nobody else changes it before this transaction ends: an old row written back could restore full rights. */
async function getApiKeyForChange(tx: Tx, actor: Actor, id: string): Promise<ApiKey> {
  await lockForChange(tx, tx.selectFrom('api_keys').select('id').where('id', '=', id)).execute()
  return getApiKey(tx, actor, id)
}

export async function changeApiKey(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: { name?: string | undefined; rights?: KeyRights | undefined; rateLimit?: number | null | undefined },
): Promise<ApiKey> {
  const key = await getApiKeyForChange(tx, actor, id)
  if (key.revoked_at !== null) throw new Conflict('The key is revoked: it cannot be changed any more.')
  if (patch.rights === 'full' && key.rights !== 'full') assertMayGrantFullRights(actor)
  const row = {
    name: patch.name ?? key.name,
    rights: patch.rights ?? key.rights,
    rate_limit: patch.rateLimit === undefined ? key.rate_limit : patch.rateLimit,
  }
  await tx.updateTable('api_keys').set(row).where('id', '=', id).execute()
  recordEvent(tx, { type: 'apikey.changed', data: { id } })
  return getApiKey(tx, actor, id)
}

/** Ends a key for good. Its row stays, so that history can name it. */
export async function revokeApiKey(tx: Tx, actor: Actor, id: string): Promise<void> {
  const key = await getApiKey(tx, actor, id)
  if (key.revoked_at !== null) return
  await tx.updateTable('api_keys').set({ revoked_at: Date.now() }).where('id', '=', id).execute()
  recordEvent(tx, { type: 'apikey.revoked', data: { id } })
}

/** Notes when keys were last used. Called for many requests at once: see http/key-use.ts. */
export async function noteKeyUse(tx: Tx, usedAt: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, at] of usedAt) {
    await tx
      .updateTable('api_keys')
      .set({ last_used_at: at })
      .where('id', '=', id)
      .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', at)]))
      .execute()
  }
}

/** A key with full rights may do what owners may: an administrator could otherwise make himself one with it. */
function assertMayGrantFullRights(actor: Actor): void {
  if (actor.kind === 'agent' && actor.role !== 'O')
    throw new NotAllowed('Only an owner may create a key with full rights.')
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage API keys.')
}
