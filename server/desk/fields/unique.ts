// Values that identify one customer or company: a customer number, a phone. No two owners share one.
import type { Reader, Tx } from '../../db/write.ts'
import { Conflict } from '../../lib/errors.ts'
import type { FieldValue } from './fields.ts'

export type UniqueOwner = 'customer' | 'company'

/** An owner's values in the order given. */
export const listUniqueFields = (db: Reader, owner: UniqueOwner, ownerId: string): Promise<FieldValue[]> =>
  db
    .selectFrom('unique_fields')
    .select(['code', 'value'])
    .where('owner_type', '=', owner)
    .where('owner_id', '=', ownerId)
    .orderBy('position')
    .execute()

/** Replaces an owner's values. Throws Conflict when another owner has one of them. */
export async function setUniqueFields(
  tx: Tx,
  owner: UniqueOwner,
  ownerId: string,
  values: readonly FieldValue[],
): Promise<void> {
  await tx.deleteFrom('unique_fields').where('owner_type', '=', owner).where('owner_id', '=', ownerId).execute()
  for (const [position, { code, value }] of values.entries()) {
    const holder = await tx
      .selectFrom('unique_fields')
      .select('owner_id')
      .where('owner_type', '=', owner)
      .where('code', '=', code)
      .where('value', '=', value)
      .executeTakeFirst()
    if (holder?.owner_id === ownerId) continue
    if (holder) throw new Conflict(`Another ${owner} has ${code} '${value}' already.`)
    await tx
      .insertInto('unique_fields')
      .values({ owner_type: owner, owner_id: ownerId, code, value, position })
      .execute()
  }
}
