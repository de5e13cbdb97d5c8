// Finding customers by telephone number. The last digits of every number are in an index: `+49 30 1234567` and
// `030 1234567` end alike, and are one number to whoever calls.
import type { Reader, Tx } from '../../db/write.ts'
import { callsTheSame, phoneKey, phoneTail } from '../../lib/phone.ts'
import { textList } from '../../lib/text-list.ts'
import type { Customer } from './customers.ts'

/** The rows of a customer's numbers. Words in their place cannot be called, and so not be found. */
export function phoneRows({ id, phones }: Pick<Customer, 'id' | 'phones'>) {
  const rows = textList(phones).flatMap((phone) => {
    const tail = phoneTail(phone)
    return tail === undefined ? [] : [{ tail, customer_id: id, phone_key: phoneKey(phone) }]
  })
  return [...new Map(rows.map((row) => [row.phone_key, row])).values()]
}

/** Makes a customer's numbers found, and those that he no longer has not. */
export async function indexPhones(tx: Tx, customer: Pick<Customer, 'id' | 'phones'>): Promise<void> {
  await unindexPhones(tx, customer)
  const rows = phoneRows(customer)
  if (rows.length > 0) await tx.insertInto('customer_phones').values(rows).execute()
}

export const unindexPhones = (tx: Tx, { id }: Pick<Customer, 'id'>): Promise<unknown> =>
  tx.deleteFrom('customer_phones').where('customer_id', '=', id).execute()

/** Of those who share a number, such as that of an office, more are not looked at. */
const MAX_CANDIDATES = 200

/** The query behind the look for a number: who has one that ends alike, and when a conversation of his last changed. */
export const phoneQuery = (db: Reader, tail: string) =>
  db
    .selectFrom('customer_phones')
    .innerJoin('customers', 'customers.id', 'customer_phones.customer_id')
    .selectAll('customers')
    .select('customer_phones.phone_key')
    .select((eb) =>
      eb
        .selectFrom('conversations')
        .select('conversations.changed_at')
        .whereRef('conversations.customer_id', '=', 'customers.id')
        .orderBy('conversations.changed_at', 'desc')
        .limit(1)
        .as('active_at'),
    )
    .where('customer_phones.tail', '=', tail)
    .where('customers.deleted_at', 'is', null)
    .orderBy('customer_phones.customer_id')
    .limit(MAX_CANDIDATES)

/**
 * Whose number it is. Written in the same way wins over the same number with or without its country; of several people, the
 * one whose conversations changed last, else who was there first. Undefined: nobody's, or no number.
 */
export async function findCustomerByPhone(db: Reader, phone: string): Promise<Customer | undefined> {
  const tail = phoneTail(phone)
  if (tail === undefined) return undefined
  const key = phoneKey(phone)
  const candidates = await phoneQuery(db, tail).execute()
  const exact = candidates.filter(({ phone_key }) => phone_key === key)
  const alike = candidates.filter(({ phone_key }) => callsTheSame(phone_key, key))
  const [first] = (exact.length > 0 ? exact : alike).sort(
    (a, b) => (b.active_at ?? 0) - (a.active_at ?? 0) || a.seq - b.seq,
  )
  if (!first) return undefined
  const { phone_key: _, active_at: __, ...customer } = first
  return customer
}
