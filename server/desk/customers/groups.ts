// Customer groups: named, coloured, with customers and companies in them.
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Conflict, Invalid, NotFound } from '../../lib/errors.ts'
import { fold } from '../../lib/fold.ts'
import { newId } from '../../lib/ids.ts'
import type { CustomerGroupRow } from './tables.ts'

export type CustomerGroup = Selectable<CustomerGroupRow>
export type GroupName = Pick<CustomerGroup, 'id' | 'name'>
export type MemberType = 'customer' | 'company'

const nameKey = (name: string): string => fold(name.trim())

/** All groups by name. */
export const listGroups = (db: Reader): Promise<CustomerGroup[]> =>
  db.selectFrom('customer_groups').selectAll().orderBy('name_key').execute()

export async function getGroup(db: Reader, id: string): Promise<CustomerGroup> {
  const group = await db.selectFrom('customer_groups').selectAll().where('id', '=', id).executeTakeFirst()
  if (!group) throw new NotFound(`Customers group '${id}' not found`)
  return group
}

export const findGroupByName = (db: Reader, name: string): Promise<CustomerGroup | undefined> =>
  db.selectFrom('customer_groups').selectAll().where('name_key', '=', nameKey(name)).executeTakeFirst()

export interface GroupDraft {
  name: string
  color?: string | undefined
  bgColor?: string | undefined
}

export async function addGroup(tx: Tx, draft: GroupDraft): Promise<CustomerGroup> {
  assertNamed(draft.name)
  if (await findGroupByName(tx, draft.name))
    throw new Conflict(`A customers group called '${draft.name}' exists already.`)
  const group: CustomerGroup = {
    id: newId(),
    name: draft.name.trim(),
    name_key: nameKey(draft.name),
    color: draft.color ?? 'FFFFFF',
    bg_color: draft.bgColor ?? '0000FF',
    created_at: Date.now(),
  }
  await tx.insertInto('customer_groups').values(group).execute()
  recordEvent(tx, { type: 'group.added', data: { id: group.id } })
  return group
}

export async function changeGroup(tx: Tx, id: string, patch: Partial<GroupDraft>): Promise<CustomerGroup> {
  // Two who change different things of one group must both find theirs in it.
  await lockForChange(tx, tx.selectFrom('customer_groups').select('id').where('id', '=', id)).execute()
  const before = await getGroup(tx, id)
  const name = patch.name?.trim() ?? before.name
  assertNamed(name)
  const namesake = await findGroupByName(tx, name)
  if (namesake && namesake.id !== id) throw new Conflict(`A customers group called '${name}' exists already.`)
  const group: CustomerGroup = {
    ...before,
    name,
    name_key: nameKey(name),
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

function assertNamed(name: string): void {
  if (name.trim() === '') throw new Invalid('name', 'must not be blank')
}

/** The groups of a customer or a company, by name. */
export const listGroupsOf = (db: Reader, type: MemberType, memberId: string): Promise<GroupName[]> =>
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
  const known = await findGroupByName(tx, name)
  await join(tx, type, memberId, known ?? (await addGroup(tx, { name })))
}

async function join(tx: Tx, type: MemberType, memberId: string, group: GroupName): Promise<void> {
  // A group that is deleted right now would keep a member that its sweep has not seen.
  const known = tx.selectFrom('customer_groups').select('id').where('id', '=', group.id)
  if (!(await lockForChange(tx, known).executeTakeFirst()))
    throw new NotFound(`Customers group '${group.name}' not found`)
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('group_members')
    .values({ group_id: group.id, member_type: type, member_id: memberId, added_at: Date.now() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (!numInsertedOrUpdatedRows) return
  recordEvent(tx, { type: 'group.joined', data: { id: group.id, member: memberId } })
  await pickLevelsAgain(tx, type, memberId)
}

/** Takes a customer or company out of a group. Not being in it is NotFound: the caller had a reason to think so. */
export async function leaveGroup(tx: Tx, type: MemberType, memberId: string, name: string): Promise<void> {
  const group = await findGroupByName(tx, name)
  if (!group) throw new NotFound(`Customers group '${name}' not found`)
  if (!(await leave(tx, type, memberId, group))) throw new NotFound(`The ${type} is not in the group '${name}'`)
}

async function leave(tx: Tx, type: MemberType, memberId: string, group: GroupName): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('group_members')
    .where('member_type', '=', type)
    .where('member_id', '=', memberId)
    .where('group_id', '=', group.id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) return false
  recordEvent(tx, { type: 'group.left', data: { id: group.id, member: memberId } })
  await pickLevelsAgain(tx, type, memberId)
  return true
}

/** What is promised to a customer may depend on his groups, and on those of his company. */
const pickLevelsAgain = (tx: Tx, type: MemberType, memberId: string): Promise<void> =>
  enqueue(tx, 'pick-levels', type === 'customer' ? { customerId: memberId } : { companyId: memberId }, {
    uniqueKey: `pick-levels:${memberId}`,
  })

/** A group by its id or, without one, by its name. */
export interface GroupReference {
  id?: string | undefined
  name?: string | undefined
}

/** Puts a customer or company into exactly these groups. An unknown id is Invalid; an unknown name becomes a group. */
export async function setGroupsOf(
  tx: Tx,
  type: MemberType,
  memberId: string,
  references: readonly GroupReference[],
): Promise<void> {
  const wanted = new Map<string, GroupName>()
  for (const reference of references) {
    const group = await resolve(tx, reference)
    wanted.set(group.id, group)
  }
  const before = await listGroupsOf(tx, type, memberId)
  for (const group of before) if (!wanted.has(group.id)) await leave(tx, type, memberId, group)
  for (const group of wanted.values()) await join(tx, type, memberId, group)
}

async function resolve(tx: Tx, { id, name }: GroupReference): Promise<GroupName> {
  if (id === undefined) {
    if (name === undefined) throw new Invalid('groups', 'must name each group by groupid or groupname')
    return (await findGroupByName(tx, name)) ?? addGroup(tx, { name })
  }
  const group = await tx.selectFrom('customer_groups').selectAll().where('id', '=', id).executeTakeFirst()
  if (!group) throw new Invalid('groups', `names a group that does not exist: '${id}'`)
  return group
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
