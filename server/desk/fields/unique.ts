// Values that identify one customer or company: a customer number, an e-mail, a phone. No two owners share one.
import type { Reader, Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { Conflict, Invalid } from '../../lib/errors.ts'
import { phoneKey } from '../../lib/phone.ts'
import type { FieldValue } from './fields.ts'

export type UniqueOwner = 'customer' | 'company'

/** What the values are called on the wire, so that a refusal can name the parameter. */
const parameters: Record<UniqueOwner, string> = { customer: 'uniquefields', company: 'unique_fields' }

const MAX_VALUES = 200
/** Longer ones would not fit into an index entry of PostgreSQL. */
const MAX_LENGTH = 255

/** What two spellings of one value have in common. */
export function uniqueKey({ code, value }: FieldValue): string {
  if (code === 'email') return emailKey(value)
  if (code === 'phone') return phoneKey(value)
  return value
}

/** An owner's values in the order given. */
export const listUniqueFields = (db: Reader, owner: UniqueOwner, ownerId: string): Promise<FieldValue[]> =>
  db
    .selectFrom('unique_fields')
    .select(['code', 'value'])
    .where('owner_type', '=', owner)
    .where('owner_id', '=', ownerId)
    .orderBy('position')
    .execute()

/** The id of the one who has a value; undefined if nobody does. */
export async function findUniqueOwner(db: Reader, owner: UniqueOwner, field: FieldValue): Promise<string | undefined> {
  const row = await db
    .selectFrom('unique_fields')
    .select('owner_id')
    .where('owner_type', '=', owner)
    .where('code', '=', field.code)
    .where('value_key', '=', uniqueKey(field))
    .executeTakeFirst()
  return row?.owner_id
}

/** Replaces an owner's values. Repeats count once. Throws Conflict when another owner has one of them. */
export async function setUniqueFields(
  tx: Tx,
  owner: UniqueOwner,
  ownerId: string,
  values: readonly FieldValue[],
): Promise<void> {
  const fields = cleaned(owner, values)
  await tx.deleteFrom('unique_fields').where('owner_type', '=', owner).where('owner_id', '=', ownerId).execute()
  for (const [position, field] of fields.entries()) {
    const holder = await findUniqueOwner(tx, owner, field)
    if (holder === ownerId) continue
    if (holder !== undefined)
      throw new Conflict(`${parameters[owner]}: another ${owner} has the ${field.code} '${field.value}' already.`)
    await tx
      .insertInto('unique_fields')
      .values({ owner_type: owner, owner_id: ownerId, ...field, value_key: uniqueKey(field), position })
      .execute()
  }
}

function cleaned(owner: UniqueOwner, values: readonly FieldValue[]): FieldValue[] {
  const parameter = parameters[owner]
  if (values.length > MAX_VALUES) throw new Invalid(parameter, `must not come to more than ${MAX_VALUES} values`)
  return values.map(({ code, value }) => {
    const field = { code: code.trim(), value: value.trim() }
    if (field.code === '' || field.value === '') throw new Invalid(parameter, 'must have a code and a value each')
    if (Math.max(field.code.length, field.value.length) > MAX_LENGTH)
      throw new Invalid(parameter, `must have codes and values of at most ${MAX_LENGTH} characters`)
    return field
  })
}
