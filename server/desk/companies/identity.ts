// What identifies a company: its e-mails, its phones as far as no other company has them, and values given as such.
import type { Reader } from '../../db/write.ts'
import { textList } from '../../lib/text-list.ts'
import type { FieldValue } from '../fields/fields.ts'
import { findUniqueOwner, uniqueKey } from '../fields/unique.ts'
import type { CompanyRow } from './tables.ts'

type Contacts = Pick<CompanyRow, 'id' | 'emails' | 'phones'>

const contactFields = (company: Contacts): FieldValue[] => [
  ...textList(company.emails).map((value) => ({ code: 'email', value })),
  ...textList(company.phones).map((value) => ({ code: 'phone', value })),
]

const keyOf = (field: FieldValue): string => JSON.stringify([field.code, uniqueKey(field)])

/**
 * The unique fields of a company: those of its contacts first, then `others`. Among these may stand what `before` had
 * as contacts, since whoever changes a company sends back what he has read: that comes from the contacts alone.
 */
export async function uniqueFieldsOf(
  db: Reader,
  company: Contacts,
  others: readonly FieldValue[],
  before: Contacts = company,
): Promise<FieldValue[]> {
  const fromContacts = new Set([...contactFields(before), ...contactFields(company)].map(keyOf))
  const contacts: FieldValue[] = []
  for (const field of contactFields(company)) if (!(await isShared(db, company, field))) contacts.push(field)
  return [...contacts, ...others.filter((field) => !fromContacts.has(keyOf(field)))]
}

/** Two companies in one house have one switchboard: its number then identifies whoever had it first. */
async function isShared(db: Reader, company: Contacts, field: FieldValue): Promise<boolean> {
  if (field.code !== 'phone') return false
  const owner = await findUniqueOwner(db, 'company', field)
  return owner !== undefined && owner !== company.id
}
