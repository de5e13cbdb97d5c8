// GET, POST /api/customers · GET, PUT, DELETE /api/customers/:customeridentifier
import { z } from 'zod'
import { datetime, fields, int, needed, oneOf, text, yesNo } from '../../../contract/v1/params.ts'
import type { Actor } from '../../desk/actor.ts'
import { assertMayChangeAddress } from '../../desk/customers/address.ts'
import {
  addCustomer,
  assertMaySetPassword,
  type Customer,
  type CustomerDraft,
  changeCustomer,
  customerPhones,
  getCustomer,
  getCustomerForChange,
  removeCustomer,
  viewCustomer,
} from '../../desk/customers/customers.ts'
import { listCustomers } from '../../desk/customers/search.ts'
import { mergedFields } from '../../desk/fields/fields.ts'
import { hashPassword } from '../../lib/password.ts'
import { type V1Call, v1 } from './route.ts'
import { customerInfo, customerRow } from './wire/customer.ts'
import { fromWall, throughWall } from './wire/dates.ts'
import { OK } from './wire/envelope.ts'

const MAX_LIMIT = 1_000
const DEFAULT_LIMIT = 100

const byIdentifier = z.object({ customeridentifier: needed() })

const draftParams = z.object({
  email: text(),
  name: text(500),
  gender: oneOf('M', 'F', 'O'),
  role: oneOf('V', 'R'),
  password: text(),
  customfields: fields(),
  phone: text(100),
  note: text(100_000),
  uniquefields: fields(),
  send_registration_mail: yesNo(),
})
type DraftParams = z.output<typeof draftParams>

async function draftOf(actor: Actor, params: DraftParams): Promise<CustomerDraft> {
  if (params.password !== undefined) assertMaySetPassword(actor)
  return {
    email: params.email,
    name: params.name,
    gender: params.gender,
    role: params.role,
    note: params.note,
    uniqueFields: params.uniquefields,
    passwordHash: params.password === undefined ? undefined : await hashPassword(params.password),
    // As the document has it: without a password the customer is asked by mail to set one.
    isInvited: params.send_registration_mail ?? params.password === undefined,
  }
}

const record = async ({ app, actor, zone }: Pick<V1Call<unknown>, 'app' | 'actor' | 'zone'>, customer: Customer) =>
  customerInfo(await viewCustomer(app.database.reader, customer), { actor, zone, secret: app.installation.secret })

export const routes = [
  v1(
    'GET',
    '/api/customers',
    z.object({
      email: text(),
      firstname: text(),
      lastname: text(),
      datecreatedfrom: datetime(),
      datecreatedto: datetime(),
      limitcount: int(MAX_LIMIT),
      limitfrom: int(),
    }),
    async ({ app, params, zone }) => {
      const customers = await listCustomers(app.database.reader, {
        email: params.email,
        firstname: params.firstname,
        lastname: params.lastname,
        createdFrom: params.datecreatedfrom && fromWall(params.datecreatedfrom, zone),
        createdTo: params.datecreatedto && throughWall(params.datecreatedto, zone),
        limit: params.limitcount ?? DEFAULT_LIMIT,
        offset: params.limitfrom,
      })
      return { customers: customers.map((customer) => customerRow(customer, zone)) }
    },
  ),

  v1('POST', '/api/customers', draftParams, async ({ app, actor, params, zone }) => {
    const draft = await draftOf(actor, params)
    const customer = await app.database.write((tx) =>
      addCustomer(tx, {
        ...draft,
        customFields: params.customfields,
        phones: params.phone === undefined ? undefined : [params.phone],
      }),
    )
    return record({ app, actor, zone }, customer)
  }),

  v1('GET', '/api/customers/:customeridentifier', byIdentifier, async ({ app, actor, params, zone }) =>
    record({ app, actor, zone }, await getCustomer(app.database.reader, params.customeridentifier)),
  ),

  v1(
    'PUT',
    '/api/customers/:customeridentifier',
    draftParams.extend(byIdentifier.shape),
    async ({ app, actor, params, zone }) => {
      const draft = await draftOf(actor, params)
      const customer = await app.database.write(async (tx) => {
        const before = await getCustomerForChange(tx, params.customeridentifier)
        await assertMayChangeAddress(tx, actor, before, draft.email)
        return changeCustomer(tx, before, {
          ...draft,
          isInvited: params.send_registration_mail,
          customFields: params.customfields && mergedFields(before.custom_fields, params.customfields),
          phones: params.phone === undefined ? undefined : [params.phone, ...customerPhones(before).slice(1)],
        })
      })
      return { ...OK, ...(await record({ app, actor, zone }, customer)) }
    },
  ),

  v1('DELETE', '/api/customers/:customeridentifier', byIdentifier, async ({ app, params }) => {
    await app.database.write(async (tx) =>
      removeCustomer(tx, await getCustomerForChange(tx, params.customeridentifier)),
    )
    return OK
  }),
]
