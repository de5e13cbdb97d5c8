// Links that let somebody choose a password: they work once and expire, and only their hash is stored.
//
// A link belongs to an address and to a password. Whoever has another of either by now cannot use it.
import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { newSecret } from '../../lib/ids.ts'
import type { OneTimeLinkRow } from './tables.ts'

export type OneTimeLink = Selectable<OneTimeLinkRow>

/** Milliseconds. */
export const lifetimes = {
  registration: 7 * 86_400_000,
  'customer-password': 3_600_000,
  'agent-password': 3_600_000,
} as const
export type LinkPurpose = keyof typeof lifetimes

/** What the link was made for: another address or password later, and it is worth nothing. */
const boundSchema = z.object({ emailKey: z.string(), epoch: z.number() })
export type BoundTo = z.infer<typeof boundSchema>

const hashOf = (token: string): string => hash('sha256', token, 'hex')

/** Makes a link. The token can be seen this once: it goes into the mail and nowhere else. */
export async function addLink(
  tx: Tx,
  purpose: LinkPurpose,
  subjectId: string,
  bound: BoundTo,
  now = Date.now(),
): Promise<{ token: string; expiresAt: number }> {
  const token = newSecret()
  const expiresAt = now + lifetimes[purpose]
  await tx
    .insertInto('one_time_links')
    .values({
      token_hash: hashOf(token),
      purpose,
      subject_id: subjectId,
      detail: JSON.stringify(bound),
      created_at: now,
      expires_at: expiresAt,
      used_at: null,
    })
    .execute()
  return { token, expiresAt }
}

const usable = (db: Reader, purpose: LinkPurpose, token: string, now: number) =>
  db
    .selectFrom('one_time_links')
    .selectAll()
    .where('token_hash', '=', hashOf(token))
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)

/** A link that can still be used. Looking does not use it: scanners of mails follow every link. */
export const findLink = (
  db: Reader,
  purpose: LinkPurpose,
  token: string,
  now = Date.now(),
): Promise<OneTimeLink | undefined> => usable(db, purpose, token, now).executeTakeFirst()

/** The same for using it: nobody else uses it before this transaction ends. */
export const findLinkForUse = (
  tx: Tx,
  purpose: LinkPurpose,
  token: string,
  now = Date.now(),
): Promise<OneTimeLink | undefined> => lockForChange(tx, usable(tx, purpose, token, now)).executeTakeFirst()

/** Notes that a link was used; the others of its owner end with it. */
export async function useUpLinks(tx: Tx, subjectId: string, purposes: readonly LinkPurpose[]): Promise<void> {
  await tx
    .updateTable('one_time_links')
    .set({ used_at: Date.now() })
    .where('purpose', 'in', purposes)
    .where('subject_id', '=', subjectId)
    .where('used_at', 'is', null)
    .execute()
}

/** Whether a link still fits the address and the password of its owner. */
export function isBoundTo(link: OneTimeLink, now: BoundTo): boolean {
  const bound = boundSchema.parse(JSON.parse(link.detail ?? '{}'))
  return bound.emailKey === now.emailKey && bound.epoch === now.epoch
}

export async function pruneLinks(tx: Tx, now: number): Promise<void> {
  await tx.deleteFrom('one_time_links').where('expires_at', '<=', now).execute()
}
