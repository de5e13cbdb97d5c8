// Customers: the people who ask.
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import { insertNumbered, prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { emailKey, isEmail, splitName } from '../../lib/email.ts'
import { Conflict, Invalid, NotAllowed, NotFound } from '../../lib/errors.ts'
import { fold } from '../../lib/fold.ts'
import { newId } from '../../lib/ids.ts'
import { distinctPhones, phoneTail } from '../../lib/phone.ts'
import { textList } from '../../lib/text-list.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import { type FieldValue, fieldsInstead } from '../fields/fields.ts'
import { listUniqueFields, setUniqueFields } from '../fields/unique.ts'
import { type GroupName, listGroupsOf } from './groups.ts'
import { findCustomerByPhone, indexPhones, unindexPhones } from './phones.ts'
import { indexCustomer, unindexCustomer } from './search.ts'
import type { CustomerRow } from './tables.ts'

export type Customer = Selectable<CustomerRow>

const live = (db: Reader) => db.selectFrom('customers').selectAll().where('deleted_at', 'is', null)

const byEmail = prepared((db, key: string) => live(db).where('email_key', '=', key))
const byId = prepared((db, id: string) => live(db).where('id', '=', id))
const byUser = prepared((db, id: string) => live(db).where('user_id', '=', id))

/** A customer by email, contactid or userid; undefined if there is none or he was deleted. */
export async function findCustomer(db: Reader, identifier: string): Promise<Customer | undefined> {
  if (identifier.includes('@')) return (await byEmail(db, emailKey(identifier)))[0]
  return (await byId(db, identifier))[0] ?? (await byUser(db, identifier))[0]
}

export async function getCustomer(db: Reader, identifier: string): Promise<Customer> {
  return existing(await findCustomer(db, identifier), identifier)
}

/** A customer whom nobody else changes until the transaction ends. */
export async function getCustomerForChange(tx: Tx, identifier: string): Promise<Customer> {
  const { seq } = await getCustomer(tx, identifier)
  return existing(await lockForChange(tx, live(tx).where('seq', '=', seq)).executeTakeFirst(), identifier)
}

function existing(customer: Customer | undefined, identifier: string): Customer {
  if (!customer) throw new NotFound(`Customer '${identifier}' not found`)
  return customer
}

/** A customer with what is kept beside his row. */
export interface CustomerView {
  customer: Customer
  groups: GroupName[]
  uniqueFields: FieldValue[]
}

export const viewCustomer = async (db: Reader, customer: Customer): Promise<CustomerView> => ({
  customer,
  groups: await listGroupsOf(db, 'customer', customer.id),
  uniqueFields: await listUniqueFields(db, 'customer', customer.id),
})

export const customerPhones = (customer: Pick<Customer, 'phones'>): string[] => textList(customer.phones)

/** With the password one is the customer and sees all his conversations: more than an agent of some departments may. */
export function assertMaySetPassword(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may set the password of a customer.')
}

export interface CustomerDraft {
  email?: string | null | undefined
  /** `Firstname Lastname`; a firstname or lastname beside it wins. */
  name?: string | undefined
  firstname?: string | undefined
  lastname?: string | undefined
  /** `M`, `F` or `O`. */
  gender?: string | null | undefined
  /** `V` visitor or `R` registered. */
  role?: string | undefined
  phones?: readonly string[] | undefined
  note?: string | null | undefined
  language?: string | null | undefined
  companyId?: string | null | undefined
  /** All values: those that the customer had are replaced. */
  customFields?: readonly FieldValue[] | undefined
  uniqueFields?: readonly FieldValue[] | undefined
  /** From lib/password.ts: hashing is too slow for a transaction. Makes the customer registered. */
  passwordHash?: string | undefined
  /** Is asked by mail to set a password, if registered and if there is an address to write to. */
  isInvited?: boolean | undefined
}

/** Registers a customer. An address that is known already is a Conflict: never a second customer for one address. */
export async function addCustomer(tx: Tx, draft: CustomerDraft): Promise<Customer> {
  const blank = newCustomer(draft, Date.now())
  assertCanSignIn(blank.email, draft.passwordHash)
  if (blank.email !== null) await assertEmailFree(tx, blank.email)
  const row = { ...blank, custom_fields: await fieldsInstead(tx, 'customer', null, draft.customFields ?? []) }
  const seq = await insertNumbered(tx, 'customers', row)
  const customer: Customer = { ...row, seq }
  await indexCustomer(tx, customer)
  await indexPhones(tx, customer)
  if (draft.uniqueFields) await setUniqueFields(tx, 'customer', customer.id, draft.uniqueFields)
  recordEvent(tx, { type: 'customer.added', data: { contactid: customer.id } })
  await inviteIfWanted(tx, customer, draft)
  return customer
}

/** The row of a new customer, without its number and without custom fields: those need a look at their definitions. */
export function newCustomer(draft: CustomerDraft, now: number): Omit<Customer, 'seq'> {
  const email = draft.email?.trim() ?? null
  return {
    id: newId(),
    user_id: newId(),
    email,
    email_key: email === null ? null : emailKey(email),
    ...namesOf(draft, { firstname: '', lastname: '' }, email),
    role: draft.passwordHash ? 'R' : (draft.role ?? 'V'),
    gender: draft.gender ?? null,
    language: draft.language ?? null,
    note: draft.note ?? null,
    phones: JSON.stringify(distinctPhones(draft.phones ?? [])),
    company_id: draft.companyId ?? null,
    custom_fields: null,
    password_hash: draft.passwordHash ?? null,
    auth_epoch: 1,
    created_at: now,
    changed_at: now,
    deleted_at: null,
  }
}

/** The customer with this address, created if it was never seen. A name is only taken for one who has none yet. */
export async function findOrAddCustomer(tx: Tx, email: string, name?: string): Promise<Customer> {
  const known = await findCustomer(tx, email)
  if (!known) return addCustomer(tx, { email, name })
  if (!name || known.firstname || known.lastname) return known
  return changeCustomer(tx, await getCustomerForChange(tx, known.id), { name })
}

/** The customer who calls from a number, or is called at it; made if nobody has it. A name is only for who is new. */
export async function findOrAddByPhone(tx: Tx, phone: string, name: string | undefined): Promise<Customer> {
  const known = await findCustomerByPhone(tx, phone)
  if (known) return known
  const phones = phoneTail(phone) === undefined ? [] : [phone]
  return addCustomer(tx, { name: name ?? (phones.length > 0 ? phone : 'Unknown caller'), phones })
}

/** Changes what the patch names. `before` is from getCustomerForChange. A new password ends every earlier sign-in. */
export async function changeCustomer(tx: Tx, before: Customer, patch: CustomerDraft): Promise<Customer> {
  const email = patch.email === undefined ? before.email : (patch.email?.trim() ?? null)
  if (email !== null && emailKey(email) !== before.email_key) await assertEmailFree(tx, email)
  const signIn = signInAfter(before, patch)
  assertCanSignIn(email, signIn.password_hash)
  const customer: Customer = {
    ...before,
    ...signIn,
    email,
    email_key: email === null ? null : emailKey(email),
    ...namesOf(patch, before, email),
    gender: patch.gender === undefined ? before.gender : patch.gender,
    language: patch.language === undefined ? before.language : patch.language,
    note: patch.note === undefined ? before.note : patch.note,
    phones: patch.phones ? JSON.stringify(distinctPhones(patch.phones)) : before.phones,
    company_id: patch.companyId === undefined ? before.company_id : patch.companyId,
    custom_fields: patch.customFields
      ? await fieldsInstead(tx, 'customer', before.custom_fields, patch.customFields)
      : before.custom_fields,
    changed_at: Date.now(),
  }
  const { seq, ...columns } = customer
  await tx.updateTable('customers').set(columns).where('seq', '=', seq).execute()
  if (isSoughtOtherwise(before, customer)) await indexCustomer(tx, customer)
  if (customer.phones !== before.phones) await indexPhones(tx, customer)
  if (patch.uniqueFields) await setUniqueFields(tx, 'customer', customer.id, patch.uniqueFields)
  if (signIn.auth_epoch !== before.auth_epoch) await endSessions(tx, customer)
  if (customer.company_id !== before.company_id)
    await enqueue(tx, 'pick-levels', { customerId: customer.id }, { uniqueKey: `pick-levels:${customer.id}` })
  recordEvent(tx, { type: 'customer.changed', data: { contactid: customer.id } })
  await inviteIfWanted(tx, customer, patch)
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
  await unindexPhones(tx, customer)
  await tx
    .deleteFrom('group_members')
    .where('member_type', '=', 'customer')
    .where('member_id', '=', customer.id)
    .execute()
  await setUniqueFields(tx, 'customer', customer.id, [])
  await endSessions(tx, customer)
  recordEvent(tx, { type: 'customer.removed', data: { contactid: customer.id } })
}

async function inviteIfWanted(tx: Tx, customer: Customer, { isInvited }: CustomerDraft): Promise<void> {
  if (!isInvited || customer.role !== 'R' || customer.email === null) return
  await enqueue(tx, 'invite-customer', { customerId: customer.id })
  recordEvent(tx, { type: 'customer.invited', data: { contactid: customer.id } })
}

/** A visitor has no password; with another password, or none, earlier auth tokens are worth nothing. */
function signInAfter(before: Customer, patch: CustomerDraft): Pick<Customer, 'role' | 'password_hash' | 'auth_epoch'> {
  if (patch.passwordHash) return { role: 'R', password_hash: patch.passwordHash, auth_epoch: before.auth_epoch + 1 }
  const role = patch.role ?? before.role
  if (role === 'V' && before.password_hash !== null)
    return { role, password_hash: null, auth_epoch: before.auth_epoch + 1 }
  return { role, password_hash: before.password_hash, auth_epoch: before.auth_epoch }
}

const isSoughtOtherwise = (before: Customer, after: Customer): boolean =>
  before.email_key !== after.email_key ||
  before.firstname_key !== after.firstname_key ||
  before.lastname_key !== after.lastname_key

function namesOf(
  draft: Pick<CustomerDraft, 'name' | 'firstname' | 'lastname'>,
  before: { firstname: string; lastname: string },
  email: string | null,
) {
  const split = draft.name === undefined ? before : splitName(draft.name)
  const firstname = draft.firstname?.trim() ?? split.firstname
  const lastname = draft.lastname?.trim() ?? split.lastname
  return {
    firstname,
    firstname_key: fold(firstname),
    lastname,
    lastname_key: fold(lastname),
    system_name: `${firstname} ${lastname}`.trim() || email || '',
  }
}

function assertCanSignIn(email: string | null, passwordHash: string | null | undefined): void {
  if (email === null && passwordHash)
    throw new Invalid('email', 'is missing: a password is of no use without an address to sign in with')
}

async function assertEmailFree(tx: Tx, email: string): Promise<void> {
  if (!isEmail(email)) throw new Invalid('email', 'must be an e-mail address')
  if (await findCustomer(tx, email)) throw new Conflict(`A customer with the email '${email}' exists already.`)
}

const endSessions = (tx: Tx, customer: Customer) =>
  tx.deleteFrom('sessions').where('kind', '=', 'customer').where('user_id', '=', customer.user_id).execute()
