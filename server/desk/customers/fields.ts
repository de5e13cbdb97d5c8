// Custom field values of customers.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { type FieldValue, withFields, withoutFields } from '../fields/fields.ts'
import type { Customer } from './customers.ts'

/** Adds values behind those that are there: a code may have several. */
export const addFieldsTo = async (tx: Tx, customer: Customer, values: readonly FieldValue[]): Promise<void> =>
  setFields(tx, customer, await withFields(tx, 'customer', customer.custom_fields, values))

/** Removes the values of one code, or all. */
export const removeFieldsFrom = (tx: Tx, customer: Customer, code?: string): Promise<void> =>
  setFields(tx, customer, withoutFields(customer.custom_fields, code))

async function setFields(tx: Tx, customer: Customer, column: string | null): Promise<void> {
  await tx
    .updateTable('customers')
    .set({ custom_fields: column, changed_at: Date.now() })
    .where('seq', '=', customer.seq)
    .execute()
  recordEvent(tx, { type: 'customer.changed', data: { contactid: customer.id } })
}
