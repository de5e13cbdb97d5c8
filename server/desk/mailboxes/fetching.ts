// Which process fetches a mailbox, and how that goes.
import type { Database } from '../../db/open.ts'
import { recordEvent } from '../../events/record.ts'

/** Takes a mailbox for a process, unless another one has it and was heard of. */
export function claimMailbox(
  { write }: Database,
  id: string,
  owner: string,
  now: number,
  leaseMs: number,
): Promise<boolean> {
  return write(async (tx) => {
    const taken = await tx
      .updateTable('mailboxes')
      .set({ lease_owner: owner, lease_until: now + leaseMs })
      .where('id', '=', id)
      .where('is_active', '=', 1)
      .where('deleted_at', 'is', null)
      .where(({ or, eb }) =>
        or([eb('lease_owner', 'is', null), eb('lease_owner', '=', owner), eb('lease_until', '<=', now)]),
      )
      .returning('id')
      .execute()
    return taken.length > 0
  })
}

/** Keeps mailboxes for longer. Gives those that this process still has. */
export async function renewLeases(
  { write }: Database,
  ids: readonly string[],
  owner: string,
  until: number,
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const kept = await write((tx) =>
    tx
      .updateTable('mailboxes')
      .set({ lease_until: until })
      .where('id', 'in', ids)
      .where('lease_owner', '=', owner)
      .returning('id')
      .execute(),
  )
  return new Set(kept.map(({ id }) => id))
}

/** Gives mailboxes free for other processes. */
export async function releaseMailboxes({ write }: Database, ids: readonly string[], owner: string): Promise<void> {
  await write((tx) =>
    tx
      .updateTable('mailboxes')
      .set({ lease_owner: null, lease_until: null })
      .where('id', 'in', ids)
      .where('lease_owner', '=', owner)
      .execute(),
  )
}

/** Begins every sentence of ours: what others wrote there is theirs to take back. */
const BEGINNING = 'Mail cannot be fetched: '

/** All folders were read: the server works. */
export async function noteFetched({ write }: Database, id: string, at: number): Promise<void> {
  await write(async (tx) => {
    const recovered = await tx
      .updateTable('mailboxes')
      .set({ trouble: null })
      .where('id', '=', id)
      .where('trouble', 'like', `${BEGINNING}%`)
      .executeTakeFirst()
    await tx.updateTable('mailboxes').set({ seen_at: at }).where('id', '=', id).execute()
    if (Number(recovered.numUpdatedRows) > 0) recordEvent(tx, { type: 'mailbox.recovered', data: { mailboxid: id } })
  })
}

/** Why a mailbox is not fetched now, for administrators. */
export async function noteTrouble({ write }: Database, id: string, says: string): Promise<void> {
  const trouble = BEGINNING + says
  await write(async (tx) => {
    const before = await tx.selectFrom('mailboxes').select('trouble').where('id', '=', id).executeTakeFirst()
    if (!before || before.trouble === trouble) return
    await tx.updateTable('mailboxes').set({ trouble }).where('id', '=', id).execute()
    if (before.trouble === null) recordEvent(tx, { type: 'mailbox.failed', data: { mailboxid: id } })
  })
}
