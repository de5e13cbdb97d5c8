// Mailboxes: adding, changing, removing and finding them. What goes through them is fetched and sent by desk/mail.
import { lockForChange, lockUntilCommit } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { emailKey } from '../../lib/email.ts'
import { Conflict, Invalid, NotAllowed, NotFound } from '../../lib/errors.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import { DEFAULT_DEPARTMENT } from '../departments/departments.ts'
import type { DraftedMailbox } from './draft.ts'
import { aliasesOf, type FolderSetting, incomingOf, type Mailbox } from './mailbox.ts'

const live = (db: Reader) => db.selectFrom('mailboxes').selectAll().where('deleted_at', 'is', null)

/** All mailboxes in use, the default first. */
export function listMailboxes(db: Reader, actor: Actor): Promise<Mailbox[]> {
  assertMayManageMailboxes(actor)
  return live(db).orderBy('is_default', 'desc').orderBy('address_key').execute()
}

export async function getMailbox(db: Reader, actor: Actor, id: string): Promise<Mailbox> {
  assertMayManageMailboxes(actor)
  return existing(await live(db).where('id', '=', id).executeTakeFirst(), id)
}

/** A mailbox that nobody else changes until the transaction ends. */
export async function getMailboxForChange(tx: Tx, actor: Actor, id: string): Promise<Mailbox> {
  assertMayManageMailboxes(actor)
  return existing(await lockForChange(tx, live(tx).where('id', '=', id)).executeTakeFirst(), id)
}

function existing(mailbox: Mailbox | undefined, id: string): Mailbox {
  if (!mailbox) throw new NotFound(`Mailbox '${id}' not found`)
  return mailbox
}

/** Adds a mailbox: see draft.ts. The first one that can send is the default. */
export async function addMailbox(tx: Tx, actor: Actor, { mailbox }: DraftedMailbox): Promise<Mailbox> {
  assertMayManageMailboxes(actor)
  await lockUntilCommit(tx, DEFAULT_LOCK)
  const row = { ...mailbox, is_default: mailbox.is_default || Number(await lacksDefault(tx, mailbox)) }
  await assertFits(tx, row)
  if (row.is_default) await clearDefault(tx, row.id)
  await tx.insertInto('mailboxes').values(row).execute()
  recordEvent(tx, { type: 'mailbox.changed', data: { mailboxid: row.id } })
  return row
}

/** Stores what draft.ts made of a mailbox that getMailboxForChange gave. */
export async function changeMailbox(tx: Tx, actor: Actor, { mailbox }: DraftedMailbox): Promise<Mailbox> {
  assertMayManageMailboxes(actor)
  await lockUntilCommit(tx, DEFAULT_LOCK)
  await assertFits(tx, mailbox)
  if (mailbox.is_default) await clearDefault(tx, mailbox.id)
  if (await isReadAnew(tx, mailbox))
    await tx.deleteFrom('mailbox_positions').where('mailbox_id', '=', mailbox.id).execute()
  // Whatever was wrong was wrong with the settings before.
  const row = { ...mailbox, trouble: null }
  await tx.updateTable('mailboxes').set(row).where('id', '=', mailbox.id).execute()
  recordEvent(tx, { type: 'mailbox.changed', data: { mailboxid: mailbox.id } })
  return row
}

/** Another server or user counts its mails by itself; and what was old before may be wanted now. */
async function isReadAnew(tx: Tx, after: Mailbox): Promise<boolean> {
  const before = await live(tx).where('id', '=', after.id).executeTakeFirst()
  const [old, now] = [before && incomingOf(before), incomingOf(after)]
  if (!old || !now) return false
  return old.host !== now.host || old.user !== now.user || (old.isOnlyNew && !now.isOnlyNew)
}

/** Removes a mailbox and forgets its passwords. What came through it stays, and its address may be used again. */
export async function removeMailbox(tx: Tx, actor: Actor, id: string): Promise<void> {
  await getMailboxForChange(tx, actor, id)
  const now = Date.now()
  await tx
    .updateTable('mailboxes')
    .set({ deleted_at: now, changed_at: now, secrets: null, is_default: 0, lease_owner: null, lease_until: null })
    .where('id', '=', id)
    .execute()
  await tx.deleteFrom('mailbox_positions').where('mailbox_id', '=', id).execute()
  recordEvent(tx, { type: 'mailbox.changed', data: { mailboxid: id } })
}

/** The mailboxes of a department that was deleted go on for the default one, its folders for their mailbox's. */
export async function rehomeMailboxes(tx: Tx, departmentId: string): Promise<void> {
  const moved = await tx
    .updateTable('mailboxes')
    .set({ department_id: DEFAULT_DEPARTMENT, changed_at: Date.now() })
    .where('department_id', '=', departmentId)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute()
  const ids = new Set(moved.map(({ id }) => id))
  for (const mailbox of await live(tx).where('incoming', 'is not', null).execute()) {
    const incoming = withoutDepartment(mailbox, departmentId)
    if (incoming === undefined) continue
    await tx.updateTable('mailboxes').set({ incoming, changed_at: Date.now() }).where('id', '=', mailbox.id).execute()
    ids.add(mailbox.id)
  }
  for (const id of ids) recordEvent(tx, { type: 'mailbox.changed', data: { mailboxid: id } })
}

/** The settings of a mailbox after a department is gone; undefined: none of its folders had it. */
function withoutDepartment(mailbox: Mailbox, departmentId: string): string | undefined {
  const settings = incomingOf(mailbox)
  const isOf = (folder: FolderSetting): boolean => typeof folder === 'object' && folder.departmentId === departmentId
  if (!settings?.folders.some(isOf)) return undefined
  const folders = settings.folders.map((folder) => (typeof folder === 'object' && isOf(folder) ? folder.name : folder))
  return JSON.stringify({ ...settings, folders })
}

/** The mailbox that sends for a department: one of its own, else the default. Undefined: none can. */
export async function findSender(db: Reader, departmentId: string): Promise<Mailbox | undefined> {
  const [own] = await sendersOf(db, departmentId)
  if (own) return own
  const [common] = await defaultSenders(db, 1)
  return common
}

const senders = (db: Reader) => live(db).where('is_active', '=', 1).where('outgoing', 'is not', null)

export const sendersOf = prepared((db, departmentId: string) =>
  senders(db)
    .where('department_id', '=', departmentId)
    .orderBy('is_default', 'desc')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1),
)
// The argument is always 1: `prepared` wants one.
export const defaultSenders = prepared((db, limit: number) => senders(db).where('is_default', '=', 1).limit(limit))

/** Active mailboxes that are fetched from: what the watch works through. */
export const listFetched = (db: Reader): Promise<Mailbox[]> =>
  live(db).where('is_active', '=', 1).where('incoming', 'is not', null).orderBy('id').execute()

// Two that become the default at the same time would each see none beside them.
const DEFAULT_LOCK = 7_305_120

async function lacksDefault(db: Reader, mailbox: Mailbox): Promise<boolean> {
  if (mailbox.outgoing === null) return false
  return (await live(db).where('is_default', '=', 1).executeTakeFirst()) === undefined
}

async function clearDefault(tx: Tx, exceptId: string): Promise<void> {
  await tx
    .updateTable('mailboxes')
    .set({ is_default: 0 })
    .where('is_default', '=', 1)
    .where('deleted_at', 'is', null)
    .where('id', '!=', exceptId)
    .execute()
}

/** Its department is in use, and no other mailbox has one of its addresses. */
async function assertFits(db: Reader, mailbox: Mailbox): Promise<void> {
  const department = await db
    .selectFrom('departments')
    .select('id')
    .where('id', '=', mailbox.department_id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!department) throw new Invalid('departmentid', `there is no department '${mailbox.department_id}'`)
  await assertFoldersFit(db, mailbox)
  const addresses = new Set([mailbox.address_key, ...aliasesOf(mailbox).map(emailKey)])
  for (const other of await live(db).where('id', '!=', mailbox.id).execute()) {
    const shared = [other.address, ...aliasesOf(other)].find((address) => addresses.has(emailKey(address)))
    if (shared !== undefined) throw new Conflict(`The mailbox '${other.name}' has the address ${shared} already.`)
  }
}

async function assertFoldersFit(db: Reader, mailbox: Mailbox): Promise<void> {
  const folders = incomingOf(mailbox)?.folders ?? []
  const wanted = [...new Set(folders.flatMap((folder) => (typeof folder === 'object' ? [folder.departmentId] : [])))]
  if (wanted.length === 0) return
  const rows = await db
    .selectFrom('departments')
    .select('id')
    .where('id', 'in', wanted)
    .where('deleted_at', 'is', null)
    .execute()
  const missing = wanted.find((id) => !rows.some((row) => row.id === id))
  if (missing !== undefined) throw new Invalid('incoming.folders', `there is no department '${missing}'`)
}

export function assertMayManageMailboxes(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage mailboxes.')
}
