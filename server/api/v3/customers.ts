// /api/v3/customers
import { z } from 'zod'
import {
  customerDraftSchema,
  customerPatchSchema,
  customerQuerySchema,
  customerRowSchema,
  customerSchema,
} from '../../../contract/v3/customers.ts'
import { instantText } from '../../../contract/v3/kinds.ts'
import type { Tx } from '../../db/write.ts'
import type { Actor } from '../../desk/actor.ts'
import { getCompanyForChange } from '../../desk/companies/companies.ts'
import { assertMayChangeAddress } from '../../desk/customers/address.ts'
import {
  addCustomer,
  assertMaySetPassword,
  type Customer,
  type CustomerDraft,
  type CustomerView,
  changeCustomer,
  customerPhones,
  getCustomer,
  getCustomerForChange,
  removeCustomer,
  viewCustomer,
} from '../../desk/customers/customers.ts'
import { setGroupsOf } from '../../desk/customers/groups.ts'
import { customerCursor, listCustomers } from '../../desk/customers/search.ts'
import { fieldValues } from '../../desk/fields/fields.ts'
import { hashPassword } from '../../lib/password.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'
import { groupReferences, memberGroup } from './wire/groups.ts'

const row = (customer: Customer): z.input<typeof customerRowSchema> => ({
  contactid: customer.id,
  userid: customer.user_id,
  email: customer.email,
  firstname: customer.firstname,
  lastname: customer.lastname,
  systemname: customer.system_name,
  role: customerRowSchema.shape.role.parse(customer.role),
  gender: customerRowSchema.shape.gender.parse(customer.gender),
  language: customer.language,
  phones: customerPhones(customer),
  companyid: customer.company_id,
  datecreated: instantText(customer.created_at),
})

const view = ({ customer, groups, uniqueFields }: CustomerView): z.input<typeof customerSchema> => ({
  ...row(customer),
  note: customer.note,
  groups: groups.map(memberGroup),
  customfields: fieldValues(customer.custom_fields),
  uniquefields: uniqueFields,
})

type Body = z.output<typeof customerPatchSchema>

async function draftOf(actor: Actor, body: Body): Promise<CustomerDraft> {
  const { groups, companyid, customfields, uniquefields, password, send_registration_mail, ...others } = body
  if (password !== undefined) assertMaySetPassword(actor)
  return {
    ...others,
    companyId: companyid,
    customFields: customfields,
    uniqueFields: uniquefields,
    passwordHash: password === undefined ? undefined : await hashPassword(password),
    isInvited: send_registration_mail,
  }
}

/** Nobody deletes the company until the transaction ends. */
const assertCompany = async (tx: Tx, { companyid }: Body): Promise<void> => {
  if (companyid != null) await getCompanyForChange(tx, companyid)
}

async function withGroups(tx: Tx, customer: Customer, body: Body): Promise<CustomerView> {
  const groups = groupReferences(body.groups)
  if (groups) await setGroupsOf(tx, 'customer', customer.id, groups)
  return viewCustomer(tx, customer)
}

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/customers',
    summary: 'Customers, newest first.',
    query: customerQuerySchema,
    answer: z.object({ customers: z.array(customerRowSchema), next_cursor: z.string().nullable() }),
    handle: async ({ app, query: { companyid, groupid, ...filter } }) => {
      const customers = await listCustomers(app.database.reader, {
        ...filter,
        companyId: companyid,
        groupId: groupid,
        newestFirst: true,
      })
      const last = customers.at(-1)
      return {
        customers: customers.map(row),
        next_cursor: last && customers.length === filter.limit ? customerCursor(last) : null,
      }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/customers',
    summary: 'Registers a customer. An e-mail that a customer has already is a conflict.',
    body: customerDraftSchema,
    answer: customerSchema,
    handle: async ({ app, actor, body }) => {
      const draft = await draftOf(actor, body)
      return view(
        await app.database.write(async (tx) => {
          await assertCompany(tx, body)
          return withGroups(tx, await addCustomer(tx, draft), body)
        }),
      )
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/customers/:id',
    summary: 'One customer, by contactid, userid or e-mail.',
    path: byId,
    answer: customerSchema,
    handle: async ({ app, path }) => {
      const db = app.database.reader
      return view(await viewCustomer(db, await getCustomer(db, path.id)))
    },
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/customers/:id',
    summary: 'Changes a customer; a list replaces the one before.',
    path: byId,
    body: customerPatchSchema,
    answer: customerSchema,
    handle: async ({ app, actor, path, body }) => {
      const draft = await draftOf(actor, body)
      return view(
        await app.database.write(async (tx) => {
          await assertCompany(tx, body)
          const before = await getCustomerForChange(tx, path.id)
          await assertMayChangeAddress(tx, actor, before, draft.email)
          const customer = await changeCustomer(tx, before, draft)
          return withGroups(tx, customer, body)
        }),
      )
    },
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/customers/:id',
    summary: 'Deletes a customer. Conversations stay; the e-mail may be used again.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, path }) => {
      await app.database.write(async (tx) => removeCustomer(tx, await getCustomerForChange(tx, path.id)))
      return DONE
    },
  }),
]
