// Companies: the organisations that customers belong to.
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { emailKey, isEmail } from '../../lib/email.ts'
import { Invalid, NotFound } from '../../lib/errors.ts'
import { fold } from '../../lib/fold.ts'
import { newId } from '../../lib/ids.ts'
import { distinctPhones } from '../../lib/phone.ts'
import { textList } from '../../lib/text-list.ts'
import { type GroupName, type GroupReference, listGroupsOf, setGroupsOf } from '../customers/groups.ts'
import { type FieldValue, fieldsInstead } from '../fields/fields.ts'
import { listUniqueFields, setUniqueFields } from '../fields/unique.ts'
import { uniqueFieldsOf } from './identity.ts'
import type { CompanyRow } from './tables.ts'

export type Company = Selectable<CompanyRow>

/** A company with what is kept beside its row. */
export interface CompanyView {
  company: Company
  groups: GroupName[]
  uniqueFields: FieldValue[]
}

const live = (db: Reader) => db.selectFrom('companies').selectAll().where('deleted_at', 'is', null)

export async function getCompany(db: Reader, id: string): Promise<Company> {
  return existing(await live(db).where('id', '=', id).executeTakeFirst(), id)
}

/** A company that nobody else changes until the transaction ends. */
export async function getCompanyForChange(tx: Tx, id: string): Promise<Company> {
  return existing(await lockForChange(tx, live(tx).where('id', '=', id)).executeTakeFirst(), id)
}

function existing(company: Company | undefined, id: string): Company {
  if (!company) throw new NotFound(`Company '${id}' not found`)
  return company
}

export const viewCompany = async (db: Reader, company: Company): Promise<CompanyView> => ({
  company,
  groups: await listGroupsOf(db, 'company', company.id),
  uniqueFields: await listUniqueFields(db, 'company', company.id),
})

export interface CompanyDraft {
  name: string
  emails?: readonly string[] | undefined
  phones?: readonly string[] | undefined
  language?: string | null | undefined
  ip?: string | null | undefined
  note?: string | null | undefined
  groups?: readonly GroupReference[] | undefined
  customFields?: readonly FieldValue[] | undefined
  /** What identifies the company besides its e-mails and phones. */
  uniqueFields?: readonly FieldValue[] | undefined
}

/** Adds a company. An e-mail of another company is a Conflict. */
export async function addCompany(tx: Tx, draft: CompanyDraft): Promise<CompanyView> {
  const now = Date.now()
  const company: Company = {
    id: newId(),
    ...nameOf(draft.name),
    language: draft.language ?? null,
    ip: draft.ip ?? null,
    note: draft.note ?? null,
    emails: JSON.stringify(distinctEmails(draft.emails ?? [])),
    phones: JSON.stringify(distinctPhones(draft.phones ?? [])),
    custom_fields: await fieldsInstead(tx, 'company', null, draft.customFields ?? []),
    created_at: now,
    changed_at: now,
    deleted_at: null,
  }
  await tx.insertInto('companies').values(company).execute()
  await setUniqueFields(tx, 'company', company.id, await uniqueFieldsOf(tx, company, draft.uniqueFields ?? []))
  if (draft.groups) await setGroupsOf(tx, 'company', company.id, draft.groups)
  recordEvent(tx, { type: 'company.added', data: { id: company.id } })
  return viewCompany(tx, company)
}

/** Changes what the patch names; a list replaces the one before. `before` is from getCompanyForChange. */
export async function changeCompany(tx: Tx, before: Company, patch: Partial<CompanyDraft>): Promise<CompanyView> {
  const company: Company = {
    ...before,
    ...nameOf(patch.name ?? before.name),
    language: patch.language === undefined ? before.language : patch.language,
    ip: patch.ip === undefined ? before.ip : patch.ip,
    note: patch.note === undefined ? before.note : patch.note,
    emails: patch.emails ? JSON.stringify(distinctEmails(patch.emails)) : before.emails,
    phones: patch.phones ? JSON.stringify(distinctPhones(patch.phones)) : before.phones,
    custom_fields: patch.customFields
      ? await fieldsInstead(tx, 'company', before.custom_fields, patch.customFields)
      : before.custom_fields,
    changed_at: Date.now(),
  }
  await tx.updateTable('companies').set(company).where('id', '=', company.id).execute()
  if (patch.emails ?? patch.phones ?? patch.uniqueFields) {
    const others = patch.uniqueFields ?? (await listUniqueFields(tx, 'company', company.id))
    await setUniqueFields(tx, 'company', company.id, await uniqueFieldsOf(tx, company, others, before))
  }
  if (patch.groups) await setGroupsOf(tx, 'company', company.id, patch.groups)
  recordEvent(tx, { type: 'company.changed', data: { id: company.id } })
  return viewCompany(tx, company)
}

/** Deletes a company. Its customers stay, and a job takes them out of it; its e-mails may be used again. */
export async function removeCompany(tx: Tx, company: Company): Promise<void> {
  const now = Date.now()
  await tx.updateTable('companies').set({ deleted_at: now, changed_at: now }).where('id', '=', company.id).execute()
  await tx
    .deleteFrom('group_members')
    .where('member_type', '=', 'company')
    .where('member_id', '=', company.id)
    .execute()
  await setUniqueFields(tx, 'company', company.id, [])
  await enqueue(tx, 'sweep-company', { companyId: company.id })
  recordEvent(tx, { type: 'company.removed', data: { id: company.id } })
}

const PORTION = 1_000

/** Takes a portion of its customers out of a deleted company; true while there are more. */
export async function sweepCompany(tx: Tx, companyId: string): Promise<boolean> {
  const rows = await tx
    .selectFrom('customers')
    .select('seq')
    .where('company_id', '=', companyId)
    .where('deleted_at', 'is', null)
    .limit(PORTION)
    .execute()
  if (rows.length === 0) return false
  const numbers = rows.map(({ seq }) => seq)
  await tx.updateTable('customers').set({ company_id: null }).where('seq', 'in', numbers).execute()
  return rows.length === PORTION
}

export const companyEmails = (company: Pick<Company, 'emails'>): string[] => textList(company.emails)
export const companyPhones = (company: Pick<Company, 'phones'>): string[] => textList(company.phones)

function nameOf(text: string): Pick<Company, 'name' | 'name_key'> {
  const name = text.trim()
  if (name === '') throw new Invalid('name', 'must not be blank')
  return { name, name_key: fold(name) }
}

function distinctEmails(texts: readonly string[]): string[] {
  const emails = texts.map((text) => text.trim())
  const wrong = emails.find((email) => !isEmail(email))
  if (wrong !== undefined) throw new Invalid('emails', `has an address that is none: '${wrong.slice(0, 100)}'`)
  return emails.filter((email, at) => emails.findIndex((other) => emailKey(other) === emailKey(email)) === at)
}
