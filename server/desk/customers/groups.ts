// Customer groups: named, coloured, with customers and companies in them.
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import type { CustomerGroupRow } from './tables.ts'

export type CustomerGroup = Selectable<CustomerGroupRow>
export type MemberType = 'customer' | 'company'

export const listGroups = (db: Reader): Promise<CustomerGroup[]> =>
  db.selectFrom('customer_groups').selectAll().orderBy('name_key').execute()

export async function getGroup(db: Reader, id: string): Promise<CustomerGroup> {
  const group = await db.selectFrom('customer_groups').selectAll().where('id', '=', id).executeTakeFirst()
  if (!group) throw new NotFound(`Customers group '${id}' not found`)
  return group
}

export const findGroupByName = (db: Reader, name: string): Promise<CustomerGroup | undefined> =>
  db.selectFrom('customer_groups').selectAll().where('name_key', '=', name.trim().toLowerCase()).executeTakeFirst()

export interface GroupDraft {
  name: string
  color?: string | undefined
  bgColor?: string | undefined
}

export async function addGroup(tx: Tx, draft: GroupDraft): Promise<CustomerGroup> {
  if (await findGroupByName(tx, draft.name))
    throw new Conflict(`A customers group called '${draft.name}' exists already.`)
  const group: CustomerGroup = {
    id: newId(),
    name: draft.name.trim(),
    name_key: draft.name.trim().toLowerCase(),
    color: draft.color ?? 'FFFFFF',
    bg_color: draft.bgColor ?? '0000FF',
    created_at: Date.now(),
  }
  await tx.insertInto('customer_groups').values(group).execute()
  recordEvent(tx, { type: 'group.added', data: { id: group.id } })
  return group
}

export async function changeGroup(tx: Tx, id: string, patch: Partial<GroupDraft>): Promise<CustomerGroup> {
  const before = await getGroup(tx, id)
  const name = patch.name?.trim() ?? before.name
  const namesake = await findGroupByName(tx, name)
  if (namesake && namesake.id !== id) throw new Conflict(`A customers group called '${name}' exists already.`)
  const group: CustomerGroup = {
    ...before,
    name,
    name_key: name.toLowerCase(),
    color: patch.color ?? before.color,
    bg_color: patch.bgColor ?? before.bg_color,
  }
  await tx.updateTable('customer_groups').set(group).where('id', '=', id).execute()
  recordEvent(tx, { type: 'group.changed', data: { id } })
  return group
}

/** Deletes a group. It is gone at once; its memberships, which may be many, are swept up by a job. */
export async function removeGroup(tx: Tx, id: string): Promise<void> {
  await getGroup(tx, id)
  await tx.deleteFrom('customer_groups').where('id', '=', id).execute()
  await enqueue(tx, 'sweep-group', { groupId: id })
  recordEvent(tx, { type: 'group.removed', data: { id } })
}

/** The groups of a customer or a company, by name. */
export const listGroupsOf = (
  db: Reader,
  type: MemberType,
  memberId: string,
): Promise<Pick<CustomerGroup, 'id' | 'name'>[]> =>
  db
    .selectFrom('group_members')
    .innerJoin('customer_groups', 'customer_groups.id', 'group_members.group_id')
    .select(['customer_groups.id', 'customer_groups.name'])
    .where('member_type', '=', type)
    .where('member_id', '=', memberId)
    .orderBy('name_key')
    .execute()

/** Puts a customer or company into a group, which is created if nobody has heard of it. Twice is once. */
export async function joinGroup(tx: Tx, type: MemberType, memberId: string, name: string): Promise<void> {
  const group = (await findGroupByName(tx, name)) ?? (await addGroup(tx, { name }))
  await tx
    .insertInto('group_members')
    .values({ group_id: group.id, member_type: type, member_id: memberId, added_at: Date.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  recordEvent(tx, { type: 'group.joined', data: { id: group.id, member: memberId } })
}

/** Takes a customer or company out of a group. Not being in it is an error: the caller had a reason to think so. */
export async function leaveGroup(tx: Tx, type: MemberType, memberId: string, name: string): Promise<void> {
  const group = await findGroupByName(tx, name)
  if (!group) throw new NotFound(`Customers group '${name}' not found`)
  const { numDeletedRows } = await tx
    .deleteFrom('group_members')
    .where('member_type', '=', type)
    .where('member_id', '=', memberId)
    .where('group_id', '=', group.id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound(`The ${type} is not in the group '${name}'`)
  recordEvent(tx, { type: 'group.left', data: { id: group.id, member: memberId } })
}

const PORTION = 1_000

/** Removes a portion of what a deleted group left behind; true while there is more. */
export async function sweepGroup(tx: Tx, groupId: string): Promise<boolean> {
  const rows = await tx
    .selectFrom('group_members')
    .select(['member_type', 'member_id'])
    .where('group_id', '=', groupId)
    .limit(PORTION)
    .execute()
  for (const { member_type, member_id } of rows)
    await tx
      .deleteFrom('group_members')
      .where('member_type', '=', member_type)
      .where('member_id', '=', member_id)
      .where('group_id', '=', groupId)
      .execute()
  return rows.length === PORTION
}
