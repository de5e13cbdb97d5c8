// Visitors: people on a web site, each known by a token that only his browser has. The desk keeps its hash.
import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { NotFound } from '../../lib/errors.ts'
import { newId, newSecret } from '../../lib/ids.ts'
import type { VisitorRow } from './tables.ts'

export type Visitor = Omit<Selectable<VisitorRow>, 'token_hash'>

const COLUMNS = ['id', 'customer_id', 'name', 'email', 'page', 'referrer', 'language', 'created_at', 'seen_at'] as const

/** Seen within this time, he is on the site. */
export const ON_SITE_MS = 60_000
/** Without a sign of life for so long, he has left. */
export const VISITOR_PATIENCE_MS = 180_000
const DAY_MS = 86_400_000
/** A token that was not used for so long is worth nothing any more. */
export const FORGOTTEN_AFTER_MS = 90 * DAY_MS
/** Who never said anything loses nothing by a new token: anybody can make visitors, and none of them is to stay for long. */
export const SILENT_FORGOTTEN_AFTER_MS = 7 * DAY_MS
/** A sign of life is stored when the last one is older than this: visitors are many, and say it often. */
const SIGN_MS = 15_000

// A plain hash is right here: a token is 256 random bits.
const hashOfToken = (token: string): string => hash('sha256', token, 'hex')

export interface VisitorDraft {
  page?: string | undefined
  referrer?: string | undefined
  language?: string | undefined
}

/** Makes a visitor. His token can be seen this once. */
export async function addVisitor(
  tx: Tx,
  draft: VisitorDraft,
  now = Date.now(),
): Promise<{ visitor: Visitor; token: string }> {
  const token = newSecret()
  const visitor: Visitor = {
    id: newId(),
    customer_id: null,
    name: '',
    email: null,
    page: draft.page ?? '',
    referrer: draft.referrer ?? '',
    language: draft.language ?? null,
    created_at: now,
    seen_at: now,
  }
  await tx
    .insertInto('visitors')
    .values({ ...visitor, token_hash: hashOfToken(token) })
    .execute()
  return { visitor, token }
}

const byToken = prepared((db, token: string) =>
  db.selectFrom('visitors').select(COLUMNS).where('token_hash', '=', token),
)

/** The visitor behind a token; undefined if there is none, or he has not been here for long. */
export async function findVisitor(db: Reader, token: string, now = Date.now()): Promise<Visitor | undefined> {
  if (!/^[A-Za-z0-9]{43}$/.test(token)) return undefined
  const [visitor] = await byToken(db, hashOfToken(token))
  return visitor && visitor.seen_at > now - FORGOTTEN_AFTER_MS ? visitor : undefined
}

/** A visitor whom nobody else changes until the transaction ends. */
export async function getVisitorForChange(tx: Tx, id: string): Promise<Visitor> {
  const query = tx.selectFrom('visitors').select(COLUMNS).where('id', '=', id)
  const visitor = await lockForChange(tx, query).executeTakeFirst()
  if (!visitor) throw new NotFound('This visitor is forgotten. Begin again.')
  return visitor
}

/** Whether he gives a sign that is worth storing: some time after the last one, or from another page. */
export const isNewSign = (visitor: Visitor, page: string | undefined, now = Date.now()): boolean =>
  Math.abs(now - visitor.seen_at) >= SIGN_MS || (page !== undefined && page !== visitor.page)

/** He is on the site, and on this page. */
export async function seeVisitor(tx: Tx, id: string, page?: string, now = Date.now()): Promise<void> {
  await tx
    .updateTable('visitors')
    .set({ seen_at: now, ...(page !== undefined && { page }) })
    .where('id', '=', id)
    .execute()
}

/** How many visitors are on the site. */
export async function countOnSite(db: Reader, now = Date.now()): Promise<number> {
  const { count } = await visitorsOnSite(db, now).executeTakeFirstOrThrow()
  return Number(count)
}

/** The query behind the count. */
export const visitorsOnSite = (db: Reader, now: number) =>
  db
    .selectFrom('visitors')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('seen_at', '>', now - ON_SITE_MS)

const PORTION = 500

/** Forgets a portion of those whose tokens have expired; true while there are more. Their chats stay. */
export async function pruneVisitors(tx: Tx, now = Date.now()): Promise<boolean> {
  const [old, silent] = [await oldVisitors(tx, now).execute(), await silentVisitors(tx, now).execute()]
  const ids = [...old, ...silent].map(({ id }) => id)
  if (ids.length === 0) return false
  // One who has come back in this moment stays.
  await tx
    .deleteFrom('visitors')
    .where('id', 'in', ids)
    .where('seen_at', '<=', now - SILENT_FORGOTTEN_AFTER_MS)
    .where(({ or, eb }) => or([eb('customer_id', 'is', null), eb('seen_at', '<=', now - FORGOTTEN_AFTER_MS)]))
    .execute()
  return old.length === PORTION || silent.length === PORTION
}

/** The query behind those who never chatted. */
export const silentVisitors = (db: Reader, now: number) =>
  db
    .selectFrom('visitors')
    .select('id')
    .where('customer_id', 'is', null)
    .where('seen_at', '<=', now - SILENT_FORGOTTEN_AFTER_MS)
    .orderBy('seen_at')
    .limit(PORTION)

/** The query behind it. */
export const oldVisitors = (db: Reader, now: number) =>
  db
    .selectFrom('visitors')
    .select('id')
    .where('seen_at', '<=', now - FORGOTTEN_AFTER_MS)
    .orderBy('seen_at')
    .limit(PORTION)
