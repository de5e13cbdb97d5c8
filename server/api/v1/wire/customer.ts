// Customers as API v1 shows them.
import { type Actor, mayAdminister } from '../../../desk/actor.ts'
import { type Customer, type CustomerView, customerPhones } from '../../../desk/customers/customers.ts'
import { fieldValues } from '../../../desk/fields/fields.ts'
import { authToken } from '../../../desk/sessions/auth-tokens.ts'
import { fieldRows } from './conversation.ts'
import { toDate } from './dates.ts'
import type { WireObject } from './envelope.ts'

/** The columns that lists and single reads share. */
export const customerRow = (customer: Customer, zone: string) => ({
  contactid: customer.id,
  email: customer.email,
  firstname: customer.firstname,
  lastname: customer.lastname,
  systemname: customer.system_name,
  userid: customer.user_id,
  datecreated: toDate(customer.created_at, zone),
  role: customer.role,
  gender: customer.gender,
})

/** A whole record. `secret` is the installation's. */
export const customerInfo = (
  { customer, uniqueFields }: Pick<CustomerView, 'customer' | 'uniqueFields'>,
  { actor, zone, secret }: { actor: Actor; zone: string; secret: string },
): WireObject => ({
  ...customerRow(customer, zone),
  // With the token one is the customer and sees all his conversations: more than a key that only reads, or an agent of
  // some departments, may do.
  authtoken: mayAdminister(actor) ? authToken(secret, customer.user_id, customer.auth_epoch) : null,
  browsercookiename: customer.role === 'R' ? 'V_auth' : 'LaVisitorId',
  note: customer.note,
  phones: customerPhones(customer),
  customfields: fieldRows(fieldValues(customer.custom_fields)),
  uniquefields: fieldRows(uniqueFields),
})
