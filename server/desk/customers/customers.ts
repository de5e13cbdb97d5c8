// Customers: the people who ask.
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { emailKey, isEmail, splitName } from '../../lib/email.ts'
import { Conflict, Invalid, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { type FieldValue, withFields } from '../fields/fields.ts'
import { setUniqueFields } from '../fields/unique.ts'
import { indexCustomer, unindexCustomer } from './search.ts'
import type { CustomerRow } from './tables.ts'

export type Customer = Selectable<CustomerRow>

/** A customer by email, contactid or userid; undefined if there is none or he was deleted. */
export async function findCustomer(db: Reader, identifier: string): Promise<Customer | undefined> {
  const query = db.selectFrom('customers').selectAll().where('deleted_at', 'is', null)
  if (identifier.includes('@')) return query.where('email_key', '=', emailKey(identifier)).executeTakeFirst()
  return (
    (await query.where('id', '=', identifier).executeTakeFirst()) ??
    (await query.where('user_id', '=', identifier).executeTakeFirst())
  )
}

export async function getCustomer(db: Reader, identifier: string): Promise<Customer> {
  const customer = await findCustomer(db, identifier)
  if (!customer) throw new NotFound(`Customer '${identifier}' not found`)
  return customer
}

export interface CustomerDraft {
  email?: string | undefined
  /** `Firstname Lastname`. */
  name?: string | undefined
  gender?: string | undefined
  /** `V` visitor or `R` registered. */
  role?: string | undefined
  phones?: readonly string[] | undefined
  note?: string | undefined
  language?: string | undefined
  companyId?: string | null | undefined
  customFields?: readonly FieldValue[] | undefined
  uniqueFields?: readonly FieldValue[] | undefined
  /** From lib/password.ts: hashing is too slow for a transaction. Makes the customer registered. */
  passwordHash?: string | undefined
}

/** Registers a customer. An address that is known already is a Conflict: never a second customer for one address. */
export async function addCustomer(tx: Tx, draft: CustomerDraft): Promise<Customer> {
  if (draft.email !== undefined) {
    if (!isEmail(draft.email)) throw new Invalid('email', 'must be an e-mail address')
    const known = await tx
      .selectFrom('customers')
      .select('id')
      .where('email_key', '=', emailKey(draft.email))
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (known) throw new Conflict(`A customer with the e-mail '${draft.email}' exists already.`)
  }
  const { firstname, lastname } = splitName(draft.name ?? '')
  const now = Date.now()
  const row = {
    id: newId(),
    user_id: newId(),
    email: draft.email ?? null,
    email_key: draft.email === undefined ? null : emailKey(draft.email),
    firstname,
    lastname,
    system_name: draft.name?.trim() || draft.email || '',
    role: draft.passwordHash ? 'R' : (draft.role ?? 'V'),
    gender: draft.gender ?? null,
    language: draft.language ?? null,
    note: draft.note ?? null,
    phones: JSON.stringify(draft.phones ?? []),
    company_id: draft.companyId ?? null,
    custom_fields: draft.customFields ? await withFields(tx, 'customer', null, draft.customFields) : null,
    password_hash: draft.passwordHash ?? null,
    auth_epoch: 1,
    created_at: now,
    changed_at: now,
    deleted_at: null,
  }
  const { seq } = await tx.insertInto('customers').values(row).returning('seq').executeTakeFirstOrThrow()
  const customer: Customer = { ...row, seq }
  await indexCustomer(tx, customer)
  if (draft.uniqueFields) await setUniqueFields(tx, 'customer', customer.id, draft.uniqueFields)
  recordEvent(tx, { type: 'customer.added', data: { contactid: customer.id } })
  return customer
}

/** The customer with this address, created if it was never seen. A name is only taken for one who has none yet. */
export async function findOrAddCustomer(tx: Tx, email: string, name?: string): Promise<Customer> {
  const known = await findCustomer(tx, email)
  if (!known) return addCustomer(tx, { email, name })
  if (!name || known.firstname || known.lastname) return known
  return changeCustomer(tx, known, { name })
}

/** Changes what the patch names. */
export async function changeCustomer(tx: Tx, before: Customer, patch: CustomerDraft): Promise<Customer> {
  if (patch.email !== undefined && emailKey(patch.email) !== before.email_key) {
    if (!isEmail(patch.email)) throw new Invalid('email', 'must be an e-mail address')
    const other = await findCustomer(tx, patch.email)
    if (other) throw new Conflict(`A customer with the e-mail '${patch.email}' exists already.`)
  }
  const email = patch.email ?? before.email
  const { firstname, lastname } = patch.name === undefined ? before : splitName(patch.name)
  const customer: Customer = {
    ...before,
    email,
    email_key: email === null ? null : emailKey(email),
    firstname,
    lastname,
    system_name: `${firstname} ${lastname}`.trim() || email || '',
    role: patch.passwordHash ? 'R' : (patch.role ?? before.role),
    gender: patch.gender ?? before.gender,
    language: patch.language ?? before.language,
    note: patch.note ?? before.note,
    phones: patch.phones ? JSON.stringify(patch.phones) : before.phones,
    company_id: patch.companyId === undefined ? before.company_id : patch.companyId,
    custom_fields: patch.customFields
      ? await withFields(tx, 'customer', null, patch.customFields)
      : before.custom_fields,
    password_hash: patch.passwordHash ?? before.password_hash,
    auth_epoch: patch.passwordHash ? before.auth_epoch + 1 : before.auth_epoch,
    changed_at: Date.now(),
  }
  const { seq, ...columns } = customer
  await tx.updateTable('customers').set(columns).where('seq', '=', seq).execute()
  await indexCustomer(tx, customer)
  if (patch.uniqueFields) await setUniqueFields(tx, 'customer', customer.id, patch.uniqueFields)
  if (patch.passwordHash) await tx.deleteFrom('sessions').where('user_id', '=', customer.user_id).execute()
  recordEvent(tx, { type: 'customer.changed', data: { contactid: customer.id } })
  return customer
}

/** Deletes a customer. His conversations stay, with his name; his address may be used again. */
export async function removeCustomer(tx: Tx, customer: Customer): Promise<void> {
  const now = Date.now()
  await tx
    .updateTable('customers')
    .set({ deleted_at: now, changed_at: now, auth_epoch: customer.auth_epoch + 1 })
    .where('seq', '=', customer.seq)
    .execute()
  await unindexCustomer(tx, customer)
  await tx
    .deleteFrom('group_members')
    .where('member_type', '=', 'customer')
    .where('member_id', '=', customer.id)
    .execute()
  await setUniqueFields(tx, 'customer', customer.id, [])
  await tx.deleteFrom('sessions').where('user_id', '=', customer.user_id).execute()
  recordEvent(tx, { type: 'customer.removed', data: { contactid: customer.id } })
}

/** Writes custom fields of a customer. */
export async function setCustomerFields(tx: Tx, customer: Customer, column: string | null): Promise<void> {
  await tx
    .updateTable('customers')
    .set({ custom_fields: column, changed_at: Date.now() })
    .where('seq', '=', customer.seq)
    .execute()
  recordEvent(tx, { type: 'customer.changed', data: { contactid: customer.id } })
}
